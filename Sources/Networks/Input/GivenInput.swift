import Tensors

/// Another input of a graph than the picture, with the value that it is held at.
public struct GivenInput: Sendable, Hashable {
    /// The value of an input.
    public enum Value: Sendable, Hashable {
        /// 0 everywhere.
        case zeros
        /// A file that has still to be read: numbers (.npy), or a picture.
        case file(String)
        /// Row-major numbers with their extents.
        case numbers([Int], [Float])
        /// `[3, height, width]` in 0…1, which is scaled to the input's extents and then as the network's pictures are.
        case picture(height: Int, width: Int, planes: [Float])
    }

    /// A record's note of it.
    public struct Note: Sendable, Hashable, Codable {
        /// The input's name in the graph.
        public var name: String
        /// "zeros", or the file's name without its folder.
        public var source: String
        /// The file's digest.
        public var sha256: String?

        /// - Parameter source: "zeros", or a file's name without its folder.
        public init(name: String, source: String, sha256: String? = nil) {
            (self.name, self.source, self.sha256) = (name, source, sha256)
        }
    }

    /// Its name, and where its value is from.
    public var note: Note
    /// The value that it is held at.
    public var value: Value

    /// Another input, held at a value.
    public init(_ note: Note, _ value: Value) { (self.note, self.value) = (note, value) }
}
