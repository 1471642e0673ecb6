/// The colours of one GIF frame.
struct GIFPalette: Sendable {
    typealias Color = SIMD3<UInt8>  // red, green, blue

    static let maximumColors = 256

    /// 1 to 256 of them, dark ones first.
    let colors: [Color]

    init(_ colors: [Color]) {
        precondition((1...Self.maximumColors).contains(colors.count), "a palette has 1 to 256 colours")
        // Equally light ones in the order of their numbers, so that there is only one order.
        self.colors = colors.sorted { (lightness($0), $0.x, $0.y) < (lightness($1), $1.x, $1.y) }
    }

    /// 256 colours for a picture that has more.
    ///
    /// Boxes of colours are divided where they vary most, and the middles moved to the colours that are nearest to them
    /// (Lloyd's algorithm). But the last frame's palette stays if it is nearly as good, or else moves in the same way: new
    /// colours, whose grain is another, come with a new scene only.
    init(for histogram: ColorHistogram, near last: GIFPalette?) {
        let rounds = 4, toleratedRatio: Float = 1.05
        let points = histogram.points()
        let fresh = refined(dividedBoxes(points), points, rounds: rounds)
        if let last, last.colors.count == Self.maximumColors {
            let middles = last.colors.map { SIMD3<Float>($0) }
            for rounds in [0, rounds] {
                let moved = refined(middles, points, rounds: rounds)
                if moved.error <= toleratedRatio * fresh.error {
                    self.init(moved.colors)
                    return
                }
            }
        }
        self.init(fresh.colors)
    }
}

/// How many pixels have each colour, colours being told apart by their upper bits.
struct ColorHistogram {
    private static let bits = 5

    /// A cell of the histogram.
    struct Point {
        let color: SIMD3<Float>  // the mean of its pixels, 0…255
        let weight: Float
    }

    private var sums = [SIMD4<Int>](repeating: .zero, count: 1 << (3 * bits))  // red, green, blue, pixels

    /// - Parameter samples: `[pixels, 3]`
    init(_ samples: [UInt8]) {
        let shift = UInt8(8 - Self.bits)
        for start in stride(from: 0, to: samples.count, by: 3) {
            let (red, green, blue) = (samples[start], samples[start + 1], samples[start + 2])
            let cell = (Int(red >> shift) << Self.bits | Int(green >> shift)) << Self.bits | Int(blue >> shift)
            sums[cell] &+= SIMD4(Int(red), Int(green), Int(blue), 1)
        }
    }

    /// The colours that occur. Their weights are square roots of their pixels: a small bright detail, which by its pixels
    /// alone would go under, gets colours too.
    func points() -> [Point] {
        sums.compactMap { sum in
            guard sum.w > 0 else { return nil }
            let color = SIMD3<Float>(SIMD3(sum.x, sum.y, sum.z)) / Float(sum.w)
            return Point(color: color, weight: Float(sum.w).squareRoot())
        }
    }
}

/// The weights of differences in red, green and blue: roughly those of the eye, in whole numbers, so that distances of
/// whole colours are exact.
let colorWeights = SIMD3<Float>(5, 8, 5)

/// Luma by BT.601, in 1/1000 of a sample.
private func lightness(_ color: GIFPalette.Color) -> Int { 299 * Int(color.x) + 587 * Int(color.y) + 114 * Int(color.z) }

// MARK: - Boxes

/// Some of the points, and along which axis they should be divided.
private struct Box {
    let range: Range<Int>
    let mean: SIMD3<Float>
    let axis: Int
    let spread: Float  // the sum of squares along the axis; 0 if all points are alike

    init(_ points: [ColorHistogram.Point], _ range: Range<Int>) {
        var weight: Float = 0, sum = SIMD3<Float>.zero, squares = SIMD3<Float>.zero
        for point in points[range] {
            weight += point.weight
            sum += point.weight * point.color
        }
        mean = sum / weight
        for point in points[range] {
            let difference = point.color - mean
            squares += point.weight * difference * difference
        }
        squares *= colorWeights
        axis = (0..<3).max { squares[$0] < squares[$1] }!
        spread = range.count > 1 ? squares[axis] : 0
        self.range = range
    }
}

