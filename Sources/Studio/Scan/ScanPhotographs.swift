import Files
import Images
import ModelStore

/// The photographs of a folder and of all folders in it, with their classes.
struct ScanPhotographs {
    /// As it was named.
    let folder: String
    /// Relative to the folder, in natural order.
    let names: [String]
    /// What is said of folders and files within it that cannot be read, and of classes that do not fit the photographs.
    let notes: [Message]
    /// Each one's class; nil where the network is to say it, or nobody.
    let classes: [Int32]?
    let classNames: [String]?

    init(_ folder: String, classes source: ScanClasses?) throws(Problem) {
        try PictureFolder.check(folder)
        self.folder = folder
        let tree = try asProblem { () throws(InputError) in try Picture.relativePaths(in: folder) }
        let names = tree.paths
        self.names = names
        var notes = PictureFolder.lines(of: tree)
        guard !names.isEmpty else { throw Problem(.missing, "\(folder): there are no pictures (.png, .jpg) in it", file: folder) }
        let labels: [String?]
        switch source {
        case nil, .predicted:
            (classes, classNames, self.notes) = (nil, nil, notes)
            return
        case .folders:
            labels = names.map { name in name.contains("/") ? String(name.prefix { $0 != "/" }) : nil }
            guard labels.contains(where: { $0 != nil }) else {
                throw .usage("\(setting: "classes") folders: \(folder) has no folders with pictures in it", setting: "classes")
            }
        case .file(let path):
            let photographs = Set(names)
            var (byName, strays): ([String: String], [String]) = ([:], [])
            for line in try asProblem({ () throws(InputError) in try InputFile.lines(of: path) }) {
                let fields = CSV.fields(line)
                guard fields.count >= 2 else { continue }
                // The columns' names are no photograph's.
                if byName.isEmpty, PictureFormat(fileName: fields[0]) == nil, !photographs.contains(fields[0]) { continue }
                byName[fields[0]] = fields[1]
                if !photographs.contains(fields[0]) { strays.append(fields[0]) }
            }
            labels = names.map { byName[$0] }
            guard labels.contains(where: { $0 != nil }) else {
                throw .badData("\(path) has no line of a photograph in \(folder); lines are photo,class", setting: "classes")
            }
            notes += Self.lines(of: strays, in: path, folder)
        }
        let without = labels.count { $0 == nil }
        if without > 0 { notes.append("\(without) of \(counted(labels.count, "photograph")) in \(folder) \(without == 1 ? "has" : "have") no class") }
        self.notes = notes
        let known = Set(labels.compactMap { $0 }).sorted(by: NaturalOrder.precedes)
        let numbers = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($0.element, Int32($0.offset)) })
        classes = labels.map { $0.flatMap { numbers[$0] } ?? -1 }
        classNames = known
    }

    /// The line that names and counts photographs of a file of classes that are not in the folder.
    private static func lines(of strays: [String], in file: String, _ folder: String) -> [Message] {
        guard let last = strays.last else { return [] }
        let (most, count) = (PictureFolder.mostNamed, strays.count)
        let shown = (count > most ? strays.prefix(most) : strays.dropLast()).map(FileName.quoted).joined(separator: ", ")
        let end = count > most ? "\(count - most) more" : FileName.quoted(last)
        let named = shown.isEmpty ? end : "\(shown) and \(end)"
        return ["\(file): \(sentence: named) \(count == 1 ? "is" : "are") not in \(folder)"]
    }

    func path(of photograph: Int) -> String { FileName.join(folder, names[photograph]) }

    /// The folder's own name, which says nothing of where it lies.
    var folderName: String {
        let name = FileName.split(FileName.plain(folder)).name
        return [".", ".."].contains(name) ? "" : name
    }

    /// As a file keeps them.
    var nameBytes: [UInt8] { Self.bytes(of: names) }

    /// Each name ends with a zero byte, which no name holds.
    static func bytes(of names: some Sequence<String>) -> [UInt8] { names.flatMap { FileName.bytes(of: $0) + [0] } }

    static func names(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { FileName.string(Array($0)) }
    }
}

/// Where the photographs' classes come from.
public enum ScanClasses: SettingValue, Equatable {
    /// The first folder of a photograph's path below the scanned one; a photograph outside any has no class.
    case folders
    /// The class with the network's highest score.
    case predicted
    /// Path of a .csv file with lines photo,class; photos are named relative to the scanned folder.
    case file(String)

    public init?(text: String) {
        switch text {
        case "folders": self = .folders
        case "predicted": self = .predicted
        default:
            guard text.lowercased().hasSuffix(".csv") else { return nil }
            self = .file(text)
        }
    }

    public var text: String {
        switch self {
        case .folders: "folders"
        case .predicted: "predicted"
        case .file(let path): path
        }
    }

    public static let form = "folders, predicted, or a .csv file"
}
