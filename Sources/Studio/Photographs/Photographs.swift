import Files
import Images
import Networks

/// The photographs that a plan names, and where they come from. A plan calls a photograph by its file's name without the
/// folder, and knows its SHA-256; a picture does not depend on where the file lies.
///
///     var photographs = Photographs()
///     try photographs.add("../pics/cat.jpg")
///     plan.start = photographs.name(of: "../pics/cat.jpg")  // "cat.jpg"
///     plan.pictures = photographs.digests(of: ["cat.jpg"])
///     let picture = try photographs.picture("cat.jpg")
public struct Photographs: Sendable {
    private struct Source {
        let path: String
        let bytes: [UInt8]
        let digest: String
        /// A frame of a film, which no file holds.
        var picture: Picture?

        init(_ name: String, _ picture: Picture) {
            path = name
            bytes = []
            digest = picture.digest
            self.picture = picture
        }

        init(_ path: String) throws(Problem) {
            self.path = path
            bytes = try StandardInput.bytes(of: path)
            digest = sha256(of: bytes)
        }
    }

    /// The plan's name for each path, as it was typed.
    private(set) var names: [String: String] = [:]
    /// By the plan's names.
    private var sources: [String: Source] = [:]
    private let maximumPixels: Int
    /// Gets what is left out of folders.
    var notes = Notes()

    /// The name of a photograph from standard input.
    static let standardInput = "stdin"

    /// - Parameter maximumPixels: larger ones are refused.
    public init(maximumPixels: Int = Picture.defaultMaximumPixels) { self.maximumPixels = maximumPixels }

    /// Takes a photograph in; "-" is standard input. The second of two different files of one name is "cat_2.jpg".
    public mutating func add(_ path: String) throws(Problem) {
        guard names[path] == nil else { return }
        let source = try Source(path)
        let plain = path == "-" ? Self.standardInput : Self.baseName(path)
        var name = plain
        var number = 1
        while let other = sources[name], other.digest != source.digest {
            number += 1
            name = OutputNames.path(plain, picture: number)
        }
        names[path] = name
        if sources[name] == nil { sources[name] = source }
    }

    /// Takes a photograph in.
    /// - Returns: the plan's name for it.
    public mutating func adding(_ path: String) throws(Problem) -> String {
        try add(path)
        return name(of: path)
    }

    /// Takes a frame of a film in. Its SHA-256 is of its samples.
    public mutating func add(_ picture: Picture, as name: String) {
        names[name] = name
        sources[name] = Source(name, picture)
    }

    /// Finds the photographs of a plan that is followed again: among those that are given, by what is in them; else by name
    /// in the working directory, and then beside the picture.
    ///
    /// - Parameters:
    ///   - planned: the SHA-256 of each, by the plan's names; nil where the plan does not know it.
    ///   - given: paths.
    ///   - picture: the picture's own path.
    /// - Returns: those of the given ones that are among them.
    mutating func find(_ planned: [String: String?], given: [String] = [], beside picture: String) throws(Problem) -> Set<String> {
        var offered: [Source] = []
        for path in given { offered.append(try Source(path)) }
        var taken: Set<String> = []
        for (name, digest) in planned.sorted(by: { $0.key < $1.key }) {
            // A plan may come from anywhere: its names lead to no other folder.
            let file = Self.baseName(name)
            if let source = offered.first(where: { digest == nil ? Self.baseName($0.path) == file : $0.digest == digest }) {
                taken.insert(source.path)
                sources[name] = source
                continue
            }
            var other: String?
            for path in [file, OutputNames.beside(picture, file)] where isFile(path) {
                let source = try Source(path)
                if digest != nil, source.digest != digest {
                    other = other ?? path
                } else if sources[name] == nil {
                    sources[name] = source
                }
            }
            guard sources[name] == nil else { continue }
            let advice: Message = "name the right one with \(setting: "picture")\(digest.map { " (SHA-256 \($0))" } ?? "")"
            if let other { throw .badData("\(other) is another picture than the one of the plan; \(advice)") }
            throw Problem(.missing, "\(file), which \(picture) was drawn from, is not here; \(advice)")
        }
        return taken
    }

    /// The plan's name for a photograph that was added.
    public func name(of path: String) -> String {
        guard let name = names[path] else { preconditionFailure("\(path) was not added") }
        return name
    }

    /// Whether none was added.
    public var isEmpty: Bool { sources.isEmpty }

    /// The SHA-256 of all photographs.
    public var digests: [String: String] { sources.mapValues(\.digest) }

    /// The SHA-256 of the photographs of these names.
    func digests(of names: some Sequence<String>) -> [String: String] {
        var digests: [String: String] = [:]
        for name in names { digests[name] = sources[name]?.digest }
        return digests
    }

    /// The photograph that the plan calls so.
    public func picture(_ name: String) throws(Problem) -> Picture {
        guard let source = sources[name] else { throw Problem(.missing, "\(name): there is no such photograph; name its file") }
        if let picture = source.picture { return picture }
        return try Picture.decoding(source.bytes, name: source.path, maximumPixels: maximumPixels)
    }

    /// The files that they came from.
    var paths: [String] { sources.values.map(\.path).sorted() }

    /// "cat.jpg from ../pics/cat.jpg", a line for each.
    var descriptions: [String] {
        sources.sorted { $0.key < $1.key }.map { "\($0.key) from \($0.value.path == "-" ? "standard input" : $0.value.path)" }
    }

    private static func baseName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
