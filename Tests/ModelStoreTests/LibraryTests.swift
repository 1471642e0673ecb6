import Foundation
import ModelStore
import Models
import Networks
import TestSupport
import Testing

/// What names mean, and what comes of them.
@Suite struct LibraryTests {
    @Test func everyArchitectureHasATraining() throws {
        let library = try ModelLibrary(folder: ModelFolder.find()!, Environment( [:]))
        for architecture in Architecture.all {
            // What torchvision does not have is on the hub.
            if library.listing.contains(where: { HubName($0.name) != nil && $0.architecture == architecture.name }) { continue }
            let training = try #require(library.trainings.find(architecture.name), "\(architecture.name)")
            #expect(training.isDefault && training.architecture == architecture.name)
        }
        for training in library.trainings.trainings {
            #expect(Architecture.named(training.architecture) != nil)
            #expect(training.url.hasPrefix("https://"))
            guard let prefix = training.sha256Prefix else { continue }
            #expect(prefix.count >= 8 && training.file.contains("-\(prefix).pth"), "\(training.file)")
        }
    }

    @Test func namesMeanWhatTheySay() throws {
        let library = try ModelLibrary(folder: ModelFolder.find()!, Environment( [:]))
        guard case .bundled = try library.meaning(of: "vgg16"), case .bundled = try library.meaning(of: "vgg16:FEATURES"),
            case .training(let official) = try library.meaning(of: "vgg16:IMAGENET1K_V1"),
            case .training(let features) = try library.meaning(of: "vgg16:IMAGENET1K_FEATURES"),
            case .training(let resnet) = try library.meaning(of: "resnet50"),
            case .training(let inception) = try library.meaning(of: "inceptionv1")
        else {
            Issue.record("a name means something else")
            return
        }
        #expect(official.classifier && !features.classifier)
        #expect(features.preprocessing.mean[0] == 0.48235)
        #expect(resnet.weights == "IMAGENET1K_V2" && resnet.preprocessing.resize == 232)
        #expect(inception.preprocessing.range == [0, 255])
        #expect(library.name(of: resnet) == "resnet50" && library.name(of: official) == "vgg16:IMAGENET1K_V1")
        for (name, word) in [("resnet5", "resnet50"), ("vgg16:V9", "IMAGENET1K_V1"), ("", "nearest"), (":", "nearest")] {
            let error = #expect(throws: StoreError.self) { try library.meaning(of: name) }
            #expect(error?.kind == .name && error!.description.contains(word), "\(String(describing: error))")
        }
    }

    @Test func theStoreLiesWhereTheEnvironmentSays() throws {
        func home(_ environment: [String: String]) -> String? { Environment(environment).home }
        #expect(home(["LUCID_HOME": "/a", "XDG_DATA_HOME": "/b", "HOME": "/c"]) == "/a")
        #expect(home(["LUCID_HOME": "", "XDG_DATA_HOME": "/b", "HOME": "/c"]) == "/b/lucid")
        #expect(home(["XDG_DATA_HOME": "b", "HOME": "/c"]) == "/c/.local/share/lucid")
        #expect(home([:]) == nil)
    }

    private func load(_ training: TestTraining, _ request: ModelRequest) throws -> Model {
        try training.library().load(request) { _, _ in true }
    }

    /// A network of a few classes in a file.
    private func weights(_ training: TestTraining, classes: Int = 3) throws -> String {
        let path = "\(training.path)/mine.safetensors"
        try UntrainedCheckpoint(Architecture.named("squeezenet1_0")!, classes: classes).safetensors.write(to: URL(filePath: path))
        return path
    }

