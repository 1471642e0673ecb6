import Files
import Images

/// Makes new pictures the golden ones: those that differ replace theirs, those that have none yet become one. Each file
/// changes whole or not at all, and none is removed.
enum GoldenUpdate {
    /// - Throws: 65 or 66, before anything is written, where a new picture cannot be read; 73 for a file that cannot be written.
    static func apply(to comparisons: inout [PictureComparison], maximumPixels: Int) throws {
        for comparison in comparisons where [.unreadable, .extra].contains(comparison.result) {
            _ = try PictureSource.read(comparison.files.actual, maximumPixels: maximumPixels)
        }
        for place in comparisons.indices {
            if Interruption.signal != 0 { throw Interruption.failure }
            switch comparisons[place].result {
            case .different, .unreadable:
                try copy(comparisons[place].files)
                comparisons[place].result = .updated
            case .extra:
                try copy(comparisons[place].files)
                comparisons[place].result = .added
            case .same, .missing, .updated, .added: break
            }
        }
    }

    private static func copy(_ files: PictureComparison.Files) throws(Failure) {
        let bytes = try PictureSource.bytes(of: files.actual)
        do {
            try OutputFile.check(files.expected, createFolders: true)
            try OutputFile.write(bytes, to: files.expected)
        } catch {
            throw Failure(error)
        }
    }
}
