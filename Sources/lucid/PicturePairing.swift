import Files
import Images

/// Which golden picture is held against which new one.
struct PicturePairing {
    enum Entry {
        case both(PictureComparison.Files)
        case onlyExpected(PictureComparison.Files)
        case onlyActual(PictureComparison.Files)
    }

    let entries: [Entry]
    /// Whether two folders were named and not two pictures.
    let isOfFolders: Bool

    /// - Parameter mayBegin: the golden picture, or the folder of golden ones, need not be there yet.
    /// - Throws: 64 for a folder and a file; 66 for a folder that is not there, or without a picture in either.
    init(expected: String, actual: String, mayBegin: Bool) throws(Failure) {
        let (expectedIsFolder, actualIsFolder) = (isFolder(expected), isFolder(actual))
        isOfFolders = expectedIsFolder || actualIsFolder
        guard isOfFolders else {
            let files = PictureComparison.Files(name: actual, expected: expected, actual: actual)
            let begins = mayBegin && !Self.exists(expected)
            entries = [begins ? .onlyActual(files) : .both(files)]
            return
        }
        guard expectedIsFolder == actualIsFolder || !Self.exists(expectedIsFolder ? actual : expected) else {
            let (folder, file) = expectedIsFolder ? (expected, actual) : (actual, expected)
            throw .usage("\(FileName.shown(folder)) is a folder and \(FileName.shown(file)) is not; name two pictures, or two folders")
        }
        let golden = expectedIsFolder || !mayBegin ? try Self.names(in: expected) : []
        let new = try Self.names(in: actual)
        guard !golden.isEmpty || !new.isEmpty else {
            throw Failure(66, "\(FileName.shown(expected)), \(FileName.shown(actual)): there are no pictures (.png, .jpg) in them")
        }
        let (goldenSet, newSet) = (Set(golden), Set(new))
        entries = goldenSet.union(newSet).sorted(by: NaturalOrder.precedes).map { name in
            let files = PictureComparison.Files(
                name: name, expected: Self.path(expected, name), actual: Self.path(actual, name))
            if !newSet.contains(name) { return .onlyExpected(files) }
            return goldenSet.contains(name) ? .both(files) : .onlyActual(files)
        }
    }

    static func path(_ folder: String, _ name: String) -> String { folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)" }

    private static func exists(_ path: String) -> Bool {
        do throws(InputError) {
            if path != "-" { try InputFile.checkReadable(path) }
            return true
        } catch {
            if case .missing = error { return false }
            return true
        }
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        do {
            return try Picture.relativePaths(in: folder)
        } catch {
            throw Failure(error)
        }
    }
}
