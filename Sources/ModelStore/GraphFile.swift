import Files
import Networks
import ONNX

/// A name that is the path of a file with a network of its own.
extension ModelLibrary {
    /// Whether a name is the path of an .onnx file.
    public static func isGraphFile(_ name: String) -> Bool { name.lowercased().hasSuffix(".onnx") }

    func graphFile(_ path: String, _ request: ModelRequest) throws(StoreError) -> Model {
        guard request.weights == nil else {
            throw StoreError(.name, "weights does not go with \(path), which brings its own", hint: .setting("weights"))
        }
        let change = request.preprocessing
        var model: Model
        do {
            model = try ONNXModel.load(
                path: path, size: request.size, inputs: request.inputs, preprocessing: { change.isEmpty ? nil : change.applied(to: $0) },
                labels: { count throws(WeightsError) in try labels(count, request) })
        } catch {
            if error.reason.contains(ONNXModel.severalInputs) { throw StoreError(.badData, "\(error)", hint: .inputs) }
            throw StoreError(error, at: path)
        }
        try change.check(channels: model.network.inputChannels)
        if request.labels == nil, let names = try? catalog.classNames(count: model.classNames?.count ?? 0), names.usual == model.classNames {
            model.otherClassNames = names.others
        }
        return model
    }

    private func labels(_ count: Int, _ request: ModelRequest) throws(WeightsError) -> [String]? {
        guard let file = request.labels else { return try? catalog.classNames(count: count).usual }
        return try ClassList.names(ofFile: file, count: count)
    }
}
