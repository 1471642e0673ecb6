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

        func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(scratch.path)/\(name)")) }

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

    @Test func weightsOfOnesOwnClassify() throws {
        let place = try Place()
        let mine = ["--model", "squeezenet1_0", "--weights", "mine.safetensors"]
        func classify(_ more: String...) throws -> Program {
            try Program.run(["classify", Self.photo] + mine + more, in: place.scratch.path, environment: place.environment)
        }
        let plain = try classify("--top", "10")
        #expect(plain.status == 0 && plain.text.split(separator: "\n").count == 10 && plain.text.contains("class 7 (7)"), "\(plain.errors)")
        try place.write((0..<10).map { "thing \($0)\n" }.joined(), to: "labels.txt")
        #expect(try classify("--labels", "labels.txt").text.contains("thing"))
        #expect(try classify("--range", "-1,1").text != plain.text)
        #expect(try classify("--top", "10", "--bgr").text != plain.text)
        try place.write("one\ntwo\n", to: "labels.txt")
        try place.fails("classify", Self.photo, "--model", "squeezenet1_0", "--weights", "mine.safetensors", "--labels", "labels.txt", with: 65, saying: ["2 classes", "has 10"])
        try place.fails("classify", Self.photo, "--labels", "none.txt", with: 66, saying: ["none.txt"])
    }

    @Test func picturesOfThemAreReplayed() throws {
        let place = try Place()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "3", "--model", "squeezenet1_0", "--weights", "mine.safetensors"]
        var pictures: Set<Data> = []
        for (index, seen) in [[], ["--range", "-1,1"], ["--mean", "0.5", "--std", "0.2,0.3,0.4", "--bgr"], ["--range", "0,255", "--mean", "10,20,30"]].enumerated() {
            let drawn = try Program.run(quick + seen + ["-o", "\(index).png"], in: place.scratch.path, environment: place.environment)
            #expect(drawn.status == 0, "\(drawn.errors)")
            let replayed = try place.run("replay", "\(index).png", "--weights", "mine.safetensors", "--force", "-o", "again.png")
            #expect(replayed.status == 0, "\(replayed.errors)")
            let bytes = try place.scratch.bytes("\(index).png")
            #expect(try bytes == place.scratch.bytes("again.png"), "\(seen)")
            pictures.insert(bytes)
        }
        #expect(pictures.count == 4)
        #expect(try place.run("info", "1.png").text.contains("-1.0…1.0"))
        // Nothing is downloaded that cannot be right.
        try place.fails("replay", "0.png", with: 65, saying: ["--weights"])
    }

    @Test func bundledWeightsSeenOtherwiseAreReplayedToo() throws {
        let place = try Place()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "3"]
        #expect(try Program.run(quick + ["-o", "plain.png"], in: place.scratch.path).status == 0)
        #expect(try Program.run(quick + ["-o", "bgr.png", "--bgr"], in: place.scratch.path).status == 0)
        #expect(try place.run("replay", "bgr.png", "-o", "again.png").status == 0)
        #expect(try place.scratch.bytes("bgr.png") == place.scratch.bytes("again.png"))
        #expect(try place.scratch.bytes("bgr.png") != place.scratch.bytes("plain.png"))
        #expect(try !place.run("info", "plain.png", "--json").text.contains("preprocessing"))
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

    /// Of a network that ends in probabilities no second softmax is taken, which would bring them all within a factor of e.
    @Test func probabilitiesAreNotFlattened() throws {
        struct Guess: Decodable { let probability: Double }
        let place = try Place()
        var checkpoint = try UntrainedCheckpoint(Architecture.named("inceptionv1")!)
        let last = "softmax2_pre_activation_matmul.weight"
        checkpoint.tensors[last]!.values = checkpoint.tensors[last]!.values.map { 100 * $0 }
        try checkpoint.safetensors.write(to: URL(filePath: "\(place.scratch.path)/inception.safetensors"))
        let text = try place.run("classify", Self.photo, "--model", "inceptionv1", "--weights", "inception.safetensors", "--top", "1008", "--json").text
        let guesses = try text.split(separator: "\n").map { try JSONDecoder().decode(Guess.self, from: Data($0.utf8)).probability }
        #expect(guesses.count == 1008 && abs(guesses.reduce(0, +) - 1) < 1e-4)
        #expect(guesses[0] > 4 * guesses[1007], "\(guesses[0]) \(guesses[1007])")
    }

    @Test func theListFitsATerminalAndAWordFilters() throws {
        let place = try Place()
        let lines = try place.run("models", "list").text.split(separator: "\n")
        let table = lines.prefix { $0 != "Licences" }
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

    @Test func wrongNumbersAreSaid() throws {
        let place = try Place()
        let draw = ["channel", "--layer", "features.3", "--index", "5"]
        for (options, word) in [
            (["--mean", "1,2"], "--mean"), (["--std", "0"], "--std"), (["--range", "1,1"], "--range"), (["--range", "-1"], "--range"),
            (["--mean", "a"], "--mean"), (["--steps", "-3"], "--steps"), (["--threads", "-1"], "--threads"),
        ] {
            let result = try Program.run(draw + options, in: place.scratch.path)
            #expect(result.status == 64 && result.errors.contains(word), "\(options): \(result.errors)")
        }
        try place.fails("neuron", "--layer", "features.3", "--index", "5", "--x", "-1", with: 64, saying: ["--x must be 0 or more", "counts from 0"])
        try place.fails("neuron", "--layer", "features.3", "--index", "5", "--y", "-2", with: 64, saying: ["--y must be 0 or more", "counts from 0"])
    }
}
