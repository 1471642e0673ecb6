/// The layers of two networks compared by linear CKA, and for each channel the one that it correlates with most.
public struct LayerComparison: Sendable {
    /// A layer of the first network and the most similar one of the second.
    public struct LayerMatch: Sendable {
        /// The place of the first network's layer among those compared.
        public let layer: Int
        /// The place of the second network's layer.
        public let other: Int
        /// Their linear CKA.
        public let alignment: Double
        /// For each channel of the first network's layer.
        public let channels: [ChannelMatch]

        /// Channels that vary.
        public var live: [ChannelMatch] { channels.filter { !$0.isDead } }
        /// Channels that have a match.
        public var matched: [ChannelMatch] { channels.filter { $0.other != nil } }
    }

    /// A channel and the one that it correlates with most.
    public struct ChannelMatch: Sendable {
        /// The first network's channel.
        public let channel: Int
        /// The second network's channel; nil for a dead channel, and for one that is left over.
        public let other: Int?
        /// Pearson's r; 0 where there is no match.
        public let correlation: Double
        /// Whether the channel never varies.
        public let isDead: Bool
    }

    /// Linear CKA, `[layers of the first, layers of the second]`.
    public let alignments: [[Double]]
    /// For each layer of the first network.
    public let matches: [LayerMatch]

    /// - Parameters:
    ///   - similarity: over all examples, complete.
    ///   - oneToOne: whether no two channels of a layer may share a match.
    public init(_ similarity: LayerSimilarity, oneToOne: Bool) {
        let alignments = (0..<similarity.layers).map { layer in
            (0..<similarity.otherLayers).map { similarity.centeredKernelAlignment(layer, $0) }
        }
        self.alignments = alignments
        matches = alignments.enumerated().map { layer, row in
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

    /// The pairs of channels with the highest correlations over all layers, with no channel of the second network twice.
    public func bestPairs(_ count: Int) -> [(match: LayerMatch, pair: ChannelMatch)] {
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
