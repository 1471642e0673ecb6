import Files

/// The kinds of animation.
public enum AnimationKind: Equatable {
    /// A GIF.
    case gif
    /// A film that ffmpeg writes.
    case film(FilmFormat)
    /// A folder of numbered PNGs.
    case folder

    /// Whether its frames keep their opacity. Those of others are shown on white.
    public var holdsOpacity: Bool { self == .folder || self == .film(.webm) }

    /// The kind that a name asks for.
    public init(of path: String) throws(FilmError) {
        let advice = "name a .gif, .mp4 or .webm file, or a folder for PNG frames"
        let lowercased = path.lowercased()
        if path.isEmpty { throw .name("the animation's name is empty; \(advice)") }
        if path == "-" { throw .name("an animation cannot go to standard output; \(advice)") }
        if path.hasSuffix("/") || isFolder(path) {
            self = .folder
        } else if lowercased.hasSuffix(".gif") {
            self = .gif
        } else if let format = FilmFormat.allCases.first(where: { lowercased.hasSuffix("." + $0.rawValue) }) {
            self = .film(format)
        } else {
            // A folder of such a name is hardly what is meant.
            let foreign = [
                ".png", ".apng", ".jpg", ".jpeg", ".webp", ".avif", ".avi", ".mov", ".mkv", ".m4v", ".mpg", ".mpeg", ".ogv",
                ".tif", ".tiff", ".bmp", ".svg", ".heic", ".pdf",
            ]
            if let ending = foreign.first(where: { lowercased.hasSuffix($0) }) {
                throw .name("\(path): animations are not written as \(ending); \(advice)")
            }
            self = .folder
        }
    }
}
