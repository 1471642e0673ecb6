import Images
import Visualization

/// Pictures of one unit, how alike each is to every other, and the groups that they fall into.
struct FacetReport: Encodable {
    let model: String
    let layer: String
    let channel: Int
    let seeds: [UInt64]
    /// Of each seed's picture.
    let scores: [Float]
    /// Likeness of the Gram matrices at the layer, 0…1, a row for each seed.
    let similarities: [[Double]]
    /// Pictures are of one facet if they are at least so alike on average.
    let threshold: Double
    /// The seeds of each.
    let facets: [[UInt64]]
    /// Over all pairs of different pictures.
    let meanSimilarity: Double
    /// How the groups grew: single pictures are 0, 1, …, what the first merge makes is the next number.
    let merges: [Merge]
    /// Not interrupted.
    let complete: Bool

    struct Merge: Encodable {
        let first: Int
        let second: Int
        /// The mean over the pairs of the two groups.
        let similarity: Double
    }

    /// The places of the pictures, facet by facet.
    private let groups: [[Int]]

    private enum CodingKeys: CodingKey {
        case model, layer, channel, seeds, scores, similarities, threshold, facets, meanSimilarity, merges, complete
    }

    /// - Parameter matrix: similarities, `[pictures, pictures]`.
    init(_ finished: [Rendering.Finished], matrix: [Double], model: String, layer: String, channel: Int, threshold: Double) {
        let count = finished.count
        let seeds = finished.map(\.plan.seed)
        let linkage = AverageLinkage(distances: matrix.map { 1 - $0 }, count: count)
        let groups = linkage.groups(within: 1 - threshold)
        let pairs = (0..<count).flatMap { i in (0..<count).filter { $0 > i }.map { matrix[i * count + $0] } }
        self.model = model
        self.layer = layer
        self.channel = channel
        self.seeds = seeds
        self.threshold = threshold
        self.groups = groups
        scores = finished.map(\.check.score)
        similarities = (0..<count).map { Array(matrix[$0 * count..<($0 + 1) * count]) }
        facets = groups.map { $0.map { seeds[$0] } }
        meanSimilarity = pairs.isEmpty ? 1 : pairs.reduce(0, +) / Double(pairs.count)
        merges = linkage.merges.map { Merge(first: $0.first, second: $0.second, similarity: 1 - $0.distance) }
        complete = finished.allSatisfy(\.isComplete)
    }

    /// "2 facets of 9 pictures (at least 0.8 alike): seeds 0 1 4 · 2 3; mean similarity 0.71"
    var line: String {
        let lists = facets.map { $0.map(String.init).joined(separator: " ") }.joined(separator: " | ")
        return "\(facets.count) facet\(facets.count == 1 ? "" : "s") of \(seeds.count) pictures at least \(threshold) alike: seeds \(lists); mean similarity \(rounded(meanSimilarity, 3))"
    }

    /// The similarities with the pictures along the sides, facet by facet.
    func chart(_ pictures: [Picture]) -> Picture {
        let order = groups.flatMap { $0 }
        let labels = order.map { HeatMap.Label.picture(pictures[$0]) }
        let lists = facets.map { $0.map(String.init).joined(separator: " ") }.joined(separator: " | ")
        var map = HeatMap(
            values: order.flatMap { row in order.map { similarities[row][$0] } }, rows: labels, columns: labels,
            caption: """
                \(model) \(layer):\(channel)
                \(facets.count) facets at least \(threshold) alike
                seeds \(lists)
                """)
        var place = 0
        for group in groups {
            map.breaks.insert(place)
            place += group.count
        }
        return map.picture
    }
}
