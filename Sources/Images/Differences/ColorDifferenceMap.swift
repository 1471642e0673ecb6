/// CIEDE2000 at every pixel of two pictures. Of pictures that are not opaque, a pixel's is the larger of those before black
/// and before white.
struct ColorDifferenceMap {
    let values: [Float]  // [height, width]
    let mean: Double
    let maximum: Double

    init(_ pair: PicturePair) {
        let grounds = pair.grounds
        var values: [Float] = []
        values.reserveCapacity(pair.width * pair.height)
        var sum = 0.0, largest = 0.0
        for y in 0..<pair.height {
            for (expected, actual) in zip(pair.expected.deepRow(y), pair.actual.deepRow(y)) {
                var difference = 0.0
                if expected != actual {
                    for ground in grounds {
                        let color = LabColor(expected.over(ground))
                        difference = max(difference, color.difference(to: LabColor(actual.over(ground))))
                    }
                }
                values.append(Float(difference))
                sum += difference
                largest = max(largest, difference)
            }
        }
        self.values = values
        mean = sum / Double(values.count)
        maximum = largest
    }
}
