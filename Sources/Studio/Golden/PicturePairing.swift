import Files
import Images

/// Which golden picture is compared with which new one.
struct PicturePairing {
    enum Entry {
        case both(PictureComparison.Files)
        case onlyExpected(PictureComparison.Files)
        case onlyActual(PictureComparison.Files)
    }

    let entries: [Entry]
    /// Whether two folders were named, and not two pictures.
    let isOfFolders: Bool
    /// Folders and files within them that cannot be read.
    private(set) var unreadable: [InputError] = []

    /// - Parameter mayBegin: the golden picture, or the folder of golden ones, need not be there yet.
    /// - Throws: a usage problem for a folder and a file; a missing one for a folder that is not there, or if neither has a picture.
    init(expected: String, actual: String, mayBegin: Bool) throws(Problem) {
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
        guard expectedIsFolder || mayBegin || Self.exists(expected) else {
            throw Problem(
                .missing, "\(FileName.shown(expected)): there is no such folder; \(setting: "update") makes it of the new pictures",
                setting: "expected")
        }
        let goldenTree = expectedIsFolder || !mayBegin ? try asProblem { try Picture.relativePaths(in: expected) } : nil
        let newTree = try asProblem { try Picture.relativePaths(in: actual) }
        unreadable = (goldenTree?.unreadable ?? []) + newTree.unreadable
        let (golden, new) = (goldenTree?.paths ?? [], newTree.paths)
        guard !golden.isEmpty || !new.isEmpty else {
            throw Problem(.missing, "\(FileName.shown(expected)), \(FileName.shown(actual)): there are no pictures (.png, .jpg) in them")
        }
        let (goldenSet, newSet) = (Set(golden), Set(new))
        entries = goldenSet.union(newSet).sorted(by: NaturalOrder.precedes).map { name in
            let files = PictureComparison.Files(
                name: name, expected: OutputNames.join(expected, name), actual: OutputNames.join(actual, name))
            if !newSet.contains(name) { return .onlyExpected(files) }
            return goldenSet.contains(name) ? .both(files) : .onlyActual(files)
        }
    }

    /// All files of the pictures.
    var files: [String] {
        entries.flatMap { entry in
            switch entry {
            case .both(let files): [files.expected, files.actual]
            case .onlyExpected(let files): [files.expected]
            case .onlyActual(let files): [files.actual]
            }
        }
    }

    /// Whether there is something of this name, be it unreadable.
    private static func exists(_ path: String) -> Bool {
        do {
            if path != "-" { try InputFile.checkReadable(path) }
            return true
        } catch {
            if case .missing = error { return false }
            return true
        }
    }
}
