import Files
import Foundation
import Networks
import TestSupport
import Testing

/// Networks that do not come with the program, through the whole of it.
@Suite struct ModelTests {
    private static let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/coffee.jpg").path

    /// A folder with a store of its own, and mine.safetensors, a SqueezeNet 1.0 of 10 classes.
    private final class Place {
        let scratch: Scratch
        var environment: [String: String]
        static let weights = try! UntrainedCheckpoint(Architecture.named("squeezenet1_0")!, classes: 10).safetensors

        init() throws {
            scratch = try Scratch()
            environment = ["LUCID_HOME": "\(scratch.path)/home", "LUCID_OFFLINE": "1", "TORCH_HOME": scratch.path, "no_proxy": "127.0.0.1"]
            try Self.weights.write(to: URL(filePath: "\(scratch.path)/mine.safetensors"))
        }

        func run(_ arguments: String..., interruptWhen: ((pid_t) throws -> Bool)? = nil) throws -> Program {
            try Program.run(arguments, in: scratch.path, environment: environment, interruptWhen: interruptWhen)
        }

        func fails(_ arguments: String..., with status: Int32, saying words: [String]) throws {
            let result = try Program.run(arguments, in: scratch.path, environment: environment)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("lucid: ") && result.errors.filter { $0 == "\n" }.count == 1, "\(result.errors)")
            for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
        }

