import Files
import Films
import FoundationEssentials
import Images
import ModelStore
import Visualization

extension Record {
    /// Reads a record of this version or an earlier one, and holds its numbers against their bounds: it may come from anywhere.
    ///
    /// - Throws: a bad-data problem that says what is wrong, but not with which file.
    public init(json: String) throws(Problem) {
        do {
            self = try JSONDecoder().decode(Record.self, from: Data(json.utf8))
        } catch let error as DecodingError {
            throw Self.unreadable(Self.reason(of: error, in: json))
        } catch {
            throw Self.unreadable("it is not JSON")
        }
        guard !pictures.isEmpty else { throw Self.unreadable("it is a sheet without pictures") }
        for picture in pictures {
            if let field = picture.fieldOutOfBounds { throw Self.unreadable("its \(field) is out of bounds") }
        }
    }

    /// Reads the record of a PNG, a JPEG, an SVG, a PDF, a GIF or a film; "-" is standard input.
    public init(ofFile path: String) throws(Problem) {
        let text = try Self.text(ofFile: path)
        do {
            try self.init(json: text)
        } catch {
            throw .badData("\(path): \(error.message)")
        }
    }

    /// The pictures that a file says it shows; none where it does not say so.
    static func pictures(ofFile path: String) -> [DrawnPicture] { (try? Record(ofFile: path))?.pictures ?? [] }

    /// The record of a picture, as JSON; "-" is standard input.
    public static func text(ofFile path: String) throws(Problem) -> String {
        guard let text = try text(in: try StandardInput.bytes(of: path), name: path) else {
            throw .badData("\(path) does not say how it was made; only pictures that lucid drew do")
        }
        return text
    }

    /// The record in the bytes of a picture file, as JSON; nil where there is none.
    ///
    /// - Parameter path: the file's name, for messages.
    public static func text(in bytes: [UInt8], name path: String) throws(Problem) -> String? {
        guard let comment = try comment(in: bytes, name: path), isRecord(comment) else { return nil }
        return comment
    }

    private static func comment(in bytes: [UInt8], name path: String) throws(Problem) -> String? {
        if let comment = GIF.comment(in: bytes) ?? FilmComment.text(in: bytes) { return comment }
        if GIF.isGIF(bytes) { return nil }
        if let format = FigureFormat(bytes: bytes) { return format.record(in: bytes) }
        if isPage(bytes) { throw .badData("\(path) is a page; only pictures that lucid drew say how they were made") }
        return try asProblem { () throws(PictureError) in
            try Picture.record(in: bytes, keyword: keyword, name: path)
        }
    }

    private static func isPage(_ bytes: [UInt8]) -> Bool {
        let start = "<!doctype html"
        return String(decoding: bytes.prefix(start.utf8.count), as: UTF8.self).lowercased() == start
    }

    /// Whether lucid wrote a file's comment, be it damaged since: cameras, archives and other programs write comments too.
    private static func isRecord(_ comment: String) -> Bool { comment.contains(/"software"\s*:\s*"lucid"/) }

    /// The only picture of a record.
    ///
    /// - Parameter path: the file's name, for messages.
    /// - Throws: a bad-data problem for a sheet.
    public func onlyPicture(of path: String) throws(Problem) -> DrawnPicture {
        guard !isSheet else { throw .badData("\(path) is a sheet of several pictures; `lucid info` lists them") }
        return pictures[0]
    }

    /// The name of the network that a picture says it was drawn with, or the network's file: that is looked for in the picture's folder
    /// only, since a picture may come from anywhere and name any path.
    static func network(_ name: String, of picture: String) throws(Problem) -> String {
        guard ModelLibrary.isGraphFile(name) else { return name }
        let file = OutputNames.beside(picture, FileName.split(name).name)
        guard isFile(file) else {
            throw Problem(
                .missing, "\(file), the network that \(picture) was drawn with, is not here; name the file with \(setting: "model")", setting: "model")
        }
        return file
    }

    private static func unreadable(_ reason: String) -> Problem { .badData("its metadata cannot be read: \(sentence: reason)") }

    /// Whether a text is JSON, whatever it says.
    private static func isJSON(_ text: String) -> Bool {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        return (try? JSONDecoder().decode(Anything.self, from: Data(text.utf8))) != nil
    }

    /// A decoder's complaint in a few words.
    private static func reason(of error: DecodingError, in json: String) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap { $0 }).map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context, key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(path(context)) is of another kind"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty: "\(path(context)): \(context.debugDescription)"
        // A number that its field cannot hold has no path.
        case .dataCorrupted: isJSON(json) ? "a number in it is too large, or has a fraction where there can be none" : "it is not JSON"
        @unknown default: "it is of another kind"
        }
    }
}

