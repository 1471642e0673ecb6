/// A function of one to four numbers in 0…1 to a colour, known at equally spaced points.
///
/// Between them the last three numbers are followed along the edges of a tetrahedron (Sakamoto and Itooka 1981), as colour
/// management does it: greys between grey points stay grey. A fourth, the first of them, is followed in a straight line.
struct ColorLattice: Sendable {
    private let sides: [Int]
    private let steps: [Int]
    private let points: [SIMD3<Float>]  // [sides…], the last number's points side by side

    /// - Parameters:
    ///   - sides: points for each number, at least two.
    ///   - points: the last number's side by side.
    init(sides: [Int], points: [SIMD3<Float>]) {
        precondition((1...4).contains(sides.count) && points.count == sides.reduce(1, *) && sides.allSatisfy { $0 >= 2 })
        (self.sides, self.points) = (sides, points)
        steps = sides.indices.map { sides[($0 + 1)...].reduce(1, *) }
    }

    /// Asks a function for every point.
    init(sides: [Int], _ function: ([Double]) -> SIMD3<Float>) {
        let points = (0..<sides.reduce(1, *)).map { index in
            var (rest, place) = (index, [Double](repeating: 0, count: sides.count))
            for input in sides.indices.reversed() {
                place[input] = Double(rest % sides[input]) / Double(sides[input] - 1)
                rest /= sides[input]
            }
            return function(place)
        }
        self.init(sides: sides, points: points)
    }

    func callAsFunction(_ value: SIMD4<Float>) -> SIMD3<Float> {
        var start = 0, shares = SIMD4<Float>.zero
        for input in sides.indices {
            let place = min(max(value[input], 0), 1) * Float(sides[input] - 1)
            let index = min(Int(place), sides[input] - 2)
            start += index * steps[input]
            shares[input] = place - Float(index)
        }
        guard sides.count == 4 else { return edges(start, shares, 0..<sides.count) }
        let (low, high) = (edges(start, shares, 1..<4), edges(start + steps[0], shares, 1..<4))
        return low + shares[0] * (high - low)
    }

    /// From a point to its opposite, first in the direction of the largest share.
    private func edges(_ start: Int, _ shares: SIMD4<Float>, _ inputs: Range<Int>) -> SIMD3<Float> {
        var (point, left, weight, sum) = (start, shares, Float(1), SIMD3<Float>.zero)
        for _ in inputs {
            var largest = inputs.lowerBound
            for input in inputs where left[input] > left[largest] { largest = input }
            sum += (weight - left[largest]) * points[point]
            weight = left[largest]
            left[largest] = -1
            point += steps[largest]
        }
        return sum + weight * points[point]
    }
}
