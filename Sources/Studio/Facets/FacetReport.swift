import Analysis
import Images

/// Pictures, how alike each is to every other, and the groups that they fall into.
struct FacetReport: Encodable, Sendable {
    let model: String
    let layer: String
    /// The channel that was drawn; nil where pictures were given.
    let channel: Int?
    /// The pictures' names: their seeds or files.
    let pictures: [String]
    /// The score of each picture that was drawn.
    let scores: [Float]?
    /// Similarities of the Gram matrices at the layer, 0…1, a row for each picture.
    let similarities: [[Double]]
    /// Pictures are of one facet if they are at least so alike on average.
    let threshold: Double
    /// The places of the pictures of each, from 0.
    let facets: [[Int]]
    /// Over all pairs of different pictures.
    let meanSimilarity: Double
    /// How the groups grew: single pictures are 0, 1, …, what the first merge makes is the next number.
    let merges: [Merge]
    /// Not interrupted.
    let complete: Bool

    struct Merge: Encodable, Sendable {
        let first: Int
        let second: Int
        /// The mean over the pairs of the two groups.
        let similarity: Double
    }

    /// The pictures, and the unit that they are of.
    struct Subject {
        let model: String
        let layer: String
        var channel: Int?
        let pictures: [String]
        var scores: [Float]?
        var complete = true
    }

    /// - Parameter matrix: similarities, `[pictures, pictures]`.
    init(_ subject: Subject, matrix: [Double], threshold: Double) {
        let found = FacetGroups(matrix, count: subject.pictures.count, threshold: threshold)
        model = subject.model
        layer = subject.layer
        channel = subject.channel
        pictures = subject.pictures
        scores = subject.scores
        complete = subject.complete
        self.threshold = threshold
        facets = found.groups
        similarities = found.similarities
        meanSimilarity = found.meanSimilarity
        merges = found.merges.map { Merge(first: $0.first, second: $0.second, similarity: 1 - $0.distance) }
    }

    /// "2 facets"
    private var count: String { "\(facets.count) facet\(facets.count == 1 ? "" : "s")" }

    /// "0 1 4 | 2 3"
    private var lists: String {
        facets.map { $0.map { pictures[$0] }.joined(separator: " ") }.joined(separator: " | ")
    }

    /// "2 facets of 5 pictures, at least 0.8 alike: 0 1 4 | 2 3; mean similarity 0.71"
    var line: String {
        "\(count) of \(pictures.count) pictures, at least \(threshold) alike: \(lists); mean similarity \(rounded(meanSimilarity, 3))"
    }

    /// The similarities with the pictures along the sides, facet by facet.
    func chart(_ shown: [Picture]) -> Picture {
        let order = facets.flatMap { $0 }
        let labels = order.map { HeatMap.Label.picture(shown[$0]) }
        let unit = channel.map { "\(layer):\($0)" } ?? layer
        var map = HeatMap(
            values: order.flatMap { row in order.map { similarities[row][$0] } }, rows: labels, columns: labels,
            caption: "\(model) \(unit)\n\(count), at least \(threshold) alike:\n\(lists)")
        var place = 0
        for facet in facets {
            map.breaks.insert(place)
            place += facet.count
        }
        return map.picture
    }
}
