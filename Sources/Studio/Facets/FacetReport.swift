import Analysis
import Images

/// The similarity of every two pictures, and the groups of similar ones: the facets.
struct FacetReport: Encodable, Sendable {
    let model: String
    let layer: String
    /// The channel that was drawn; nil where pictures were given.
    let channel: Int?
    /// The names of the pictures: their seeds or files.
    let pictures: [String]
    /// The score of each picture that was drawn.
    let scores: [Float]?
    let scoreUnit: String?
    /// Similarity of the Gram matrices at the layer for every two pictures, 0…1; a row for each picture.
    let similarities: [[Double]]
    /// The least mean similarity of two groups that are merged.
    let threshold: Double
    /// For each facet the positions of its pictures in `pictures`, from 0.
    let facets: [[Int]]
    /// The mean similarity over all pairs of different pictures.
    let meanSimilarity: Double
    /// The merges in their order. Groups are numbered: the pictures come first, then the result of each merge.
    let merges: [Merge]
    /// Whether every picture was finished.
    let complete: Bool
    /// How the pictures were drawn, or which were given.
    let plan: Plan

    struct Merge: Encodable, Sendable {
        let first: Int
        let second: Int
        /// The mean similarity over all pairs between the two groups.
        let similarity: Double
    }

    /// The pictures, and the unit that they show.
    struct Subject {
        let model: String
        let layer: String
        var channel: Int?
        let pictures: [String]
        var scores: [Float]?
        var complete = true
    }

    /// - Parameter matrix: the similarity of every two pictures, `[pictures, pictures]`.
    init(_ subject: Subject, plan: Plan, matrix: [Double], threshold: Double) {
        let found = FacetGroups(matrix, count: subject.pictures.count, threshold: threshold)
        model = subject.model
        layer = subject.layer
        channel = subject.channel
        pictures = subject.pictures
        scores = subject.scores
        scoreUnit = scores == nil ? nil : plan.measure
        complete = subject.complete
        self.threshold = threshold
        self.plan = plan
        facets = found.groups
        similarities = found.similarities
        meanSimilarity = found.meanSimilarity
        merges = found.merges.map { Merge(first: $0.first, second: $0.second, similarity: 1 - $0.distance) }
    }

    /// "2 facets"
    private var count: String { counted(facets.count, "facet") }

    /// "0 1 4 | 2 3"
    private var lists: String {
        facets.map { $0.map { pictures[$0] }.joined(separator: " ") }.joined(separator: " | ")
    }

    /// "2 facets of 5 pictures, at least 0.8 alike: 0 1 4 | 2 3; mean similarity 0.71"
    var line: String {
        "\(count) of \(pictures.count) pictures, at least \(threshold) alike: \(lists); mean similarity \(rounded(meanSimilarity, 3))"
    }

    /// The pictures in the order of the tree's leaves, in which no branches cross, and so facet by facet.
    private var order: [Int] {
        var groups = pictures.indices.map { [$0] }
        for merge in merges {
            let (first, second) = (groups[merge.first], groups[merge.second])
            groups.append(first.min()! < second.min()! ? first + second : second + first)
        }
        return groups.last ?? []
    }

    /// A heat map of the similarities, with the pictures along both sides, facet by facet, and the tree of their merges.
    func chart(_ shown: [Picture]) -> Figure {
        let order = order
        // Seeds are numbers, and files have names.
        let names = pictures.map { channel == nil ? $0 : "seed \($0)" }
        let facet = Dictionary(uniqueKeysWithValues: facets.enumerated().flatMap { number, own in own.map { ($0, number + 1) } })
        func labels(_ name: (Int) -> String) -> [HeatMap.Label] { order.map { .picture(shown[$0], name: name($0)) } }
        let unit = channel.map { "\(layer):\($0)" } ?? layer
        var map = HeatMap(
            values: order.flatMap { row in order.map { similarities[row][$0] } }, rows: labels { "\(names[$0])\nfacet \(facet[$0]!)" },
            columns: labels { pictures[$0] },
            caption: "\(model) \(unit)\n\(count), at least \(threshold) alike:\n\(lists)")
        map.breaks = Set(order.indices.dropFirst().filter { facet[order[$0]] != facet[order[$0 - 1]] })
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        func place(_ group: Int) -> Int { places[group] ?? group }
        map.tree = HeatMap.Tree(
            joins: merges.map { HeatMap.Tree.Join(first: place($0.first), second: place($0.second), value: $0.similarity) }, mark: threshold)
        return map.figure
    }
}
