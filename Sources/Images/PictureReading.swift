import Files

extension Picture {
    /// 128 megapixels: more than any photograph, and half a gigabyte of 8-bit samples at most.
    public static let defaultMaximumPixels = 128 << 20

    /// Reads a picture file. Its first bytes tell the format, never its name.
    ///
    /// Colours become sRGB, by the file's colour profile or a PNG's chunks; without such they are taken as sRGB. The picture is
    /// turned upright as EXIF asks.
    ///
    /// - Parameters:
    ///   - path: the file; "-" is standard input.
    ///   - maximumPixels: more than these are refused when the header is read, before memory is taken for them.
    public static func read(
        from path: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(PictureError) -> Picture {
        var head: [UInt8] = []
        let bytes: [UInt8]?
        do {
            bytes = try InputFile.reading(path, headLength: PictureFormat.signatureLength) {
                head = $0
                return PictureFormat(signatureOf: $0) != nil || ForeignFormat(signatureOf: $0) != nil
            }
        } catch {
            throw .input(error)
        }
        // Without a known signature, the first bytes are enough to say why they cannot be decoded.
        return try decode(bytes ?? head, name: path, maximumPixels: maximumPixels)
    }

    /// Decodes the bytes of a picture file, as `read(from:)` does.
    ///
    /// - Parameter name: how errors call the picture.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(PictureError) -> Picture {
        if bytes.isEmpty { throw .damaged(file: name, reason: "it is empty") }
        if let format = PictureFormat(signatureOf: bytes) { return try format.codec.decode(bytes, name: name, maximumPixels: maximumPixels) }
        if let format = ForeignFormat(signatureOf: bytes) { return try format.decode(bytes, name: name, maximumPixels: maximumPixels) }
        if let (format, converter) = ForeignFormat.stranger(of: bytes) {
            throw .unsupported(file: name, reason: "it is a \(format) file, which \(converter) converts")
        }
        throw .notAPicture(file: name)
    }

    /// As `decode`, but smaller where the file's format makes that faster and the shorter side has so many pixels even then.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = defaultMaximumPixels, shorterSide: Int
    ) throws(PictureError) -> Picture {
        guard PictureFormat(signatureOf: bytes) == .jpeg else { return try decode(bytes, name: name, maximumPixels: maximumPixels) }
        return try JPEG.decode(bytes, name: name, maximumPixels: maximumPixels, shorterSide: shorterSide)
    }

    /// The text that was written into a picture file; nil if there is none. The pixels are not decoded.
    ///
    /// - Parameters:
    ///   - keyword: the text's, where the format knows keywords.
    ///   - name: how errors call the picture.
    public static func record(in bytes: [UInt8], keyword: String, name: String) throws(PictureError) -> String? {
        if let format = PictureFormat(signatureOf: bytes) { return try format.codec.record(in: bytes, keyword: keyword, name: name) }
        if ForeignFormat(signatureOf: bytes) != nil { return nil }
        throw .notAPicture(file: name)
    }

    /// The paths of a folder's photographs, by their names and in the order of `paths(in:)`: those of every format that can be read
    /// here. A remark names the others.
    public static func photographs(in folder: String) throws(InputError) -> [String] {
        func ends(_ name: String, _ endings: [String]) -> Bool { endings.contains { name.lowercased().hasSuffix($0) } }
        let foreign = ForeignFormat.all.flatMap(\.endings)
        let others = [".jxl", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".psd", ".exr", ".tga", ".svg", ".pdf", ".ppm", ".pgm"]
        let all = try FolderListing.files(in: folder) { PictureFormat(fileName: $0) != nil || ends($0, foreign + others) }
        let readable = ForeignFormat.canBeRead
        let wanted = all.filter { PictureFormat(fileName: $0) != nil || readable && ends($0, foreign) }
        let left = all.filter { !wanted.contains($0) }
        let needsProgram = !readable && left.contains { ends($0, foreign) }
        let advice = needsProgram ? "ffmpeg, which reads most of them, is not in PATH" : "convert them to PNG"
        if !left.isEmpty { Remark.make("\(FileName.shown(folder)): left out \(listed(left)); \(advice)") }
        return wanted
    }

    /// "a.psd, b.psd and 7 more"
    private static func listed(_ paths: [String]) -> String {
        let most = 5
        let names = paths.prefix(most).map { FileName.shown(FileName.split($0).name) }.joined(separator: ", ")
        return paths.count > most ? "\(names) and \(paths.count - most) more" : names
    }

    /// The paths of a folder's pictures: its files named .png, .jpg or .jpeg, frame_2 before frame_10, without hidden ones.
    public static func paths(in folder: String) throws(InputError) -> [String] {
        try FolderListing.files(in: folder) { PictureFormat(fileName: $0) != nil }
    }

    /// As `paths(in:)`, for a folder and all folders within it; the paths are relative to the folder.
    public static func relativePaths(in folder: String) throws(InputError) -> FolderListing.Tree {
        try FolderListing.tree(in: folder) { PictureFormat(fileName: $0) != nil }
    }
}

/// Refuses a header that announces too many pixels.
package func checkSize(width: Int, height: Int, limit: Int, name: String) throws(PictureError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixels > limit { throw .tooLarge(file: name, width: width, height: height, limit: limit) }
}
