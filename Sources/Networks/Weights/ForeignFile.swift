/// A file that is something else than the weights or the graph that it was taken for: what it is, and the way out.
public enum ForeignFile: Sendable, Equatable {
    /// The kind that a file was expected to be.
    public enum Wanted: Sendable {
        /// Tensors by name.
        case weights
        /// A network, such as an .onnx file.
        case graph
    }

    /// The pointer that Git LFS leaves in the place of a file that was not fetched.
    case pointer
    /// The page that a browser saves in the place of a file behind a link.
    case webPage
    /// HDF5, such as Keras's .h5.
    case hdf5
    /// TensorFlow Lite's .tflite.
    case tensorFlowLite
    /// Keras's .keras.
    case keras
    /// A checkpoint of PyTorch where a graph was wanted.
    case torch
    /// Weights where a graph was wanted.
    case safetensors

    /// Recognises a file by its first bytes; nil for one that may be what was wanted.
    ///
    /// - Parameter wanted: what the file was taken for, which is not foreign.
    public init?(_ bytes: UnsafeRawBufferPointer, wanted: Wanted) {
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            let wanted = Array(text.utf8)
            return bytes.count >= offset + wanted.count && bytes[offset..<offset + wanted.count].elementsEqual(wanted)
        }
        func holds(_ text: String) -> Bool {
            // A zip file's names are at its beginning and at its end.
            let wanted = Array(text.utf8)
            return [bytes.prefix(4096), bytes.suffix(65_536)].contains { Array($0).contains(wanted) }
        }
        let start = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased().drop { $0.isWhitespace }
        if begins("version https://git-lfs.github.com/spec/") {
            self = .pointer
        } else if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<?xml") {
            self = .webPage
        } else if begins("\u{89}HDF\r\n") || bytes.count > 4 && bytes[0] == 0x89 && begins("HDF", at: 1) {
            self = .hdf5
        } else if begins("TFL3", at: 4) {
            self = .tensorFlowLite
        } else if begins("PK"), holds("model.weights.h5") || holds("keras_version") {
            self = .keras
        } else if wanted == .graph, begins("PK") || bytes.count > 1 && bytes[0] == 0x80 && bytes[1] == 2 {
            self = .torch
        } else if wanted == .graph, isSafetensors(bytes) {
            self = .safetensors
        } else {
            return nil
        }
    }

    /// Its kind and the remedy, without the file's name.
    public var advice: String {
        switch self {
        case .pointer: "it is a Git LFS pointer, not the file itself; run git lfs pull in its repository"
        case .webPage: "it is a web page: the download failed; fetch the file itself"
        case .hdf5: "it is an HDF5 file, as Keras writes them; convert the model with tf2onnx (python -m tf2onnx.convert) to .onnx"
        case .tensorFlowLite: "it is a TensorFlow Lite model; convert it with python -m tf2onnx.convert --tflite FILE to .onnx"
        case .keras: "it is a Keras model; convert it with model.export(FILE, format=\"onnx\")"
        case .torch: "it is a PyTorch file, not an ONNX graph; export the network with torch.onnx.export"
        case .safetensors: "it holds weights in safetensors, not an ONNX graph; export the network with torch.onnx.export"
        }
    }
}
