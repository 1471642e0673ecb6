import Networks
import ONNX

extension ModelOptions {
    /// Whether a model's name means a graph in a file.
    static func isGraphFile(_ name: String?) -> Bool { name?.lowercased().hasSuffix(".onnx") == true }

    /// The network of an .onnx file; what is assumed of its pictures is said on standard error.
    ///
    /// - Parameter size: of the picture, for graphs that leave it open.
    static func graphFile(_ path: String, size: Network.Size?, preprocessing: Preprocessing? = nil, labels: [String]? = nil)
        throws(Failure) -> Model
    {
        do {
            let loaded = try ONNXModel.load(path: path, size: size, preprocessing: preprocessing, labels: labels)
            if let assumption = loaded.assumption { standardError("lucid: \(path): \(assumption)\n") }
            return loaded.model
        } catch {
            throw Failure(error)
        }
    }
}
