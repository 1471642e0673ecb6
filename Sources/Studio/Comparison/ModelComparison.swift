import Networks
import Tensors
import Visualization

/// Two networks held against each other over photographs: how alike their layers are, and whom each channel matches.
struct ModelComparison {
    let first: ComparedNetwork
    let second: ComparedNetwork
    /// How many there were.
    let photographs: Int
    /// Positions on a side that each layer is brought to.
    let grid: Int
    /// Positions of all photographs.
    let examples: Int
    /// Linear CKA, `[layers of the first, layers of the second]`.
    let alignments: [[Double]]
    /// For each layer of the first network.
    let matches: [LayerMatch]

    /// A layer and the one of the other network that is most like it.
    struct LayerMatch: Sendable {
        /// Of the first network, by its place among those compared.
        let layer: Int
        /// Of the second.
        let other: Int
        let alignment: Double
        /// For each channel of the layer.
        let channels: [ChannelMatch]

        var live: [ChannelMatch] { channels.filter { !$0.isDead } }
        var matched: [ChannelMatch] { channels.filter { $0.other != nil } }
    }

    /// A channel and the one that fires with it.
    struct ChannelMatch: Sendable {
        let channel: Int
        /// Nil for a dead channel, and for one that is left over.
        let other: Int?
        /// Pearson's r; 0 where there is no other.
        let correlation: Double
        /// It never varies.
        let isDead: Bool
    }

    /// Looks at every photograph.
    ///
    /// - Parameters:
    ///   - oneToOne: no two channels of a layer share a match.
    ///   - maximumPixels: of a photograph.
    ///   - progress: called after each photograph.
    init(
        _ first: ComparedNetwork, _ second: ComparedNetwork, photographs paths: [String], grid: Int, oneToOne: Bool,
        maximumPixels: Int, session: Session, progress: () -> Void
    ) throws(Problem) {
        let workers = session.workers
        var similarity = LayerSimilarity(channels: first.channels, and: second.channels)
        for path in paths {
            if session.isCancelled() { throw .interrupted }
            let photograph = try Picture.reading(path, maximumPixels: maximumPixels).composited(over: 0.5)
            similarity.add(
                try first.activations(photograph, path, grid: grid, workers: workers),
                try second.activations(photograph, path, grid: grid, workers: workers), workers: workers)
            progress()
        }
        similarity.complete(workers: workers)
        self.first = first
        self.second = second
        self.grid = grid
        self.photographs = paths.count
        examples = similarity.examples
        let alignments = first.layers.indices.map { layer in
            second.layers.indices.map { similarity.centeredKernelAlignment(layer, $0) }
        }
        self.alignments = alignments
        matches = first.layers.indices.map { layer in
            let row = alignments[layer]
            let other = row.indices.max { (row[$0], -$0) < (row[$1], -$1) }!
            let correlations = similarity.correlations(layer, other)
            let found = oneToOne ? correlations.oneToOne : correlations.best
            return LayerMatch(
                layer: layer, other: other, alignment: row[other],
                channels: found.enumerated().map { channel, match in
                    ChannelMatch(
                        channel: channel, other: match, correlation: match.map { correlations[channel, $0] } ?? 0,
                        isDead: !correlations.liveRows[channel])
                })
        }
    }

    /// The pairs of channels that match best, over all layers, no channel of the second network twice.
    func bestPairs(_ count: Int) -> [(match: LayerMatch, pair: ChannelMatch)] {
        let all = matches.flatMap { match in match.matched.map { (match: match, pair: $0) } }
        let ordered = all.enumerated().sorted { a, b in
            (b.element.pair.correlation, a.offset) < (a.element.pair.correlation, b.offset)
        }
        var taken: Set<[Int]> = []
        var best: [(match: LayerMatch, pair: ChannelMatch)] = []
        for (_, candidate) in ordered where best.count < count {
            if taken.insert([candidate.match.other, candidate.pair.other!]).inserted { best.append(candidate) }
        }
        return best
    }
}
