import Foundation
import Images
import Studio
import Tensors

/// A folder that is removed with the test, and what is drawn into it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lucid-studio-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: self(name)))) }
    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// Writes a file, and the folders that it needs.
    func save(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: self(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func save(_ name: String, text: String) throws { try save(name, Array(text.utf8)) }

    /// Paths of everything within a folder of this one.
    func contents(_ name: String) throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: self(name)).sorted() }

    /// Draws a small picture in one step unless the settings say otherwise.
    ///
    /// - Parameter settings: as a command line has them: "--layer", "features.3".
    func draw(_ command: String, _ settings: [String], _ name: String) throws {
        let usual = ["--size", "32", "--steps", "1"]
        let session = Session(workers: Workers(1))
        let list = try jobs(command, usual + settings + ["--output", self(name)], session)
        try JobRunner(session, SilentReporter()).run(list.jobs, label: list.label)
    }
}