/// Divides the points into 256 boxes, each time the one that varies most, at its mean; their means.
private func dividedBoxes(_ points: [ColorHistogram.Point]) -> [SIMD3<Float>] {
    var points = points
    var boxes = [Box(points, points.indices)]
    while boxes.count < GIFPalette.maximumColors {
        let widest = boxes.indices.max { boxes[$0].spread < boxes[$1].spread }!
        let box = boxes[widest]
        guard box.spread > 0 else { break }
        let middle = points[box.range].partition { $0.color[box.axis] >= box.mean[box.axis] }
        guard middle > box.range.lowerBound && middle < box.range.upperBound else { break }
        boxes[widest] = Box(points, box.range.lowerBound..<middle)
        boxes.append(Box(points, middle..<box.range.upperBound))
    }
    return boxes.map(\.mean)
}

// MARK: - Lloyd's algorithm

/// Moves colours to the mean of the points that are nearest to them, a few times. A colour that no point is nearest to takes
/// the place of the point that is served worst.
///
/// - Returns: the colours in whole numbers, and the sum of the points' squared distances to them.
private func refined(
    _ colors: [SIMD3<Float>], _ points: [ColorHistogram.Point], rounds: Int
) -> (colors: [GIFPalette.Color], error: Float) {
    var colors = colors.map { wholeColor($0) }
    for _ in 0..<rounds {
        let search = NearestColor(colors)
        var sums = [SIMD4<Float>](repeating: .zero, count: colors.count)  // red, green, blue, weight
        var distances: [Float] = []
        distances.reserveCapacity(points.count)
        for point in points {
            let (index, distance) = search.nearest(to: point.color)
            sums[index] += SIMD4(point.color, 1) * point.weight
            distances.append(distance * point.weight)
        }
        for (index, sum) in sums.enumerated() {
            if sum.w > 0 {
                colors[index] = wholeColor(SIMD3(sum.x, sum.y, sum.z) / sum.w)
            } else if let worst = distances.indices.max(by: { distances[$0] < distances[$1] }) {
                colors[index] = wholeColor(points[worst].color)
                distances[worst] = 0
            }
        }
    }
    let search = NearestColor(colors)
    let error = points.reduce(0) { $0 + $1.weight * search.nearest(to: $1.color).distance }
    return (colors, error)
}

private func wholeColor(_ color: SIMD3<Float>) -> GIFPalette.Color {
    GIFPalette.Color(truncatingIfNeeded: SIMD3<Int32>(color + 0.5))
}

// MARK: - The nearest colour

/// Finds the nearest of up to 256 colours, eight at a time.
struct NearestColor: Sendable {
    private typealias Lanes = SIMD8<Float>

    private var red: [Lanes] = [], green: [Lanes] = [], blue: [Lanes] = []  // [colours / 8]

    init(_ colors: [GIFPalette.Color]) {
        let nowhere = SIMD3<Float>(repeating: 1e6)  // fills the last lanes and is never the nearest
        for start in stride(from: 0, to: colors.count, by: Lanes.scalarCount) {
            let group = (0..<Lanes.scalarCount).map {
                start + $0 < colors.count ? SIMD3<Float>(colors[start + $0]) : nowhere
            }
            red.append(Lanes(group.map(\.x)))
            green.append(Lanes(group.map(\.y)))
            blue.append(Lanes(group.map(\.z)))
        }
    }

    /// The first of the nearest colours, and its squared distance.
    @inline(__always)
    func nearest(to color: SIMD3<Float>) -> (index: Int, distance: Float) {
        var best = Lanes(repeating: .infinity), bestGroup = SIMD8<Int32>.zero
        for group in red.indices {
            let x = red[group] - color.x, y = green[group] - color.y, z = blue[group] - color.z
            let distance = colorWeights.x * x * x + colorWeights.y * y * y + colorWeights.z * z * z
            let isNearer = distance .< best
            best.replace(with: distance, where: isNearer)
            bestGroup.replace(with: Int32(truncatingIfNeeded: group), where: isNearer)
        }
        let distance = best.min()
        var index = Int.max
        for lane in 0..<Lanes.scalarCount where best[lane] == distance {
            index = min(index, Int(bestGroup[lane]) * Lanes.scalarCount + lane)
        }
        return (index, distance)
    }
}
