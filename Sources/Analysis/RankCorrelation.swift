/// Spearman's rank correlation of two lists; equal values have the mean of their ranks. 0 where one is constant.
public func rankCorrelation(_ a: [Float], _ b: [Float]) -> Double {
    precondition(a.count == b.count)
    let (a, b) = (ranks(a), ranks(b))
    let mean = Double(a.count + 1) / 2
    var (product, squaresA, squaresB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
        product += (x - mean) * (y - mean)
        squaresA += (x - mean) * (x - mean)
        squaresB += (y - mean) * (y - mean)
    }
    return squaresA > 0 && squaresB > 0 ? product / (squaresA * squaresB).squareRoot() : 0
}

/// From 1; ties have their mean.
private func ranks(_ values: [Float]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
        var end = first + 1
        while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
        for place in first..<end { ranks[order[place]] = Double(first + 1 + end) / 2 }
        first = end
    }
    return ranks
}
