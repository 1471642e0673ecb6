import Files
import Images

/// The pictures of a folder, by one rule for every command: its regular files that are named as pictures, without hidden ones, in
/// natural order: frame_2 before frame_10. A picture that cannot be read is left out, and named afterwards.
struct PictureFolder {
    /// The pictures' files.
    let paths: [String]
    private let folder: String
    private let maximumPixels: Int

    /// - Throws: a problem if there is no such folder, or no picture in it.
    init(_ folder: String, maximumPixels: Int) throws(Problem) {
        try Self.check(folder)
        paths = try asProblem { () throws(InputError) in try Picture.photographs(in: folder) }
        guard !paths.isEmpty else { throw Problem(.missing, "\(folder): there are no pictures (.png, .jpg) in it", file: folder) }
        (self.folder, self.maximumPixels) = (folder, maximumPixels)
    }

    /// Refuses what is no folder.
    static func check(_ folder: String) throws(Problem) {
        if isFile(folder) { throw Problem(.missing, "\(folder): is a file; name a folder of pictures", file: folder) }
        guard isFolder(folder) else { throw Problem(.missing, "\(folder): there is no such folder", file: folder) }
    }

    /// Reads one picture after another.
    ///
    /// - Returns: the lines that name what was left out; none if nothing was.
    /// - Throws: what the body throws; bad data if no picture can be read.
    func forEach(_ body: (_ picture: Picture, _ path: String) throws(Problem) -> Void) throws(Problem) -> [Message] {
        var broken: [Problem] = []
        for path in paths {
            let picture: Picture
            do {
                picture = try Picture.reading(path, maximumPixels: maximumPixels)
            } catch {
                broken.append(error)
                continue
            }
            try body(picture, path)
        }
        try Self.refuse(broken, ifAllOf: paths.count, in: folder)
        return Self.lines(of: broken, among: paths.count, in: folder)
    }

    /// Pictures that are named one by one.
    static let mostNamed = 5

    /// The lines that name and count pictures that were left out of a folder.
    ///
    /// - Parameter count: the folder's pictures.
    static func lines(of broken: [Problem], among count: Int, in folder: String) -> [Message] {
        guard !broken.isEmpty else { return [] }
        let more: Message = broken.count > mostNamed ? "and \(broken.count - mostNamed) more; " : ""
        return broken.prefix(mostNamed).map(\.message)
            + ["\(more)\(broken.count) of \(counted(count, "picture")) in \(folder) \(broken.count == 1 ? "is" : "are") left out"]
    }

    /// The lines that name the folders and files within a tree that nobody may look at; the first of them and their count, if there are
    /// many.
    static func lines(of tree: FolderListing.Tree) -> [Message] {
        let broken = tree.unreadable
        let more: [Message] = broken.count > mostNamed ? ["and \(broken.count - mostNamed) more folders and files cannot be read"] : []
        return broken.prefix(mostNamed).map { Problem($0).message } + more
    }

    /// Refuses a folder of which no picture can be read.
    static func refuse(_ broken: [Problem], ifAllOf count: Int, in folder: String) throws(Problem) {
        guard let first = broken.first, broken.count == count else { return }
        throw Problem(.badData, "\(folder): none of its \(counted(count, "picture")) can be read; \(first.message)", file: folder)
    }
}
