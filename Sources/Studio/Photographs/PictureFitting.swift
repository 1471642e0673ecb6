import Files
import Films
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Standard input, which can be read once and may be asked for often.
enum StandardInput {
    private static let contents = Result<[UInt8], InputError> { () throws(InputError) in try InputFile.bytes(of: "-") }

    /// All bytes of a file, or of standard input for "-".
    static func bytes(of path: String) throws(Problem) -> [UInt8] {
        do {
            return try path == "-" ? contents.get() : InputFile.bytes(of: path)
        } catch {
            throw Problem(error).reading(path)
        }
    }
}

/// Bytes a pixel that a picture takes at most while it is decoded: eight of samples, and as many where it is turned or converted.
private let decodedBytesPerPixel = 16

/// The pixels that a picture may have, so that there is memory to decode it.
func decodablePixels(atMost maximumPixels: Int) -> Int {
    min(maximumPixels, min(ResourceLimits.memory, addressSpaceLeft() ?? .max) / decodedBytesPerPixel)
}

/// Decodes a picture or a frame if there is memory for it, which is found out from its header.
///
/// - Parameters:
///   - maximumPixels: more are refused, whatever memory there is.
///   - decode: is given the number of pixels to take at most.
func decoding<Result>(atMost maximumPixels: Int, _ decode: (_ maximumPixels: Int) throws -> Result) throws(Problem) -> Result {
    do {
        return try decode(decodablePixels(atMost: maximumPixels))
    } catch {
        let picture: PictureError? = if case .picture(let error)? = error as? FilmError { error } else { error as? PictureError }
        guard case .tooLarge(let file, let width, let height, _)? = picture,
            case (let pixels, false) = width.multipliedReportingOverflow(by: height), pixels <= maximumPixels
        else { throw Problem(any: error) }
        try checkMemory(
            pixels.multipliedReportingOverflow(by: decodedBytesPerPixel).partialValue, of: "\(file): this picture of \(width)x\(height) pixels",
            advice: "make it smaller")
        throw Problem(any: error)
    }
}

extension Picture {
    /// Reads a PNG or a JPEG, or standard input for "-".
    ///
    /// - Parameter maximumPixels: larger pictures are refused.
    public static func reading(_ path: String, maximumPixels: Int = Picture.defaultMaximumPixels) throws(Problem) -> Picture {
        try decoding(try StandardInput.bytes(of: path), name: path, maximumPixels: maximumPixels)
    }

    /// Decodes a file's bytes, if there is memory for the picture.
    static func decoding(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(Problem) -> Picture {
        do {
            return try Studio.decoding(atMost: maximumPixels) { try Picture.decode(bytes, name: name, maximumPixels: $0) }
        } catch {
            throw error.reading(name)
        }
    }

    /// Scaled so that it just covers the extents, and its middle cut out.
    func fitted(width: Int, height: Int) -> Picture {
        let scale = max(Double(width) / Double(self.width), Double(height) / Double(self.height))
        var picture = self
        if max(Double(picture.width) * scale / Double(width), Double(picture.height) * scale / Double(height)) > 8 {
            // A strip's far ends would be enlarged only to be cut off.
            func reach(_ own: Int, _ shown: Int) -> Int { min(own, Int((2 * Double(shown) / scale).rounded(.up)) + 2) }
            picture = picture.croppedToCentre(width: reach(picture.width, width), height: reach(picture.height, height))
        }
        return picture.resized(
            width: max(width, Int((Double(picture.width) * scale).rounded())),
            height: max(height, Int((Double(picture.height) * scale).rounded()))
        ).croppedToCentre(width: width, height: height)
    }

    /// `[3, height, width]`, or `[1, height, width]` for a grey network, in 0…1, over grey where it is transparent.
    ///
    /// - Parameter name: the file's, for messages.
    /// - Throws: a usage problem for a network that takes neither.
    func tensor(channels: Int, name: String) throws(Problem) -> Tensor {
        let planes = composited(over: 0.5).planes()
        let area = width * height
        switch channels {
        case 3: return Tensor(Shape(3, height, width), planes)
        case 1:
            // The luma of ITU-R BT.601, as image libraries make grey.
            let grey = (0..<area).map { 0.299 * planes[$0] + 0.587 * planes[area + $0] + 0.114 * planes[2 * area + $0] }
            return Tensor(Shape(1, height, width), grey)
        default:
            throw .usage("\(name): the network takes pictures of \(channels) channels, and a photograph has three")
        }
    }
}

extension MagnitudeSpectrum {
    /// Pixels on a side of the square that a photograph is cut to.
    private static let side = 256

    /// The mean spectrum of a folder's photographs.
    ///
    /// - Parameter notes: gets what is left out.
    init(ofFolder folder: String, maximumPixels: Int, notes: Notes) throws(Problem) {
        var photos: [Tensor] = []
        let pictures = try PictureFolder(folder, maximumPixels: maximumPixels)
        notes.add(try pictures.forEach { picture, path throws(Problem) in
            photos.append(try picture.fitted(width: Self.side, height: Self.side).tensor(channels: 3, name: path))
        })
        self.init(of: photos, workers: .one)
    }
}
