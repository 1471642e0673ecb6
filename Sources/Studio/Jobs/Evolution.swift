import Files
import Films
import Images

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The way to a picture: an animation, or the stages of it on one sheet.
struct Evolution {
    private enum Output {
        case animation(FrameWriter)
        case sheet(EvolutionSheet)
    }

    private let output: Output
    /// Steps after which a picture is kept; the last is, whichever it is.
    private let steps: Set<Int>

    /// Frames of an animation at most, evenly spread over the steps, the first and the last among them.
    private static let frames = 60
    /// Seconds that the finished picture is seen before a GIF begins again.
    private static let rest = 2.0

    /// - Parameters:
    ///   - path: a .gif, a film, a folder, or a .png or .jpg for a sheet; nil where the way is not kept.
    ///   - steps: that will be taken.
    ///   - record: what the picture is drawn by. Frames in a folder have none: each would pass for a finished picture.
    init?(_ path: String?, steps: Int, _ record: Record) throws(Problem) {
        guard let path else { return nil }
        if Self.isSheet(path) {
            output = .sheet(EvolutionSheet(path: path, record: record))
            self.steps = EvolutionSheet.stages(of: steps)
        } else {
            output = .animation(try asProblem { () throws(FilmError) in 
                try FrameWriter(path: path, comment: try AnimationKind(of: path) == .folder ? nil : record.json)
            })
            let count = min(Self.frames, steps + 1)
            self.steps = Set((0..<count).map { $0 * steps / max(count - 1, 1) })
        }
    }

    /// Finds out before a long computation whether the way can be kept there.
    static func check(_ path: String, force: Bool) throws(Problem) {
        guard isSheet(path) else { return try asProblem { () throws(FilmError) in try FrameWriter.check(path, force: force) } }
        try OutputChecks.check(path)
    }

    private static func isSheet(_ path: String) -> Bool {
        (PictureFormat(fileName: path) != nil || FigureFormat(fileName: path) != nil) && !isFolder(path)
    }

    /// Keeps the pictures before a step, if it is one of those.
    func note(_ step: Int, _ pictures: () throws(Problem) -> [Picture]) throws(Problem) {
        if steps.contains(step) { try add(step, try pictures()) }
    }

    /// Keeps the last pictures, and writes the file.
    func finish(_ step: Int, _ pictures: [Picture]) throws(Problem) {
        try add(step, pictures)
        switch output {
        case .animation(let writer): try asProblem { () throws(FilmError) in try writer.finish(rest: Self.rest) }
        case .sheet(let sheet): try sheet.finish()
        }
    }

    private func add(_ step: Int, _ pictures: [Picture]) throws(Problem) {
        let picture = pictures.count == 1 ? pictures[0] : ContactSheet.compose(pictures)
        switch output {
        case .animation(let writer): try asProblem { () throws(FilmError) in try writer.add(picture) }
        case .sheet(let sheet): sheet.add(picture, step: step)
        }
    }
}

/// Stages of the way to a picture on one sheet, each with its step under it.
final class EvolutionSheet {
    private let path: String
    private let record: Record
    private var stages: [ContactSheet.Tile] = []

    /// Pictures on it.
    private static let count = 12
    /// The longer side of a stage at most, in pixels: the sheet is for looking at the whole way.
    private static let side = 512

    init(path: String, record: Record) { (self.path, self.record) = (path, record) }

    /// The first step of which a picture is worth a place: those before are as grey as the beginning.
    private static let first = 4

    /// Geometrically spread steps from the fourth on, since most happens early; all steps where there are few.
    static func stages(of steps: Int) -> Set<Int> {
        guard steps >= first + count else { return Set(max(0, min(first, steps - count + 1))...max(0, steps)) }
        let ratio = Double(steps) / Double(first)
        return Set((0..<count).map { Int((Double(first) * pow(ratio, Double($0) / Double(count - 1))).rounded()) })
    }

    func add(_ picture: Picture, step: Int) {
        stages.append(ContactSheet.Tile(picture.fitted(within: Self.side), caption: "step \(step)"))
    }

    func finish() throws(Problem) {
        try ContactSheet.figure(stages).write(record, quality: OutputSettings.standardQuality, to: path)
    }
}
