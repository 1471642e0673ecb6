import Files
import Images
import ModelStore
import Networks

/// An input of a graph, and the value that it is held at: "depth=zeros", "mask=mask.npy", "left=left.png".
public struct InputAssignment: SettingValue {
    /// The input's name in the graph.
    public let name: String
    /// "zeros", or a file's path.
    public let source: String

    public static let form = "an input and its value, such as depth=zeros or mask=mask.npy"

    public init?(text: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex, text.index(after: equals) < text.endIndex else { return nil }
        name = String(text[..<equals])
        source = String(text[text.index(after: equals)...])
    }

    public var text: String { "\(name)=\(source)" }

    var given: GivenInput {
        let file = FileName.split(source).name
        return source == Self.zeros
            ? GivenInput(.init(name: name, source: Self.zeros), .zeros) : GivenInput(.init(name: name, source: file), .file(source))
    }

    static let zeros = "zeros"
}

extension GivenInput {
    /// The input with its file read.
    func read() throws(Problem) -> GivenInput {
        guard case .file(let path) = value else { return self }
        var read = self
        let digest = try asProblem { try sha256(ofFile: path) }
        if let known = note.sha256, known != digest { throw .badData("\(path) is another file than the one of the plan (SHA-256 \(known))") }
        read.note.sha256 = digest
        if path.lowercased().hasSuffix(".npy") {
            let array = try asProblem { () throws(WeightsError) in try NumPyArray(path: path) }
            read.value = .numbers(array.shape, array.values)
        } else {
            let picture = try Picture.reading(path, maximumPixels: Picture.defaultMaximumPixels).composited(over: 0.5)
            read.value = .picture(height: picture.height, width: picture.width, planes: picture.planes())
        }
        return read
    }
}

extension ModelRequest {
    /// The request with the files of its inputs read.
    func readingInputs() throws(Problem) -> ModelRequest {
        var request = self
        request.inputs = []
        for input in inputs { request.inputs.append(try input.read()) }
        return request
    }
}