    @Test func weightsOfOnesOwnHaveTheirOwnClasses() throws {
        let training = try TestTraining()
        let file = try weights(training)
        let model = try load(training, ModelRequest(name: "squeezenet1_0", weights: file))
        #expect(model.classNames == ["class 0", "class 1", "class 2"])
        #expect(model.preprocessing == .training(of: "squeezenet1_0") && !model.hasItsOwnPreprocessing)
        let labels = "\(training.path)/labels.txt"
        try Data("cat\r\ndog\r\nbird".utf8).write(to: URL(filePath: labels))
        #expect(try load(training, ModelRequest(name: "squeezenet1_0", weights: file, labels: labels)).classNames == ["cat", "dog", "bird"])
        let error = #expect(throws: StoreError.self) { try load(training, ModelRequest(name: nil, labels: labels)) }
        #expect(error?.kind == .badData && error!.description.contains("3") && error!.description.contains("1000"))
        #expect(throws: StoreError.self) { try load(training, ModelRequest(name: "squeezenet1_1", weights: file)) }
    }

    @Test func theBundledFileIsKnownWhereverItLies() throws {
        let training = try TestTraining()
        let model = try load(training, ModelRequest(name: "squeezenet1_1", weights: "\(training.path)/models/squeezenet1_1.safetensors"))
        #expect(model.hasItsOwnPreprocessing && model.preprocessing.range == [0, 255] && model.classNames?.count == 1000)
    }

    @Test func preprocessingCanBeChanged() throws {
        let training = try TestTraining()
        var change = PreprocessingChange()
        change.range = [-1, 1]
        let model = try load(training, ModelRequest(name: nil, preprocessing: change))
        #expect(model.preprocessing == Preprocessing(range: [-1, 1], mean: [0], std: [1]) && !model.hasItsOwnPreprocessing)
        change = PreprocessingChange()
        change.bgr = true
        #expect(try load(training, ModelRequest(name: nil, preprocessing: change)).preprocessing.mean == [104, 117, 123])
    }

    @Test func aDamagedRecordIsNoticed() throws {
        let training = try TestTraining()
        let library = try training.library()
        _ = try Import(try weights(training), as: "squeezenet1_0:mine", into: library).run { false }
        try library.verifyRecords()
        try Data("garbage".utf8).write(to: URL(filePath: "\(training.path)/home/models/squeezenet1_0.mine.json"))
        #expect(throws: StoreError.self) { try library.verifyRecords() }
    }

    @Test func importsAreKeptUnderTheirNames() throws {
        let training = try TestTraining()
        let (library, file) = (try training.library(), try weights(training))
        func take(_ file: String, as name: String?) throws -> Store.Item { try Import(file, as: name, into: library).run { false } }
        let item = try take(file, as: "squeezenet1_0:mine")
        #expect(training.names() == ["squeezenet1_0-mine.safetensors", "squeezenet1_0.mine.json"])
        #expect(try load(training, ModelRequest(name: "squeezenet1_0:mine")).weightsSHA256 == item.sha256)
        #expect(library.listing.contains { $0.name == "squeezenet1_0:mine" && $0.state == .imported && $0.classifier })
        for (file, name, kind) in [
            (file, nil, StoreError.Kind.name), (file, "squeezenet1_0:../x", .name), (file, "resnet18", .badData),
            (file, "alexnet:x", .badData), (file, "squeezenet1_1", .name), ("\(training.path)/none", "alexnet:x", .missing),
            (file, "squeezenet1_0:é", .name), (file, "", .name),
        ] {
            let error = #expect(throws: StoreError.self) { try take(file, as: name) }
            #expect(error?.kind == kind, "\(name ?? ""): \(String(describing: error))")
        }
        #expect(training.names().count == 2)
        #expect(throws: StoreError.self) { try Import(file, as: "squeezenet1_0:x", into: library).run { true } }
        #expect(training.names().count == 2)
        try library.remove("squeezenet1_0:mine")
        #expect(training.names().isEmpty)
    }

