import Files

extension ForeignFormat {
    /// Whether pictures of these formats can be read here.
    static var canBeRead: Bool { ChildProcess.find("ffmpeg") != nil }

    /// Decodes a file by ffmpeg, which reads it from a nameless file and writes a PNG of the samples into a pipe.
    ///
    /// - Parameters:
    ///   - name: how errors call the picture.
    ///   - maximumPixels: more than these are refused before memory is taken for them.
    func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        guard let program = ChildProcess.find("ffmpeg") else { throw .noProgram(file: name, format: self.name) }
        let (tags, size) = tags(BigEndianReader(bytes))
        if let size { try checkSize(width: size.width, height: size.height, limit: maximumPixels, name: name) }
        let picture = try PNG.samples(of: try png(of: bytes, program, name, maximumPixels), name: name, maximumPixels: maximumPixels)
        // Telephones store a HEIC in tiles, of which older versions of ffmpeg hand out the first.
        if let size, size != (picture.width, picture.height) {
            throw .unsupported(
                file: name, reason: "ffmpeg reads a part of this \(self.name) only; \(remedy ?? "a newer ffmpeg reads all of it")")
        }
        let upright = tags.applied(to: picture, name: name)
        // Some decoders give every picture an opacity.
        return upright.alphaPlane()?.allSatisfy { $0 == 1 } ?? false ? upright.composited(over: 1) : upright
    }

    private func png(of bytes: [UInt8], _ program: String, _ name: String, _ maximumPixels: Int) throws(PictureError) -> [UInt8] {
        var (png, errors) = ([UInt8](), "")
        do {
            let file = try NamelessFile(bytes)
            let process = try ChildProcess(program, arguments(path: file.path, maximumPixels), .fromOutput)
            var chunk = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = chunk.withUnsafeMutableBytes { process.read(into: $0) }
                if count == 0 { break }
                png += chunk[..<count]
            }
            let end = process.finish()
            if end.isSuccess, !png.isEmpty { return png }
            errors = end.isSuccess ? "there is no picture in it" : end.errors.isEmpty ? end.lastLine : end.errors
        } catch {
            throw .input(.unreadable(file: name, reason: "\((error as? SystemError)?.message ?? "\(error)")"))
        }
        if let (width, height) = Self.excessiveSize(errors) { throw .tooLarge(file: name, width: width, height: height, limit: maximumPixels) }
        let reason = "ffmpeg cannot read this \(self.name): \(Self.reason(errors))"
        guard let remedy else { throw .damaged(file: name, reason: reason) }
        throw .unsupported(file: name, reason: "\(reason); \(remedy)")
    }

    private func arguments(path: String, _ maximumPixels: Int) -> [String] {
        [
            "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-noautorotate", "-max_pixels", "\(maximumPixels)",
            "-f", demuxer, "-i", "file:" + path, "-map", "0:v:0", "-frames:v", "1",
            "-sws_flags", "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
            "-f", "image2pipe", "-c:v", "png", "-compression_level", "1", "pipe:1",
        ]
    }

    /// "Picture size 40000x40000 exceeds specified max pixel count …"
    private static func excessiveSize(_ errors: String) -> (width: Int, height: Int)? {
        let words = errors.split(whereSeparator: \.isWhitespace)
        guard let place = words.indices.first(where: { words[$0] == "exceeds" && $0 > 0 }) else { return nil }
        let numbers = words[place - 1].split(separator: "x").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    /// The first line that ffmpeg wrote, which is nearest to the cause, without the part of ffmpeg that wrote it.
    private static func reason(_ errors: String) -> String {
        let line = errors.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no reason is given"
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return FileName.shown(line) }
        return FileName.shown(String(line[line.index(after: end)...].drop { $0 == " " }))
    }
}
