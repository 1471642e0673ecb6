import Networks
import ONNX

extension ModelOptions {
    /// Whether a model's name means a graph in a file.
    static func isGraphFile(_ name: String?) -> Bool { name?.lowercased().hasSuffix(".onnx") == true }

    /// The network of an .onnx file.
    ///
    /// - Parameter size: of the picture, for graphs that leave it open.
    static func graphFile(_ path: String, size: Network.Size?) throws(Failure) -> Model {
        do {
            return try ONNXModel.load(path: path, size: size)
        } catch {
            throw Failure(error)
        }
    }
}

extension Model {
    /// Says on standard error what was assumed, once it is clear that the command can be followed.
    func sayAssumption(quiet: Bool) {
        if let assumption, !quiet { standardError("lucid: \(name): \(assumption)\n") }
    }
}
