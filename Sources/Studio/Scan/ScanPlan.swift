import Files
import FoundationEssentials
import Networks

/// Everything that a scan depends on but the photographs' contents.
struct ScanPlan: Codable, Equatable {
    /// Of the file's layout.
    var format = 1
    /// The program's.
    var version = Studio.version
    var model: String
    var weightsSHA256: String
    var preprocessing: Preprocessing
    /// The folder's own name.
    var folder: String
    /// The folder's pictures, those among them that cannot be read.
    var files: Int
    /// SHA-256 of their names.
    var filesSHA256: String
    var keep: Int
    var samples: Int
    var seed: UInt64
    var layers: [Layer]
    var classes: Classes?

    struct Layer: Codable, Equatable {
        /// As it was named.
        let name: String
        let node: String
        let channels: Int
        let height: Int
        let width: Int
        /// The power of two that its bins end at.
        let top: Int
    }

    struct Classes: Codable, Equatable {
        /// folders, predicted or the name of a file.
        let from: String
        let names: [String]
        /// SHA-256 of the photographs' classes; nil where the network says them.
        let sha256: String?
    }

    enum CodingKeys: String, CodingKey {
        case format, version, model, preprocessing, folder, files, keep = "best", samples, seed, layers, classes
        case weightsSHA256 = "weights_sha256", filesSHA256 = "files_sha256"
    }

    /// Photographs of a block. Blocks are shared among parts, and work is lost by the block.
    static let block = 16

    /// The photographs of each block of a part, in ascending order.
    func blocks(of shard: Shard) -> [Range<Int>] {
        (0..<(files + Self.block - 1) / Self.block).filter(shard.contains).map { $0 * Self.block..<min(($0 + 1) * Self.block, files) }
    }

    /// Bytes of what is kept of a photograph; see `ScanRow`.
    var rowBytes: Int { ScanRow.fixedBytes + 4 * layers.reduce(0) { $0 + $1.channels } }

    /// Bytes of a sample: the photograph, the position, a half-precision number a channel.
    static func sampleBytes(channels: Int) -> Int { 8 + 2 * channels }

    /// Whether the numbers are such as a scan has: a file may hold any.
    var isSound: Bool {
        let most = 1 << 24  // channels, rows and columns, files
        return format == 1 && (1...most).contains(files) && (1...1000).contains(keep) && samples >= 0 && !layers.isEmpty
            && layers.allSatisfy { layer in
                [layer.channels, layer.height, layer.width].allSatisfy { (1...most).contains($0) } && layer.channels * layer.height * layer.width <= 1 << 32
            } && layers.reduce(0) { $0 + $1.channels } <= most && Set(layers.map(\.name)).count == layers.count
    }

    /// Refuses another network or other weights.
    ///
    /// - Parameter file: what this plan is of.
    func check(_ other: (model: String, weightsSHA256: String), file: String) throws(Problem) {
        guard other.weightsSHA256 != weightsSHA256 else { return }
        throw .badData(
            "\(file) is of \(model) with weights of SHA-256 \(sentence: weightsSHA256), not of \(other.model) with \(sentence: other.weightsSHA256)", setting: "model")
    }

    /// Refuses to go on with what was begun otherwise.
    func check(begun: ScanPlan, file: String) throws(Problem) {
        guard begun != self else { return }
        try begun.check((model, weightsSHA256), file: file)
        let what = begun.filesSHA256 != filesSHA256 ? "of other photographs" : begun.version != version ? "by lucid \(begun.version)" : "with other settings"
        throw Problem(
            .cannotWrite, "\(file) was begun \(sentence: what); use \(setting: "force") to begin anew, or choose another \(setting: "output")", setting: "force")
    }
}

/// A scan's metadata.
struct ScanDescription: Codable, Equatable {
    var plan: ScanPlan
    /// Photographs that were read.
    var photographs: Int
    /// SHA-256 of the tensor of their SHA-256.
    var photographsSHA256: String
    /// Those that could not be read.
    var damaged: [String]
    /// Photographs of each class.
    var counts: [Int]?
    /// Over all photographs, of each layer.
    var positions: [Int]
    /// Those whose products are summed, of each layer.
    var lattice: [Int]

    init(plan: ScanPlan, photographs: Int, photographsSHA256: String, damaged: [String], counts: [Int]?, positions: [Int], lattice: [Int]) {
        (self.plan, self.photographs, self.photographsSHA256, self.damaged) = (plan, photographs, photographsSHA256, damaged)
        (self.counts, self.positions, self.lattice) = (counts, positions, lattice)
    }

    private enum CodingKeys: String, CodingKey {
        case photographs, photographsSHA256 = "photographs_sha256", damaged, counts = "class_counts", positions, lattice
    }

    // The plan's entries stand beside the others.
    func encode(to encoder: any Encoder) throws {
        try plan.encode(to: encoder)
        var entries = encoder.container(keyedBy: CodingKeys.self)
        try entries.encode(photographs, forKey: .photographs)
        try entries.encode(photographsSHA256, forKey: .photographsSHA256)
        try entries.encode(damaged, forKey: .damaged)
        try entries.encodeIfPresent(counts, forKey: .counts)
        try entries.encode(positions, forKey: .positions)
        try entries.encode(lattice, forKey: .lattice)
    }

    init(from decoder: any Decoder) throws {
        plan = try ScanPlan(from: decoder)
        let entries = try decoder.container(keyedBy: CodingKeys.self)
        photographs = try entries.decode(Int.self, forKey: .photographs)
        photographsSHA256 = try entries.decode(String.self, forKey: .photographsSHA256)
        damaged = try entries.decode([String].self, forKey: .damaged)
        counts = try entries.decodeIfPresent([Int].self, forKey: .counts)
        positions = try entries.decode([Int].self, forKey: .positions)
        lattice = try entries.decode([Int].self, forKey: .lattice)
    }
}
