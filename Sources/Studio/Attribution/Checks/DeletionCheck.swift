import Analysis
import Foundation
import Networks
import Tensors

/// How a score follows when parts of the photograph are hidden, or shown, in the order of a map (Petsiuk, Das and Saenko 2018).
///
/// What is given is the area under the score over the share of the photograph that is hidden or shown. A map that finds what matters falls fast
/// when its parts are hidden first, and rises fast when they are shown first. The yardsticks are random orders of the same parts, and the
/// map's order backwards. Parts are the positions of a layer, or squares of pixels: pixels that are hidden one by one at random make a noise
/// that nothing is recognised in, and no map is better than that.
struct DeletionCheck: Encodable, Sendable {
    let deletion: Double
    let insertion: Double
    /// Hidden in random orders, the mean.
    let random: Double
    /// The least that matters is hidden first.
    let reverse: Double
    /// "probability" of a class, or "score" from 0, the baseline's, to 1, the photograph's.
    let measure: String
    /// What hidden parts look like, and what the photograph is shown over.
    let hiddenBy: String
    let shownOver: String

    /// Pictures of a curve.
    private static let points = 56
    private static let randomOrders = 3
    /// Pictures of all curves, each of which `progress` is told of.
    static let pictures = (3 + randomOrders) * points
    /// Squares of pixels along the picture's side, as many as RISE's masks have.
    private static let squares = 7
    /// As RISE shows photographs.
    private static let blur: Float = 5

    /// - Parameters:
    ///   - map: `[1, rows, columns]`, over positions or pixels.
    ///   - cells: the position that each pixel belongs to; nil of a map over pixels.
    /// - Returns: nil if it was ended, or if the baseline scores no less than the photograph.
    init?(
        _ measure: Measure, _ picture: Tensor, _ hidden: Tensor, baseline: String, map: Tensor, cells: [Int]?, workers: Workers,
        progress: () -> Bool
    ) {
        let shape = picture.shape
        let blurred = GaussianBlur(deviation: Self.blur, height: shape.height, width: shape.width)(picture, workers: workers)
        let (values, cells) = cells.map { (map.elements, $0) } ?? Self.squares(of: map)
        guard let value = measure.scaled(from: hidden, to: picture) else { return nil }
        let order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
        var members = [[Int]](repeating: [], count: values.count)
        for (pixel, cell) in cells.enumerated() { members[cell].append(pixel) }
        func areaUnder(_ order: [Int], from start: Tensor, to end: Tensor) -> Double? {
            let pixels = order.flatMap { members[$0] }
            var current = start
            var (sum, before, done) = (0.0, value(start), 0)
            for point in 1...Self.points {
                guard progress() else { return nil }
                let next = pixels.count * point / Self.points
                current.withMutableElements { values in
                    end.withElements { end in
                        for channel in 0..<shape.channels {
                            for pixel in pixels[done..<next] { values[channel * shape.area + pixel] = end[channel * shape.area + pixel] }
                        }
                    }
                }
                done = next
                let after = value(current)
                sum += (before + after) / 2 / Double(Self.points)
                before = after
            }
            return sum
        }
        var generator = RandomGenerator(seed: 0)
        var random = 0.0
        for _ in 0..<Self.randomOrders {
            guard let area = areaUnder(order.shuffled(using: &generator), from: picture, to: hidden) else { return nil }
            random += area / Double(Self.randomOrders)
        }
        guard let deletion = areaUnder(order, from: picture, to: hidden), let reverse = areaUnder(order.reversed(), from: picture, to: hidden),
            let insertion = areaUnder(order, from: blurred, to: picture)
        else { return nil }
        (self.deletion, self.insertion, self.random, self.reverse) = (deletion, insertion, random, reverse)
        (self.measure, hiddenBy, shownOver) = (measure.name, baseline, "blur:\(Self.blur.text)")
    }

    /// Sums over squares of pixels, and the square of each pixel.
    private static func squares(of map: Tensor) -> (values: [Float], cells: [Int]) {
        let (height, width) = (map.shape.height, map.shape.width)
        let side = max(1, max(height, width) / squares)
        let across = (width + side - 1) / side
        let cells = (0..<height).flatMap { y in (0..<width).map { x in y / side * across + x / side } }
        var sums = [Double](repeating: 0, count: cells.last! + 1)
        for (cell, value) in zip(cells, map.elements) { sums[cell] += Double(value) }
        return (sums.map { Float($0) }, cells)
    }

    /// A sentence for people.
    var line: String {
        "hidden by \(hiddenBy): area under the \(measure) \(rounded(deletion, 3)) in the map's order, \(rounded(random, 3)) at random, "
            + "\(rounded(reverse, 3)) backwards; shown over \(shownOver): \(rounded(insertion, 3))"
    }
}

extension DeletionCheck {
    /// What is watched while parts are hidden: the probability of a class, the share of it among two, or any other score as it is.
    struct Measure {
        let name: String
        private let score: PictureScore
        /// A network that ends in the class scores, and the classes; nil of other scores.
        private let classes: (network: PreparedNetwork, logits: LayerName, target: Int, other: Int?)?
        private let workers: Workers

        init(_ objective: String, _ score: PictureScore, model: Model, workers: Workers) throws(Problem) {
            (self.score, self.workers) = (score, workers)
            guard let match = objective.wholeMatch(of: /class_logit\(([0-9]+)\)( - class_logit\(([0-9]+)\))?/), let target = Int(match.1) else {
                (name, classes) = ("score", nil)
                return
            }
            let logits = model.network.logitsLayer
            let network = try asProblem { () throws(WeightsError) in
                try PreparedNetwork(
                    model.network, requests: [logits: .all], preprocessing: model.preprocessing, sharing: model.preparedLayers)
            }
            (name, classes) = ("probability", (network, logits, target, match.3.flatMap { Int($0) }))
        }

        /// - Returns: nil if the start scores no less than the end.
        func scaled(from start: Tensor, to end: Tensor) -> ((Tensor) -> Double)? {
            if classes != nil { return { probability(of: $0) } }
            let (low, high) = (Double(score(start)), Double(score(end)))
            guard high > low else { return nil }
            return { (Double(score($0)) - low) / (high - low) }
        }

        private func probability(of picture: Tensor) -> Double {
            let (network, logits, target, other) = classes!
            let scores = network.forward(picture, Pass(workers: workers), remembering: false)[logits].values
            let sums = scores.withElements { values in
                (0..<scores.shape.channels).map { channel in
                    values[channel * scores.shape.area..<(channel + 1) * scores.shape.area].reduce(0.0) { $0 + Double($1) }
                        / Double(scores.shape.area)
                }
            }
            let all = other.map { [sums[target], sums[$0]] } ?? sums
            let largest = all.max()!
            return exp(sums[target] - largest) / all.reduce(0) { $0 + exp($1 - largest) }
        }
    }
}
