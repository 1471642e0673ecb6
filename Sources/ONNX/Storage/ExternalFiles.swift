import Files
import Networks
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files beside a model that hold its large tensors. Only regular files inside the model's folder are ever opened.
final class ExternalFiles: Sendable {
    private let model: String
    private let folder: String
    private let opened = Mutex<[String: MappedFile]>([:])

    /// - Parameter model: the .onnx file's path.
    init(model: String) {
        self.model = model
        folder = model.lastIndex(of: "/").map { $0 == model.startIndex ? "/" : String(model[..<$0]) } ?? "."
    }

    /// Those that were needed, by name.
    var files: [MappedFile] { opened.withLock { opened in opened.sorted { $0.key < $1.key }.map(\.value) } }

    /// Where the values of a tensor lie.
    func range(of tensor: Onnx_TensorProto, count: Int) throws(WeightsError) -> (MappedFile, Range<Int>) {
        let name = shown(tensor.name)
        func refuse(_ reason: String) -> WeightsError { WeightsError(file: model, reason: "tensor \(name): \(reason)") }
        var entries: [String: String] = [:]
        for entry in tensor.externalData { entries[entry.key] = entry.value }
        guard let location = entries["location"], !location.isEmpty else { throw refuse("external data without a location") }
        func number(_ key: String, default standard: Int) throws(WeightsError) -> Int {
            guard let text = entries[key] else { return standard }
            guard let value = Int(text), value >= 0 else { throw refuse("external data with the \(key) \(shown(text))") }
            return value
        }
        let offset = try number("offset", default: 0)
        let length = try number("length", default: count)
        guard length == count else { throw refuse("external data of \(length) bytes, expected \(count)") }
        let file = try file(location, refuse)
        guard offset <= file.bytes.count, count <= file.bytes.count - offset else {
            throw refuse("\(shown(location)) has \(file.bytes.count) bytes, too few for \(count) at \(offset)")
        }
        return (file, offset..<offset + count)
    }

    private func file(_ location: String, _ refuse: (String) -> WeightsError) throws(WeightsError) -> MappedFile {
        if let file = opened.withLock({ $0[location] }) { return file }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !location.hasPrefix("/"), !parts.contains(".."), !location.contains("\0"), !location.contains("\\") else {
            throw refuse("external data in \(shown(location)), which may lie outside the model's folder")
        }
        guard let inside = resolved(folder) else { throw refuse("the model's folder cannot be read") }
        guard let path = resolved("\(folder)/\(location)") else {
            throw WeightsError(file: model, reason: "its weights file \(shown(location)) is missing", isMissing: true)
        }
        guard path.hasPrefix(inside == "/" ? "/" : inside + "/") else {
            throw refuse("external data in \(shown(location)), a link out of the model's folder")
        }
        let file = try MappedFile(weights: path)
        opened.withLock { $0[location] = file }
        return file
    }

    /// The path without links.
    private func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
