import Analysis
import Tensors

/// How a score follows when pixels are hidden, or shown, in the order of a map (Petsiuk, Das and Saenko 2018).
///
/// Curves are scores from 0, the baseline's, to 1, the photograph's, over the share of pixels; what is given is the area under each. A map
/// that finds what matters falls fast when its pixels are hidden first, and rises fast when they are shown first.
struct DeletionCheck: Encodable, Sendable {
    let deletion: Double
    let insertion: Double
    /// Hidden in a random order of the map's positions.
    let random: Double

    /// Pictures of a curve.
    private static let points = 64
    /// Pictures of all curves, each of which `progress` is told of.
    static let pictures = 3 * points

    /// - Parameters:
    ///   - map: a value for each pixel.
    ///   - cells: pixels of one cell have one value, and are hidden together in the random order as well.
    /// - Returns: nil if it was ended, or if the baseline scores no less than the photograph.
    init?(_ score: PictureScore, _ picture: Tensor, _ baseline: Tensor, map: [Float], cells: [Int], progress: () -> Bool) {
        let (high, low) = (Double(score(picture)), Double(score(baseline)))
        guard high > low else { return nil }
        let area = picture.shape.area
        let order = map.indices.sorted { (map[$0], $1) > (map[$1], $0) }
        var generator = RandomGenerator(seed: 0)
        let keys = (0...(cells.max() ?? 0)).map { _ in generator.next() }
        let shuffled = map.indices.sorted { (keys[cells[$0]], $0) < (keys[cells[$1]], $1) }
        func areaUnder(_ order: [Int], from start: Tensor, to end: Tensor) -> Double? {
            var current = start
            var (sum, before, done) = (0.0, (Double(score(start)) - low) / (high - low), 0)
            for point in 1...Self.points {
                guard progress() else { return nil }
                let next = area * point / Self.points
                current.withMutableElements { values in
                    end.withElements { end in
                        for channel in 0..<picture.shape.channels {
                            for pixel in order[done..<next] { values[channel * area + pixel] = end[channel * area + pixel] }
                        }
                    }
                }
                done = next
                let value = (Double(score(current)) - low) / (high - low)
                sum += (before + value) / 2 / Double(Self.points)
                before = value
            }
            return sum
        }
        guard let deletion = areaUnder(order, from: picture, to: baseline), let insertion = areaUnder(order, from: baseline, to: picture),
            let random = areaUnder(shuffled, from: picture, to: baseline)
        else { return nil }
        (self.deletion, self.insertion, self.random) = (deletion, insertion, random)
    }

    /// A sentence for people.
    var line: String {
        "area under the score with pixels hidden in the map's order \(rounded(deletion, 2)), at random \(rounded(random, 2)); shown in its "
            + "order \(rounded(insertion, 2))"
    }
}
