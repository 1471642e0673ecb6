import Files
import Networks

extension ModelLibrary {
    /// The error for the path of a file that is no network by itself; nil for a name that is no path.
    static func misplaced(_ path: String) -> StoreError? {
        let name = path.lowercased()
        func ends(_ endings: String...) -> Bool { endings.contains { name.hasSuffix($0) } }
        if ends(".pth", ".pt", ".safetensors", ".ckpt", ".bin") {
            return StoreError(.name, "\(path) holds weights; say whose", hint: .weightsOf(path))
        }
        let isFile = isFile(path)
        let converted: String
        switch true {
        case ends(".keras"): converted = "a Keras model; convert it with model.export(\"model.onnx\", format=\"onnx\")"
        case ends(".h5", ".hdf5"): converted = "a Keras model; convert it with python -m tf2onnx.convert --keras \(path) --output model.onnx"
        case ends(".pb"): converted = "a TensorFlow graph; convert it with python -m tf2onnx.convert --graphdef \(path) --output model.onnx"
        case ends(".tflite"): converted = "a TensorFlow Lite model; convert it with python -m tf2onnx.convert --tflite \(path) --output model.onnx"
        case ends(".caffemodel", ".prototxt"): converted = "a Caffe model; convert it with caffe2onnx, or give its weights as .safetensors"
        case ends(".mlmodel", ".mlpackage"): converted = "a Core ML model; export the network it was made from with torch.onnx.export"
        case ends(".pdmodel", ".pdiparams"): converted = "a Paddle model; convert it with paddle2onnx"
        case isFile: return StoreError(.name, "\(path) is no .onnx file; name a network, or the path of an .onnx file")
        default: return nil
        }
        return StoreError(.name, "\(path) is \(converted)")
    }
}
