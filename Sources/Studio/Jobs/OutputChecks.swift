import Files
import Images

/// Whether files can be written, found out before anything is computed.
enum OutputChecks {
    /// A picture's file, or that of its values.
    static func check(picture path: String) throws(Problem) {
        guard OutputNames.isForeign(path), !OutputNames.isArray(path) else { return try check(path) }
        throw .usage("\(path): \(sentence: OutputNames.pictureRule)", setting: "output")
    }

    /// The file of a chart or a sheet.
    static func check(figure path: String) throws(Problem) {
        try checkName(figure: path)
        try check(path)
    }

    /// The name of one.
    static func checkName(figure path: String) throws(Problem) {
        guard OutputNames.isForeign(path, isFigure: true) else { return }
        throw .usage("\(path): \(sentence: OutputNames.figureRule)", setting: "output")
    }

    /// Any file. The folders that it needs are created.
    static func check(_ path: String) throws(Problem) {
        try asProblem { () throws(OutputError) in try OutputFile.check(path, createFolders: true) }
    }

    /// The rule of overwriting, for every command: a file that is there is replaced if it was made from the same plan, or if the
    /// user says so; one that the command reads never.
    ///
    /// - Parameters:
    ///   - inputs: the files that the command reads.
    ///   - force: files of others may be overwritten.
    ///   - setting: the one that names the file.
    ///   - isOwn: whether a file was made from the same plan.
    static func check(
        overwriting path: String, inputs: [String], force: Bool, setting: String = "output", isOwn: (_ path: String) -> Bool
    ) throws(Problem) {
        guard isFile(path) else { return }
        if inputs.contains(where: { isSame($0, path) }) {
            throw Problem(
                .cannotWrite, "\(FileName.shown(path)) is read by this command, and would be lost; choose another \(setting: setting)",
                setting: setting)
        }
        guard force || isOwn(path) else {
            var problem = Problem.isThere(FileName.shown(path))
            problem.setting = setting
            throw problem
        }
    }

    /// The files that names of inputs stand for: a folder's are its pictures.
    static func files(ofInput path: String) -> [String] {
        guard isFolder(path) else { return isFile(path) ? [path] : [] }
        return (try? Picture.photographs(in: path)) ?? []
    }

    /// Settings of one command that each name a file of their own; nil where one is not given.
    static func refuse(oneFile given: [(name: String, path: String?)]) throws(Problem) {
        var names: [String: String] = [:]
        for (name, path) in given {
            guard let path else { continue }
            if let other = names.updateValue(name, forKey: FileName.plain(path)) {
                throw .usage("\(setting: other) and \(setting: name) are one file", setting: name)
            }
        }
    }

    /// Files of which no two may be the same.
    static func refuse(repeated paths: [String], setting: String) throws(Problem) {
        var seen: Set<String> = []
        for path in paths where !seen.insert(FileName.plain(path)).inserted {
            throw .usage("several pictures would go to \(path); put {index} or {seed} into \(setting: setting), or name a folder", setting: setting)
        }
    }
}

extension Picture {
    /// Writes a picture with a record of how it was made.
    ///
    /// - Parameters:
    ///   - record: nil for what has no plan of its own.
    ///   - quality: 1 to 100, where the format is lossy.
    func write(_ record: Record?, quality: Int?, to path: String) throws(Problem) {
        try asProblem { () throws in
            let codec = (PictureFormat(fileName: path) ?? .png).codec
            let bytes = try codec.encode(self, quality: quality, record: record.map { (keyword: Record.keyword, text: $0.json) })
            try OutputFile.write(bytes, to: path)
        }
    }

    /// Writes a picture that has no plan of its own: JPEG or PNG, as its name says.
    public func write(to path: String, quality: Int = OutputSettings.standardQuality) throws(Problem) {
        try write(nil, quality: quality, to: path)
    }
}

extension Figure {
    /// Writes a chart or a sheet with a record of how it was made: SVG, PDF, JPEG or PNG, as its name says.
    ///
    /// - Returns: it in pixels.
    @discardableResult
    func write(_ record: Record, quality: Int?, to path: String) throws(Problem) -> Picture {
        let (pixels, isTooMany) = width.multipliedReportingOverflow(by: height)
        let bytesPerPixel = 12  // six, and as many encoded
        try checkMemory(
            isTooMany || pixels > .max / bytesPerPixel ? .max : pixels * bytesPerPixel, of: "\(path): this sheet of \(width)x\(height) pixels",
            advice: "make its pictures smaller, or fewer")
        let picture = picture
        guard let format = FigureFormat(fileName: path) else {
            try picture.write(record, quality: quality, to: path)
            return picture
        }
        try asProblem { () throws in try OutputFile.write(try format.encode(self, record: record.json), to: path) }
        return picture
    }
}

/// Writes a line of JSON to a file.
func write(json value: some Encodable, to path: String) throws(Problem) {
    try asProblem { () throws(OutputError) in try OutputFile.write(Array((json(value) + "\n").utf8), to: path) }
}
