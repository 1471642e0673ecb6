import Analysis
import Files

/// A scan in numbers: what the program says when it is done.
public struct ScanResult: Encodable, Sendable {
    /// Path of the scan, or of the part.
    public let file: String
    /// The part, where it is one.
    public let part: String?
    /// Photographs that were read.
    public let photographs: Int
    /// Photographs that could not be read.
    public let damaged: Int
    /// In the order of the scan.
    public let layers: [Layer]

    /// A layer in the scan, in numbers over all photographs.
    public struct Layer: Encodable, Sendable {
        /// The name that the scan was asked for, or the stage's.
        public let name: String
        /// Units of the layer.
        public let channels: Int
        /// Rows of positions for one photograph.
        public let height: Int
        /// Columns of positions for one photograph.
        public let width: Int
        /// Channels that were above 0 nowhere.
        public let dead: [Int]
        /// The share of positions above 0.
        public let active: Double
    }

    init(_ path: String, _ state: ScanState) {
        file = path
        part = state.shard.count > 1 ? state.shard.text : nil
        photographs = state.records[0]
        damaged = state.damaged.count
        layers = zip(state.plan.layers, state.totals).map { Layer($0, positive: $1.positivePositions, positions: $1.positions) }
    }

    init(_ scan: ScanFile) throws(Problem) {
        let description = scan.description
        file = scan.path
        part = nil
        photographs = description.photographs
        damaged = description.damaged.count
        var layers: [Layer] = []
        for (index, layer) in description.plan.layers.enumerated() {
            layers.append(Layer(layer, positive: try scan.values("positive_positions", of: index), positions: description.positions[index]))
        }
        self.layers = layers
    }

    /// A line for each layer, and one for the file.
    public var lines: [String] {
        var table = Table(["layer", "channels", "positions", "positions > 0", "dead"])
        for layer in layers {
            table.add([layer.name, "\(layer.channels)", "\(layer.height)x\(layer.width)", "\(rounded(100 * layer.active, 1)) %", "\(layer.dead.count)"])
        }
        let left = damaged > 0 ? ", \(damaged) left out" : ""
        return [table.text, "\(FileName.shown(file))  \(counted(photographs, "photograph"))\(left)\(part.map { ", part \($0)" } ?? "")"]
    }
}

extension ScanResult.Layer {
    fileprivate init(_ layer: ScanPlan.Layer, positive: [Int64], positions: Int) {
        (name, channels, height, width) = (layer.name, layer.channels, layer.height, layer.width)
        dead = positive.indices.filter { positive[$0] == 0 }
        active = Double(positive.reduce(0, +)) / Double(max(positions * layer.channels, 1))
    }
}
