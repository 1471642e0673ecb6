import Synchronization

/// Something about a file that people should know and that stops nothing, from code that has nobody to tell it to.
public enum Remark {
    /// Called with one line each: the file, and what was done.
    public static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)
    private static let said = Mutex<Set<String>>([])

    /// Makes a remark. The same one is made once, however often the file is read.
    package static func make(_ line: String) {
        guard let listener = listener.withLock({ $0 }), said.withLock({ $0.insert(line).inserted }) else { return }
        listener(line)
    }
}
