import Foundation
import Images
import Manifests
import Networks
import ONNX
import Studio
import Tensors
import Visualization

/// The readers of bytes from anywhere, which must refuse them or take them, but never trap, hang or take memory without bound.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Checkpoints of PyTorch: zip, tar and legacy files with their pickles.
    case pickle
    /// The zip container around pickles; apart from `pickle`, since mutations seldom leave a whole container.
    case zip
    case safetensors, numpy, onnx, png, jpeg
    /// Graphs that are changed in a few places; the bytes choose which and how.
    case graph
    /// Manifests of batches.
    case manifest
    /// The expression language of objectives.
    case expression
    /// The language of transforms.
    case transforms
    /// Metadata of pictures.
    case record

    /// Pictures larger than this are refused before their pixels are read.
    private static let pixels = 1 << 20

    /// Reads the bytes as this kind of input.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .pickle, .zip, .safetensors:
            withFile(bytes) { path in
                guard let weights = try? openWeights(path: path) else { return }
                for (name, shape) in weights.shapes.prefix(8) where shape.allSatisfy({ $0 < 4096 }) { _ = try? weights.read(name, shape: shape) }
            }
        case .numpy: withFile(bytes) { _ = try? NumPyArray(path: $0) }
        case .onnx: withFile(bytes, draw)
        case .graph: withFile(GraphMutation.mutant(bytes), draw)
        case .png, .jpeg:
            _ = try? Picture.decode(bytes, name: "fuzz", maximumPixels: Self.pixels)
            _ = try? PNG.text(in: bytes, name: "fuzz")
            _ = try? JPEG.comment(in: bytes, name: "fuzz")
        case .manifest:
            var diagnostics = Diagnostics()
            _ = Manifest(String(decoding: bytes, as: UTF8.self), diagnostics: &diagnostics)
            _ = diagnostics.sorted
        case .expression:
            guard let objective = try? Objective(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
            // The printed text must mean the same.
            guard let again = try? Objective(parsing: objective.text) else { fatalError("\(objective.text) cannot be read again") }
            precondition(again.text == objective.text, "\(objective.text) becomes \(again.text)")
        case .transforms:
            guard let chain = try? TransformChain(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
            guard let again = try? TransformChain(parsing: chain.text) else { fatalError("\(chain.text) cannot be read again") }
            precondition(again.text == chain.text, "\(chain.text) becomes \(again.text)")
        case .record:
            guard let record = try? Record(json: String(decoding: bytes, as: UTF8.self)) else { return }
            guard (try? Record(json: record.json)) != nil else { fatalError("\(record.json) cannot be read again") }
        }
    }

    /// Takes a step towards what one of a graph's layers responds to, and sees the picture without transforms.
    private func draw(_ path: String) {
        guard let model = try? ONNXModel.load(path: path, size: Network.Size(height: 24, width: 24)) else { return }
        let names = model.network.layerNames
        for layer in Set([names[names.count - 1], names[names.count / 2]]).sorted() {
            var plan = RenderPlan(model: model.name, weights: "", objective: "channel(\(layer),0)", width: 20, height: 26)
            plan.steps = 1
            plan.preprocessing = model.preprocessing
            guard (try? Renderer.check(plan, model: model, memory: Self.memory)) != nil,
                var renderer = try? Renderer(plan, model: model, workers: Workers(1)), (try? renderer.step()) != nil
            else { continue }
            _ = try? renderer.score(of: renderer.pictures())
            _ = try? renderer.rank(on: renderer.pictures()[0])
        }
    }

    /// Bytes for a step.
    private static let memory = 1 << 28

    /// A file with these bytes, for what reads files.
    private func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
        let folder = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        let path = "\(folder)/lucid-fuzz-\(ProcessInfo.processInfo.processIdentifier)-\(rawValue)"
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { fatalError("\(path) cannot be written") }
        defer { unlink(path) }
        body(path)
    }
}
