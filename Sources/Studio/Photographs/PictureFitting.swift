import Files
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

extension Picture {
    /// Reads a PNG or a JPEG, or standard input for "-".
    ///
    /// - Parameter maximumPixels: larger pictures are refused.
    public static func reading(_ path: String, maximumPixels: Int = Picture.defaultMaximumPixels) throws(Problem) -> Picture {
        let bytes = try StandardInput.bytes(of: path)
        do {
            return try Picture.decode(bytes, name: path, maximumPixels: maximumPixels)
        } catch {
            throw Problem(error).reading(path)
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
            throw .usage("\(name): the network takes pictures of \(channels) channels, and a photograph has three; draw from noise instead")
        }
    }
}

/// The pictures of a folder, hidden files left out, in natural order: frame_2 before frame_10.
///
/// - Throws: a problem if there is no such folder, or no picture in it.
func picturePaths(in folder: String) throws(Problem) -> [String] {
    guard isFolder(folder) else { throw Problem(.missing, "\(folder): there is no such folder", file: folder) }
    let paths = try asProblem { () throws(InputError) in try Picture.paths(in: folder) }
    guard !paths.isEmpty else { throw Problem(.missing, "\(folder): there are no pictures (.png, .jpg) in it", file: folder) }
    return paths
}

extension MagnitudeSpectrum {
    /// Pixels on a side of the square that a photograph is cut to.
    private static let side = 256

    /// The mean spectrum of a folder's photographs.
    init(ofFolder folder: String, maximumPixels: Int) throws(Problem) {
        var photos: [Tensor] = []
        for path in try picturePaths(in: folder) {
            let square = try Picture.reading(path, maximumPixels: maximumPixels).composited(over: 0.5)
                .fitted(width: Self.side, height: Self.side)
            photos.append(Tensor(Shape(3, Self.side, Self.side), square.planes()))
        }
        self.init(of: photos, workers: .one)
    }
}
