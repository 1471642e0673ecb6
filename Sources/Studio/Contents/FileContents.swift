import Files
import ModelStore
import Networks
import ONNX

/// The contents of a file of weights, of a network, or of a scan.
public struct FileContents: Encodable, Sendable {
    /// The file's path.
    public let file: String
    /// "safetensors", "PyTorch checkpoint", "ONNX" or "scan".
    public let format: String
    /// Numbers in all tensors.
    public let values: Int
    /// The zoo's architectures that the weights fit.
    public let fits: [Fit]
    /// Everything that is odd, a line each.
    public let odd: [String]
    /// Facts about an ONNX graph or a scan by name.
    public let graph: [Fact]
    /// By name.
    public let tensors: [Tensor]

    /// An architecture of the zoo.
    public struct Fit: Encodable, Sendable {
        /// Its name for `model`.
        public let model: String
        /// The architecture whose names the file has.
        public let names: String
        /// Where the weights are, for `weights-key`.
        public let key: String
        /// Where there are others.
        public let others: [String]
        /// Classes; nil where the weights end before them.
        public let classes: Int?
        /// Channels of its pictures.
        public let channels: Int
    }

    /// A fact with its name.
    public struct Fact: Encodable, Sendable {
        /// A few words, such as "producer".
        public let name: String
        /// The fact as text.
        public let value: String
    }

    /// A tensor of the file.
    public struct Tensor: Encodable, Sendable {
        /// The tensor's name in the file.
        public let name: String
        /// By safetensors' or ONNX's name.
        public let type: String
        /// Its extents, the outermost first; none for a single number.
        public let shape: [Int]
        /// Numbers in it.
        public var values: Int { shape.reduce(1, *) }

        private enum CodingKeys: CodingKey {
            case name, type, shape, values
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(type, forKey: .type)
            try container.encode(shape, forKey: .shape)
            try container.encode(values, forKey: .values)
        }
    }

    /// The contents; nil for a file of another kind, such as a picture.
    public init?(path: String) throws(Problem) {
        if ScanFile.isScan(path) {
            self = try FileContents(ScanFile(path))
        } else if ModelLibrary.isGraphFile(path) {
            self = try asProblem { () throws(WeightsError) in try FileContents(graph: path) }
        } else if hasWeights(path: path) {
            self = try asProblem { () throws(WeightsError) in try FileContents(weights: path) }
        } else {
            return nil
        }
    }

    private init(weights path: String) throws(WeightsError) {
        let store = try openWeights(path: path)
        file = path
        format = store is TorchCheckpoint ? "PyTorch checkpoint" : store is ShardedWeights ? "several files with an index" : "safetensors"
        tensors = store.shapes.sorted { NaturalOrder.precedes($0.key, $1.key) }
            .map { Tensor(name: $0.key, type: store.type(of: $0.key) ?? "", shape: $0.value) }
        values = tensors.reduce(0) { $0 + $1.values }
        graph = []
        let found = Architecture.fits(store)
        fits = found.map { architecture, fit in
            Fit(
                model: architecture.name, names: fit.program, key: fit.key, others: fit.others,
                classes: fit.hasClasses ? fit.network.outputChannels : nil, channels: fit.network.inputChannels)
        }
        var odd = store.unreadable.sorted { $0.key < $1.key }.map { "\(shown($0.key)) \($0.value)" }
        if let fit = found.first?.fit {
            if !fit.others.isEmpty { odd.append("\(fit.others.listed(6)): other values of the same weights as \(shown(fit.key))") }
            for other in fit.lookalikes { odd.append("\(other): the same names, but other padding and normalization; the file does not tell") }
            if !fit.unused.isEmpty { odd.append("\(fit.unused.listed(6)): of no use to \(found[0].architecture.name)") }
        } else if let nearest = Architecture.nearest(to: store) {
            do {
                _ = try nearest.fit(store)
            } catch {
                odd.append("fits no architecture; the nearest is \(nearest.name): \(error.reason)")
            }
        } else {
            odd.append("has the parameters of no architecture that is known")
        }
        for tensor in tensors {
            // Whole numbers are finite.
            guard ["F16", "BF16", "F32", "F64"].contains(tensor.type) else { continue }
            let count = try store.read(tensor.name, shape: tensor.shape).count { !$0.isFinite }
            if count > 0 { odd.append("\(shown(tensor.name)): \(count) of \(tensor.values) numbers are not finite") }
        }
        self.odd = odd
    }

    private init(_ scan: ScanFile) {
        (file, format, fits) = (scan.path, "scan", [])
        tensors = scan.tensors.sorted { NaturalOrder.precedes($0.name, $1.name) }
        values = tensors.reduce(0) { $0 + $1.values }
        let (plan, description) = (scan.description.plan, scan.description)
        graph = [
            Fact(name: "network", value: "\(shown(plan.model)), weights \(plan.weightsSHA256)"),
            Fact(name: "photographs", value: "\(description.photographs) of \(counted(plan.files, "file")) in \(FileName.shown(plan.folder))"),
            Fact(name: "layers", value: plan.layers.map { shown($0.name) }.joined(separator: ", ")),
        ] + (plan.classes.map { [Fact(name: "classes", value: "\($0.names.count) from \(FileName.shown($0.from))")] } ?? [])
        odd = description.damaged.map { "\(FileName.shown($0)) could not be read" }
    }

    private init(graph path: String) throws(WeightsError) {
        let contents = try ONNXContents(path: path)
        (file, format, fits) = (path, "ONNX", [])
        tensors = contents.tensors.map { Tensor(name: $0.name, type: $0.type, shape: $0.shape) }
        values = tensors.reduce(0) { $0 + $1.values }
        func facts(_ name: String, _ values: [(name: String, shape: [String])]) -> [Fact] {
            values.map { Fact(name: name, value: "\(shown($0.name)) [\($0.shape.joined(separator: ", "))]") }
        }
        let operators = contents.operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        graph = (contents.producer.isEmpty ? [] : [Fact(name: "written by", value: contents.producer)]) + [
            Fact(name: "operator set", value: "\(contents.operatorSet)"),
            Fact(name: "operators", value: operators.map { "\($0.value) \(shown($0.key))" }.joined(separator: ", ")),
        ] + facts("input", contents.inputs) + facts("output", contents.outputs)
        var odd: [String] = []
        for (index, tensor) in tensors.enumerated() {
            let count = try contents.notFinite(index, path: path)
            if count > 0 { odd.append("\(shown(tensor.name)): \(count) of \(tensor.values) numbers are not finite") }
        }
        self.odd = odd
    }

    /// The contents for people: what there is first, then a row a tensor.
    public var text: String {
        var facts = [("format", format), ("tensors", "\(tensors.count)"), ("numbers", "\(values)")] + graph.map { ($0.name, $0.value) }
        for fit in fits {
            let classes = fit.classes.map { ", \($0) classes" } ?? ", no classes"
            let place = fit.key == "." ? "" : ", at \(shown(fit.key))"
            let channels = fit.channels == 3 ? "" : ", \(fit.channels) \(fit.channels == 1 ? "channel" : "channels")"
            facts.append(("fits", "\(fit.model) (\(fit.names)'s names\(place)\(classes)\(channels))"))
        }
        facts += odd.map { ("odd", $0) }
        let width = facts.map(\.0.count).max()!
        let lines = facts.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + "  " + $0.1 }
        var table = Table(["tensor", "type", "shape", "numbers"])
        for tensor in tensors {
            table.add([shown(tensor.name), tensor.type, tensor.shape.map(String.init).joined(separator: "×"), "\(tensor.values)"])
        }
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }
}
