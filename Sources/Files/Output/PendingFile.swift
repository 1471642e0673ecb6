/// A file that is written piece by piece, here or by another program, and that appears whole or not at all, as `OutputFile` makes them: it has a temporary
/// name beside the target until `commit()`. If the value goes before, so does the file; the old one is intact.
public struct PendingFile: ~Copyable {
    private let target: String
    private let destination: String  // where the target leads to
    private let existing: FileStatus?
    private var temporary: TemporaryFile

    /// Creates it, empty, under its temporary name.
    ///
    /// - Parameter target: a regular file or a free name; symbolic links are followed.
    public init(for target: String) throws(OutputError) {
        guard case .file(let file, let existing) = try Destination(of: target) else {
            throw .failed(path: target, reason: "it is no regular file")
        }
        do throws(SystemError) {
            temporary = try TemporaryFile(beside: file)
        } catch {
            throw OutputError(error.code, target, leadingTo: file)
        }
        self.target = target
        destination = file
        self.existing = existing
    }

    /// Where the other program is to write. It must not put another file in its place.
    public var temporaryPath: String { temporary.path }

    /// Writes bytes after those that are there, where this program writes it itself, piece by piece.
    public func append(_ bytes: [UInt8]) throws(OutputError) {
        do throws(SystemError) { try temporary.append(bytes) } catch { throw OutputError(error.code, target, leadingTo: destination) }
    }

    /// Gives the file its name, once all of it is on the disk.
    public consuming func commit() throws(OutputError) {
        do throws(SystemError) {
            try temporary.fill(with: [], keeping: existing)
            try temporary.rename(to: destination)
        } catch {
            throw OutputError(error.code, target, leadingTo: destination)
        }
    }
}
