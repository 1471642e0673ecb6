import Files
import Foundation
import ModelStore
import Models
import Networks
import TestSupport

/// A folder of models with one training that can be pulled, and an empty store; both go away with the test.
final class TestTraining {
    let path: String
    let bytes: [UInt8]
    let file: String
    let digest: String
    var variables: [String: String]
    private let server: TestServer?

    /// - Parameters:
    ///   - bytes: what the training's file should hold.
    ///   - server: where it is, if anywhere.
    init(_ bytes: [UInt8] = TestTraining.numbers(200_000), at server: TestServer? = nil, hasDigest: Bool = true) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lucid-store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(path)/models", withIntermediateDirectories: true)
        self.bytes = bytes
        self.server = server
        try Data(bytes).write(to: URL(filePath: "\(path)/right"))
        digest = try sha256(ofFile: "\(path)/right")
        file = "resnet18-\(digest.prefix(8)).pth"
        variables = ["HOME": path, "LUCID_HOME": "\(path)/home", "LUCID_MODEL_MIRROR": server?.address ?? "http://127.0.0.1:1"]
        var training: [String: Any] = [
            "architecture": "resnet18", "weights": "IMAGENET1K_V1", "isDefault": true, "classifier": true,
            "url": "https://example.org/\(file)", "megabytes": 0.2, "licence": "none",
        ]
        if hasDigest { training["sha256Prefix"] = String(digest.prefix(8)) }
        try JSONSerialization.data(withJSONObject: [training]).write(to: URL(filePath: "\(path)/models/downloads.json"))
        let bundled = ModelFolder.find()!
        for name in ["models.json", "imagenet-labels.txt", "squeezenet1_1.safetensors"] {
            try FileManager.default.createSymbolicLink(atPath: "\(path)/models/\(name)", withDestinationPath: "\(bundled)/\(name)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Bytes that look like nothing.
    static func numbers(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) } }

    var environment: Environment { Environment(variables) }

    func library() throws -> ModelLibrary { try ModelLibrary(folder: "\(path)/models", environment) }

    func store() throws -> Store { try Store(environment) }

    func pull(patience: Int = 20, progress: @escaping (Int, Int?) -> Bool = { _, _ in true }) throws -> Store.Item {
        try Pull(library().trainings.find("resnet18")!, into: store(), environment, patience: patience).run(progress: progress)
    }

    /// Names in the store's folder.
    func names() -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/home/models")) ?? []).sorted() }

    func stored(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/home/models/\(name)"))) }
}
