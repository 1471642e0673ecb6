/// A text as a message quotes it: an objective, a layer's name, a file's. Texts that come from files may fill screens, so a long one
/// is cut in its middle; both ends tell the most.
public func excerpt(of text: String) -> String {
    let longest = 80
    guard text.count > longest else { return text }
    return "\(text.prefix(longest / 2)) … \(text.suffix(longest / 2 - 3))"
}

extension FileName {
    /// A path as a message names it: on one line, and not too long.
    public static func quoted(_ path: String) -> String { excerpt(of: shown(path)) }
}
