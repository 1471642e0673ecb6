import Files
import Images

/// Everything that a chart or a sheet of given pictures depends on.
public struct ChartPlan: Sendable, Codable, Equatable {
    /// The command that makes it.
    public var command: String
    /// The command's other settings, by their names.
    public var settings: [String: String]
    /// SHA-256 of the pictures that it is about, by their names.
    public var pictures: [String: String]
    /// SHA-256 of the weights of networks, by what the command calls them.
    public var networks: [String: String]

    /// - Parameters:
    ///   - settings: those that are given.
    ///   - files: pictures that it is about; standard input has no name, and is not told apart.
    init(_ command: String, _ settings: [(String, String?)] = [], files: [String], networks: [String: String] = [:]) throws(Problem) {
        self.command = command
        self.settings = Dictionary(uniqueKeysWithValues: settings.compactMap { name, text in text.map { (name, $0) } })
        self.networks = networks
        pictures = [:]
        // Pictures of one name in several folders are told apart by their places.
        for (place, path) in files.enumerated() where path != "-" {
            let name = FileName.split(path).name
            // One that cannot be read is refused, or left out, when its turn comes.
            guard let digest = try? sha256(ofFile: path) else { continue }
            pictures[pictures[name] == nil ? name : "\(name) (\(place + 1))"] = digest
        }
    }

    var record: Record { Record(DrawnPicture(plan: .chart(self), stepsDone: 0, score: 0)) }

    /// Whether a file was made by the same command of the same pictures.
    func isOwn(_ path: String) -> Bool { Record.pictures(ofFile: path).map(\.plan) == [.chart(self)] }

    /// Whether a file was made by the same command of pictures of the same names, which may have changed since.
    func isOwnByNames(_ path: String) -> Bool {
        guard case .chart(let other) = Record.pictures(ofFile: path).first?.plan else { return false }
        return other.command == command && other.settings == settings && Set(other.pictures.keys) == Set(pictures.keys)
    }

    var rows: [Row] {
        [("made by", "lucid \(command)")] + settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            + networks.sorted { $0.key < $1.key }.map { ($0.key, "weights \($0.value)") }
            + pictures.sorted { $0.key < $1.key }.map { ($0.key, "SHA-256 \($0.value)") }
    }
}

extension Figure {
    /// Writes a chart with its plan.
    public func write(chart plan: ChartPlan, to path: String) throws(Problem) {
        try write(plan.record, quality: OutputSettings.standardQuality, to: path)
    }
}
