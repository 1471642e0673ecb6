import Analysis
import Images

extension ModelComparison {
    /// A correlation from which on a channel counts as found again in the table.
    private static let found = 0.5

    /// A line for each layer of the first network and the layer that is most like it.
    var table: String {
        var table = Table([first.label, "", second.label, "CKA", "mean r", "r >= \(Self.found)", "channels", "dead"])
        for match in layers.matches {
            let (live, matched) = (match.live, match.matched)
            let mean = matched.reduce(0) { $0 + $1.correlation } / Double(max(matched.count, 1))
            let found = matched.count { $0.correlation >= Self.found }
            table.add([
                first.names[match.layer], "~", second.names[match.other], rounded(match.alignment, 3),
                matched.isEmpty ? "-" : rounded(mean, 3), "\(found)", "\(match.channels.count)", "\(match.channels.count - live.count)",
            ])
        }
        return table.text
    }

    /// Linear CKA of every layer with every other.
    var heatMap: Figure {
        let map = HeatMap(
            values: layers.alignments.flatMap { $0 }, rows: first.names.map { .name($0) }, columns: second.names.map { .name($0) },
            caption: """
                linear CKA, 0 black to 1 white
                rows: \(first.label)
                columns: \(second.label)
                \(photographs) photographs, \(grid) × \(grid) positions each
                """)
        return map.figure
    }

    /// All numbers, for scripts.
    struct Report: Encodable, Sendable {
        let a: Side
        let b: Side
        let photographs: Int
        let grid: Int
        let examples: Int
        let oneToOne: Bool
        /// Linear CKA, a row for each layer of a.
        let cka: [[Double]]
        let matches: [Match]

        struct Side: Encodable, Sendable {
            let model: String
            let weights: String
            let size: String
            let layers: [String]
        }

        struct Match: Encodable, Sendable {
            let layerA: String
            let layerB: String
            let cka: Double
            let meanCorrelation: Double?
            let dead: [Int]
            let channels: [Pair]
        }

        struct Pair: Encodable, Sendable {
            let a: Int
            /// Null for a dead channel, and for one that is left over.
            let b: Int?
            let correlation: Double?

            func encode(to encoder: any Encoder) throws {
                var values = encoder.container(keyedBy: CodingKeys.self)
                try values.encode(a, forKey: .a)
                try values.encode(b, forKey: .b)
                try values.encode(correlation, forKey: .correlation)
            }

            private enum CodingKeys: CodingKey { case a, b, correlation }
        }
    }

    func report(oneToOne: Bool) -> Report {
        func side(_ network: ComparedNetwork) -> Report.Side {
            Report.Side(
                model: network.label, weights: network.model.weightsSHA256, size: "\(network.size)", layers: network.names)
        }
        return Report(
            a: side(first), b: side(second), photographs: photographs, grid: grid, examples: examples, oneToOne: oneToOne,
            cka: layers.alignments.map { $0.map(Self.shortened) }, matches: layers.matches.map(report))
    }

    private func report(_ match: LayerComparison.LayerMatch) -> Report.Match {
        let matched = match.matched
        let sum = matched.reduce(0) { $0 + $1.correlation }
        return Report.Match(
            layerA: first.names[match.layer], layerB: second.names[match.other], cka: Self.shortened(match.alignment),
            meanCorrelation: matched.isEmpty ? nil : Self.shortened(sum / Double(matched.count)),
            dead: match.channels.filter(\.isDead).map(\.channel),
            channels: match.channels.map { pair in
                Report.Pair(a: pair.channel, b: pair.other, correlation: pair.other.map { _ in Self.shortened(pair.correlation) })
            })
    }

    /// Without the last digits, which are rounding.
    private static func shortened(_ value: Double) -> Double { (value * 1e9).rounded() / 1e9 }
}