    /// What is said with an import need not be said again, also after its file was touched.
    @Test func importsKeepTheirClassesAndPreprocessing() throws {
        let training = try TestTraining()
        let (library, file, labels) = (try training.library(), try weights(training), "\(training.path)/labels.txt")
        try Data("cat\ndog\nbird".utf8).write(to: URL(filePath: labels))
        var change = PreprocessingChange()
        change.mean = [0.5]
        func take(_ name: String, labels: String?) throws {
            _ = try Import(file, as: name, into: library, details: ModelRequest(name: nil, labels: labels, preprocessing: change)).run { false }
        }
        try take("squeezenet1_0:mine", labels: labels)
        for _ in 0..<2 {
            let model = try load(training, ModelRequest(name: "squeezenet1_0:mine"))
            #expect(model.classNames == ["cat", "dog", "bird"] && model.hasItsOwnPreprocessing)
            #expect(model.preprocessing.mean == [0.5] && model.preprocessing.std == Preprocessing.training(of: "squeezenet1_0").std)
            let path = try library.path(of: "squeezenet1_0:mine")
            try Data(contentsOf: URL(filePath: path)).write(to: URL(filePath: path))
        }
        var other = PreprocessingChange()
        other.mean = [0.25]
        #expect(try load(training, ModelRequest(name: "squeezenet1_0:mine", preprocessing: other)).preprocessing.mean == [0.25])
        try Data("cat\ndog".utf8).write(to: URL(filePath: labels))
        #expect(#expect(throws: StoreError.self) { try take("squeezenet1_0:less", labels: labels) }?.kind == .badData)
        change.mean = [1, 2]
        #expect(#expect(throws: StoreError.self) { try take("squeezenet1_0:less", labels: nil) }?.kind == .name)
        #expect(training.names().count == 2)
    }

    @Test func damageIsFound() throws {
        let training = try TestTraining()
        let library = try training.library()
        _ = try Import(weights(training), as: "squeezenet1_0:mine", into: library).run { false }
        try library.verify("squeezenet1_0:mine")
        let path = try library.path(of: "squeezenet1_0:mine")
        var bytes = try Data(contentsOf: URL(filePath: path))
        // Touched, but the same.
        try bytes.write(to: URL(filePath: path))
        _ = try load(training, ModelRequest(name: "squeezenet1_0:mine"))
        bytes[bytes.count - 2] ^= 1
        try bytes.write(to: URL(filePath: path))
        for body in [{ try library.verify("squeezenet1_0:mine") }, { _ = try self.load(training, ModelRequest(name: "squeezenet1_0:mine")) }] {
            let error = #expect(throws: StoreError.self) { try body() }
            #expect(error?.kind == .badData)
        }
        try Data("{".utf8).write(to: URL(filePath: "\(training.path)/home/models/squeezenet1_0.mine.json"))
        #expect(throws: StoreError.self) { try load(training, ModelRequest(name: "squeezenet1_0:mine")) }
    }

    @Test func aFolderWithoutDownloadsOffersNone() throws {
        let training = try TestTraining()
        try FileManager.default.removeItem(atPath: "\(training.path)/models/downloads.json")
        #expect(try load(training, ModelRequest(name: nil)).classNames?.count == 1000)
        #expect(throws: StoreError.self) { try load(training, ModelRequest(name: "resnet18")) }
        #expect(try load(training, ModelRequest(name: "squeezenet1_0", weights: weights(training))).classNames?.count == 3)
        #expect(try training.library().graph(ModelRequest(name: "resnet18")).network.layerNames.count > 50)
        try Data("[{".utf8).write(to: URL(filePath: "\(training.path)/models/downloads.json"))
        #expect(throws: WeightsError.self) { try training.library() }
    }

    @Test func graphsNeedNoWeights() throws {
        let server = try TestServer(.status(404))
        let training = try TestTraining(at: server)
        #expect(try training.library().graph(ModelRequest(name: "resnet18")).network.layerNames.count > 50)
        #expect(server.requests.isEmpty)
    }
}
