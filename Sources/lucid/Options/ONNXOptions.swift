import Networks
import ONNX

extension ModelOptions {
    /// Whether a model's name means a graph in a file.
    static func isGraphFile(_ name: String?) -> Bool { name?.lowercased().hasSuffix(".onnx") == true }

    /// The network of an .onnx file; what is assumed of its pictures is said on standard error.
    ///
    /// - Parameters:
    ///   - size: of the picture, for graphs that leave it open.
    ///   - isQuiet: nothing is said, since the pictures are not looked at.
    static func graphFile(_ path: String, size: Network.Size?, isQuiet: Bool = false) throws(Failure) -> Model {
        do {
            let loaded = try ONNXModel.load(path: path, size: size)
            if let assumption = loaded.assumption, !isQuiet { standardError("lucid: \(path): \(assumption)\n") }
            return loaded.model
        } catch {
            throw Failure(error)
        }
    }
}