extension DrawnPicture {
    /// The first number that no command would write: a record from a file may hold anything.
    var fieldOutOfBounds: String? {
        if let field = plan.fieldOutOfBounds { return field }
        if !(0...max(plan.steps, 0)).contains(stepsDone) { return "stepsDone" }
        if case .picture(let plan) = plan, !(0..<plan.count).contains(picture ?? 0) { return "picture" }
        if let depth, Picture.BitDepth(rawValue: depth) == nil { return "depth" }
        return quality.map { (1...100).contains($0) } ?? true ? nil : "quality"
    }
}

extension Plan {
    /// The first number that no command would put into a plan.
    var fieldOutOfBounds: String? {
        switch self {
        case .picture(let plan): plan.fieldOutOfBounds
        case .dream(let plan): plan.fieldOutOfBounds
        case .style(let plan): plan.fieldOutOfBounds
        case .flight(let plan):
            plan.dream.fieldOutOfBounds ?? ((1...100_000).contains(plan.frames) ? FrameWriter.rates.contains(plan.rate) ? nil : "rate" : "frames")
        case .diversity(let plan): plan.pictures.fieldOutOfBounds
        case .chart: nil
        case .attribution(let plan): AttributionSettings.fieldOutOfBounds(plan)
        case .tuning(let plan): plan.channels.isEmpty ? "channels" : TuningSettings.fieldOutOfBounds(plan)
        case .exemplars(let plan): plan.fieldOutOfBounds
        case .facets(let plan): plan.pictures.lazy.compactMap(\.fieldOutOfBounds).first
        case .sheet(let plan): plan.pictures.isEmpty ? "pictures" : plan.pictures.lazy.compactMap(\.fieldOutOfBounds).first
        }
    }
}

extension SettingGroup {
    /// The first setting whose value in a plan is none of its own.
    static func fieldOutOfBounds(_ plan: PlanType) -> String? { settings.first { !($0.field?.isWithin(plan) ?? true) }?.name }
}

private func isSide(_ side: Int) -> Bool { PictureSize.sides.contains(side) }

extension RenderPlan {
    /// Rings of a spectrum: more than any picture has.
    private static let mostRings = 65_536

    var fieldOutOfBounds: String? {
        let checks: [(String, Bool)] = [
            ("width", isSide(width)), ("height", isSide(height)), ("count", (1...64).contains(count)),
            ("outputSize", outputSize.map { isSide($0.width) && isSide($0.height) } ?? true),
            ("stages", stages.stages.count <= 32 && stages.stages.allSatisfy { isSide($0.width) && isSide($0.height) } && stages.steps <= max(steps, 0)),
            ("penalties", penalties.count <= 16 && penalties.allSatisfy { $0.share.isFinite }),
            ("spectrum", spectrum.map { (1...Self.mostRings).contains($0.rings.count) && $0.rings.allSatisfy { $0.isFinite && $0 >= 0 } } ?? true),
        ]
        return checks.first { !$0.1 }?.0 ?? RenderSettings.fieldOutOfBounds(self)
    }
}

extension DreamPlan {
    var fieldOutOfBounds: String? {
        let checks: [(String, Bool)] = [
            ("width", isSide(width)), ("height", isSide(height)),
            ("frame", frame.map { (0...1_000_000_000).contains($0) } ?? true),
            ("carried", frame == nil ? carried == 0 : (0..<1).contains(carried)),
            ("zoom", zoom.map { Self.zoomBounds.contains($0) && frame != nil } ?? true),
        ]
        return checks.first { !$0.1 }?.0 ?? DreamSettings.fieldOutOfBounds(self)
    }
}

extension StylePlan {
    var fieldOutOfBounds: String? {
        func isWeight(_ weight: Float) -> Bool { Self.weightBounds.contains(weight) }
        func are(_ layers: [LayerWeight]) -> Bool { layers.count <= 1000 && layers.allSatisfy { isWeight($0.weight) } }
        let checks: [(String, Bool)] = [
            ("styles", (1...64).contains(styles.count) && styles.allSatisfy { isWeight($0.weight) }),
            ("contentLayers", are(contentLayers)), ("styleLayers", are(styleLayers) && !(contentLayers + styleLayers).isEmpty),
            ("stages", (1...32).contains(stages.count) && stages.allSatisfy { isSide($0.width) && isSide($0.height) && (0...10_000_000).contains($0.steps) }),
        ]
        return checks.first { !$0.1 }?.0 ?? StyleSettings.fieldOutOfBounds(self)
    }
}