        /// The bundled models' folder with another list of what can be downloaded: mine.safetensors as squeezenet1_0.
        func offer(_ server: TestServer) throws {
            let models = Program.models
            let folder = "\(scratch.path)/models"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: models) where name != "downloads.json" {
                try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "\(models)/\(name)")
            }
            let digest = try sha256(ofFile: "\(scratch.path)/mine.safetensors")
            let training: [String: Any] = [
                "architecture": "squeezenet1_0", "weights": "IMAGENET1K_V1", "isDefault": true, "classifier": true,
                "url": "https://example.org/squeezenet1_0-\(digest.prefix(8)).pth", "sha256Prefix": String(digest.prefix(8)),
                "megabytes": 3, "licence": "none",
            ]
            try JSONSerialization.data(withJSONObject: [training]).write(to: URL(filePath: "\(folder)/downloads.json"))
            environment["LUCID_MODELS"] = folder
            environment["LUCID_MODEL_MIRROR"] = server.address
            environment["LUCID_OFFLINE"] = nil
        }
    }

    @Test func layersOfThemAreListed() throws {
        let place = try Place()
        let mine = try place.run("layers", "--model", "squeezenet1_0", "--weights", "mine.safetensors", "--json").text
        #expect(mine.contains(#""channels":10"#))
        for name in ["resnet18", "vgg16:IMAGENET1K_V1", "inceptionv1"] {
            #expect(try place.run("layers", "--model", name).status == 0)
        }
        #expect(!FileManager.default.fileExists(atPath: "\(place.scratch.path)/home"))
    }

    @Test func theListFitsATerminalAndAWordFilters() throws {
        let place = try Place()
        let lines = try place.run("models", "list").text.split(separator: "\n")
        let table = lines.prefix { $0 != "Licences" }
        #expect(table.last?.contains("of the Hugging Face hub") == true)
        #expect(table.count > 20 && table.allSatisfy { $0.count <= 80 })
        let names = try place.run("models", "list", "ResNet").text.split(separator: "\n").prefix { $0 != "Licences" }.dropFirst()
        #expect(names.count > 2 && names.allSatisfy { $0.contains("resnet") })
        try place.fails("models", "list", "nosuchnet", with: 64, saying: ["nosuchnet", "lucid models list"])
    }

    /// A terminal that can redraw its line shows how far a download is; any other gets no control characters.
    @Test(arguments: ["TERM=xterm", "TERM=dumb", "-u TERM"])
    func aDownloadIsShownWhereALineCanBeRedrawn(_ terminal: String) throws {
        let place = try Place()
        let server = try TestServer(.file(Array(Place.weights)))
        try place.offer(server)
        let environment = ProcessInfo.processInfo.environment.merging(place.environment) { $1 }
        let command = "script -qec 'env \(terminal) \"$LUCID\" models pull squeezenet1_0' out.txt </dev/null >/dev/null"
        let result = try Shell.run(command, in: place.scratch.path, environment: environment.filter { $0.key != "LUCID_OFFLINE" })
        let said = String(decoding: try place.scratch.bytes("out.txt"), as: UTF8.self)
        #expect(result.status == 0, "\(said)")
        let controls = said.replacing("\r\n", with: "\n").unicodeScalars.contains { $0 == "\r" || $0 == "\u{1B}" }
        #expect(controls == (terminal == "TERM=xterm"), "\(said)")
    }

    @Test func namingAModelPullsIt() throws {
        let place = try Place()
        let server = try TestServer(.file(Array(Place.weights)))
        try place.offer(server)
        #expect(try place.run("models", "list").text.contains("available"))
        try place.fails("models", "path", "squeezenet1_0", with: 66, saying: ["lucid models pull squeezenet1_0"])
        #expect(try place.run("layers", "--model", "squeezenet1_0").status == 0)
        #expect(server.requests.isEmpty)
        let first = try place.run("classify", Self.photo, "--model", "squeezenet1_0")
        #expect(first.status == 0 && first.errors.isEmpty, "\(first.errors)")
        place.environment["LUCID_OFFLINE"] = "1"
        #expect(try place.run("classify", Self.photo, "--model", "squeezenet1_0:IMAGENET1K_V1").text == first.text)
        #expect(server.requests.count == 1)
        #expect(try place.run("models", "verify").text.contains("squeezenet1_0  good"))
        let path = try place.run("models", "path", "squeezenet1_0").text.trimmingCharacters(in: .newlines)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: path))
        try place.fails("models", "verify", with: 65, saying: ["SHA-256", "lucid models remove"])
        try place.fails("classify", Self.photo, "--model", "squeezenet1_0", with: 65, saying: ["damaged"])
        #expect(try place.run("models", "remove", "squeezenet1_0").status == 0)
        try place.fails("models", "remove", "squeezenet1_0", with: 66, saying: ["not here"])
        #expect(try place.run("models", "import", "mine.safetensors").text.contains("squeezenet1_0:IMAGENET1K_V1"))
        #expect(try place.run("classify", Self.photo, "--model", "squeezenet1_0").text == first.text)
    }

    @Test func whatGoesWrongWithDownloadsIsSaid() throws {
        let place = try Place()
        try place.fails("channel", "--layer", "layer1", "--index", "3", "--model", "resnet18", with: 69, saying: ["LUCID_OFFLINE", "lucid models pull resnet18"])
        let server = try TestServer(.status(404))
        try place.offer(server)
        try place.fails("models", "pull", "squeezenet1_0", with: 69, saying: ["404"])
        server.answer(.file([1, 2, 3]))
        try place.fails("models", "pull", "squeezenet1_0", with: 65, saying: ["SHA-256"])
        place.environment["HOME"] = ""
        place.environment["LUCID_HOME"] = ""
        place.environment["XDG_DATA_HOME"] = ""
        try place.fails("models", "pull", "squeezenet1_0", with: 73, saying: ["LUCID_HOME"])
        #expect(try place.run("models", "list").status == 0)
        try place.fails("models", "pull", "squeeznet1_0", with: 64, saying: ["squeezenet1_0"])
        try place.fails("models", "remove", "vgg16", with: 64, saying: ["comes with lucid"])
    }

    @Test func anInterruptedPullLeavesAPart() throws {
        let place = try Place()
        let server = try TestServer(.stall(Array(Place.weights), 100_000))
        try place.offer(server)
        let folder = "\(place.scratch.path)/home/models"
        func downloaded() -> [Int] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.compactMap { try? Data(contentsOf: URL(filePath: "\(folder)/\($0)")).count }
        }
        let program = try place.run("models", "pull", "squeezenet1_0", interruptWhen: { _ in downloaded() == [100_000] })
        #expect(program.status == 130)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.count == 1 && left[0].hasSuffix(".part"))
        server.answer(.file(Array(Place.weights)))
        #expect(try place.run("models", "pull", "squeezenet1_0").status == 0)
        #expect(server.requests.last?.headers["range"] == "bytes=100000-")
    }
}
