import FoundationEssentials
import Images
import Networks
import Tensors

/// The photographs that a command is given, under the names that its plan has for them: a plan knows no folders.
struct PhotoFiles {
    private struct File {
        let path: String
        let bytes: [UInt8]
        let digest: String
        /// A frame that no file holds.
        var picture: Picture?
    }

    private var files: [String: File] = [:]

    /// The largest picture that is read, in pixels.
    var maximumPixels = Picture.defaultMaximumPixels

    /// SHA-256 by name, as plans hold it.
    var digests: [String: String] { files.mapValues(\.digest) }

    /// Takes a file in; "-" is standard input, which can be taken once.
    ///
    /// - Returns: its name in the plan: the file's without its folder; of several alike "cat.jpg", "cat_2.jpg" …
    mutating func add(_ path: String) throws(Failure) -> String {
        if let known = files.first(where: { $0.value.path == path }) { return known.key }
        let bytes = try Self.bytes(path)
        let digest = sha256(of: bytes)
        if let known = files.first(where: { $0.value.digest == digest }) { return known.key }
        let plain = path == "-" ? "stdin" : FileName.shown(path.split(separator: "/").last.map(String.init) ?? path)
        var name = plain
        var number = 2
        while files[name] != nil {
            name = OutputNames.path(plain, picture: number)
            number += 1
        }
        files[name] = File(path: path, bytes: bytes, digest: digest)
        return name
    }

    /// Takes a frame in, in the place of another one of that name. Its SHA-256 is of its samples.
    mutating func set(_ name: String, to picture: Picture) {
        files[name] = File(path: name, bytes: [], digest: picture.digest, picture: picture)
    }

    /// The photographs of a plan that is followed again: each is found by its SHA-256 among the given files, else by its name
    /// in the working directory or beside the picture that holds the plan.
    ///
    /// - Throws: 66 for one that is nowhere, 65 where another picture has its name.
    static func find(_ digests: [String: String], given: [String], beside picture: String) throws(Failure) -> PhotoFiles {
        var result = PhotoFiles()
        var offered: [String: (path: String, bytes: [UInt8])] = [:]
        for path in given {
            let bytes = try Self.bytes(path)
            offered[sha256(of: bytes)] = (path, bytes)
        }
        let folder = picture.lastIndex(of: "/").map { String(picture[...$0]) } ?? ""
        for (name, digest) in digests.sorted(by: { $0.key < $1.key }) {
            if let file = offered[digest] {
                result.files[name] = File(path: file.path, bytes: file.bytes, digest: digest)
                continue
            }
            var others: [String] = []
            for path in Set([name, folder + name]).sorted() where isFile(path) {
                let bytes = try Self.bytes(path)
                if sha256(of: bytes) == digest {
                    result.files[name] = File(path: path, bytes: bytes, digest: digest)
                    break
                }
                others.append(path)
            }
            guard result.files[name] == nil else { continue }
            if let other = others.first {
                throw .badData("\(other) is another picture than the one of the plan (SHA-256 \(digest)); name that with --picture")
            }
            throw Failure(66, "\(name), which \(picture) was made from, is not here; name it with --picture")
        }
        return result
    }

    /// A photograph that was taken in.
    func picture(_ name: String) throws(Failure) -> Picture {
        guard let file = files[name] else { preconditionFailure("\(name) was taken in") }
        if let picture = file.picture { return picture }
        do {
            return try Picture.decode(file.bytes, name: file.path, maximumPixels: maximumPixels)
        } catch {
            throw Failure(error)
        }
    }

    private static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        do {
            return try InputFile.bytes(of: path)
        } catch {
            throw Failure(error)
        }
    }
}

extension Picture {
    /// `[3, height, width]`, or of a grey network `[1, height, width]`, in 0…1, over grey where it is transparent.
    ///
    /// - Throws: 64 for a network that sees neither.
    func tensor(channels: Int, name: String) throws(Failure) -> Tensor {
        let planes = composited(over: 0.5).planes()
        let area = width * height
        switch channels {
        case 3: return Tensor(Shape(3, height, width), planes)
        case 1:
            // The luma of ITU-R BT.601, as image libraries make grey.
            let grey = (0..<area).map { 0.299 * planes[$0] + 0.587 * planes[area + $0] + 0.114 * planes[2 * area + $0] }
            return Tensor(Shape(1, height, width), grey)
        default:
            throw .usage("\(name): this network takes pictures of \(channels) channels, which no picture file has")
        }
    }

    /// SHA-256 of the samples.
    var digest: String {
        switch samples {
        case .eight(let values): sha256(of: values)
        case .sixteen(let values): sha256(of: values.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
        }
    }

    /// The opacity as a plane, `[1, height, width]`; nil for a picture without.
    var opacity: Tensor? { alphaPlane().map { Tensor(Shape(1, height, width), $0) } }
}

/// The extents of a result made of a photograph: its own; or with the longer side as asked for; or exactly as asked for.
struct ResultSize: Equatable {
    let width: Int
    let height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter asked: nil for the photograph's own.
    init(of photo: Picture, asked: PictureSize?) {
        switch asked {
        case nil: (width, height) = (photo.width, photo.height)
        case let asked? where asked.isOneSide:
            let scale = Double(asked.width) / Double(max(photo.width, photo.height))
            width = max(1, Int((Double(photo.width) * scale).rounded()))
            height = max(1, Int((Double(photo.height) * scale).rounded()))
        case let asked?: (width, height) = (asked.width, asked.height)
        }
    }
}
