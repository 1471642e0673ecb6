import ArgumentParser
import ModelStore
import Networks
import Studio

/// `lucid models`: what is here, what can be had.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List networks, download their weights, check and remove them.",
        subcommands: [List.self, Fetch.self, Verify.self, Remove.self, Path.self, ImportFile.self],
        defaultSubcommand: List.self)

    /// Runs what the store does, and says in one line why it could not.
    static func asking<Result>(_ body: (ModelLibrary) throws(StoreError) -> Result) throws(Problem) -> Result {
        let library = try Session.library()
        do {
            return try body(library)
        } catch {
            throw Problem(error)
        }
    }

    /// `lucid models pull`
    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pull",
            abstract: "Download a network's weights, or go on where a download stopped.",
            discussion: """
                What comes is checked against torchvision's digest, and kept under LUCID_HOME. Weights that torch hub has
                downloaded already are used where they lie.

                Example: lucid models pull resnet50
                         lucid models pull vgg16:IMAGENET1K_V1
                """)

        @Argument(help: "Networks: resnet50, or resnet50:IMAGENET1K_V1.", completion: .list(Architecture.all.map(\.name)))
        var models: [String]
        @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

        func run() throws { for model in models { try pull(model) } }

        private func pull(_ model: String) throws {
            let progress = DownloadProgress(quiet: quiet)
            defer { progress.report(model, nil) }
            let path = try Models.asking { library throws(StoreError) in
                let meaning = try library.meaning(of: model)
                if case .hub(let name) = meaning {
                    return try HubPull(name, library.environment).pulled { bytes, total in
                        progress.report(model, (bytes, total))
                        return Interruption.signal == 0
                    }
                }
                guard case .training(let training) = meaning else { return try library.path(of: model) }
                let store = try Store(library.environment)
                let item = try Pull(training, into: store, library.environment).run { bytes, total in
                    progress.report(model, (bytes, total))
                    return Interruption.signal == 0
                }
                try store.verify(item)
                return store.path(of: item)
            }
            if !quiet { try standardOutput("\(model)  \(path)") }
        }
    }

    /// `lucid models remove`
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove downloaded or imported weights.", discussion: "Example: lucid models remove resnet50")

        @Argument(help: "A network that was pulled or imported.", completion: .networksThatAreHere) var model: String

        func run() throws {
            try Models.asking { library throws(StoreError) in try library.remove(model) }
            try standardOutput("\(model)  removed")
        }
    }

    /// `lucid models path`
    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print where a network's weights lie.", discussion: "Example: lucid models path vgg16")

        @Argument(help: "Networks whose weights are here.", completion: .networksThatAreHere) var models: [String]

        func run() throws {
            for model in models { try standardOutput(Models.asking { library throws(StoreError) in try library.path(of: model) }) }
        }
    }

    /// `lucid models import`
    struct ImportFile: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Keep a file of weights from elsewhere under a name.",
            discussion: """
                A file that `lucid models pull` would fetch is told by its digest; your own training needs a name. The names of \
                its classes and the values that it was trained on are kept with it, and need not be given again.

                Example: lucid models import resnet50-11ad3fa6.pth
                         lucid models import birds.pth --as resnet18:birds --labels birds.txt
                         lucid models import birds.pth --as resnet18:birds --mean 0.5 --std 0.5
                """)

        @Argument(help: ".safetensors, .pth or .pt.", completion: .file()) var file: String
        @Option(help: ArgumentHelp("ARCHITECTURE:NAME, which `--model` then knows.", valueName: "name")) var `as`: String?
        @Option(ModelSettings["labels"]) var labels: String?
        @Option(ModelSettings["range"]) var range: String?
        @Option(ModelSettings["mean"]) var mean: String?
        @Option(ModelSettings["std"]) var std: String?
        @Flag(ModelSettings["bgr"]) var bgr = false

        func run() throws {
            let details: ModelSettings = try settings(of: self)
            let (name, path) = try Models.asking { library throws(StoreError) in
                let item = try Import(file, as: `as`, into: library, details: details.request()).run { Interruption.signal != 0 }
                return (item.fullName, try Store(library.environment).path(of: item))
            }
            try standardOutput("\(name)  \(path)")
        }
    }
}
