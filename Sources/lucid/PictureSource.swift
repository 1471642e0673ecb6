import Files
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Photographs as the network wants them.
enum PictureSource {
    /// Everything that came on standard input, which can be read once.
    private static let standardInput = Result<[UInt8], InputError> { () throws(InputError) in try InputFile.bytes(of: "-") }

    /// All bytes of a file, or of standard input for "-", however often that is asked for.
    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        do {
            return path == "-" ? try standardInput.get() : try InputFile.bytes(of: path)
        } catch {
            throw Failure(error)
        }
    }

    /// - Parameter maximumPixels: larger pictures are refused.
    static func read(_ path: String, maximumPixels: Int = Picture.defaultMaximumPixels) throws(Failure) -> Picture {
        let standardInput = path == "-" ? try bytes(of: path) : nil
        do {
            if let standardInput { return try Picture.decode(standardInput, name: path, maximumPixels: maximumPixels) }
            return try Picture.read(from: path, maximumPixels: maximumPixels)
        } catch {
            throw Failure(error)
        }
    }

    /// Scaled so that it just covers the extents, and its middle cut out.
    static func fitted(_ picture: Picture, width: Int, height: Int) -> Picture {
        let scale = max(Double(width) / Double(picture.width), Double(height) / Double(picture.height))
        var picture = picture
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

    /// `[channels, height, width]` in 0…1
    static func planes(_ picture: Picture, channels: Int, _ path: String) throws(Failure) -> Tensor {
        let planes = picture.planes()
        let area = picture.width * picture.height
        switch channels {
        case 3: return Tensor(Shape(3, picture.height, picture.width), planes)
        case 1:
            // The luma of ITU-R BT.601, as image libraries make grey.
            let grey = (0..<area).map { 0.299 * planes[$0] + 0.587 * planes[area + $0] + 0.114 * planes[2 * area + $0] }
            return Tensor(Shape(1, picture.height, picture.width), grey)
        default:
            throw .usage("\(path): this network takes pictures of \(channels) channels, which no picture file has")
        }
    }

    /// The mean spectrum of a folder's photographs, each cut to a square of 256 pixels.
    static func spectrum(ofFolder folder: String, maximumPixels: Int) throws(Failure) -> MagnitudeSpectrum {
        var photos: [Tensor] = []
        for path in try picturePaths(in: folder) {
            let square = fitted(try read(path, maximumPixels: maximumPixels).composited(over: 0.5), width: 256, height: 256)
            photos.append(Tensor(Shape(3, 256, 256), square.planes()))
        }
        return MagnitudeSpectrum(of: photos, workers: .one)
    }

    /// The pictures of a folder, of which there must be one.
    ///
    /// - Parameter advice: what else could be named.
    static func picturePaths(in folder: String, advice: String? = nil) throws(Failure) -> [String] {
        guard isFolder(folder) else { throw Failure(66, "\(folder): there is no such folder") }
        let paths: [String]
        do { paths = try Picture.paths(in: folder) } catch { throw Failure(error) }
        if paths.isEmpty { throw Failure(66, "\(folder): there are no pictures (.png, .jpg) in it" + (advice.map { "; \($0)" } ?? "")) }
        return paths
    }
}

extension Photographs {
    /// A plan that knows the SHA-256 of the photographs that it names.
    ///
    /// - Throws: 65 where a file is not the one that the plan knows already.
    func sealed(_ plan: RenderPlan, model: Model) throws(Failure) -> RenderPlan {
        var plan = plan
        let digests = digests(of: try names(in: plan, model))
        for (name, digest) in digests {
            if let planned = plan.pictures[name], planned != digest {
                throw .badData("\(name) is another picture than the one of the plan (SHA-256 \(planned))")
            }
        }
        plan.pictures = digests
        return plan
    }

    /// The photographs that a plan names, each scaled to cover the plan's size and cut to it, as the renderer wants them.
    func pictures(of plan: RenderPlan, model: Model) throws(Failure) -> [String: Tensor] {
        var pictures: [String: Tensor] = [:]
        for name in try names(in: plan, model) {
            let fitted = PictureSource.fitted(try picture(name).composited(over: 0.5), width: plan.width, height: plan.height)
            pictures[name] = try PictureSource.planes(fitted, channels: model.network.inputChannels, name)
        }
        return pictures
    }

    /// Finds the photographs of a plan that is followed again.
    mutating func find(_ plan: RenderPlan, model: Model, given: [String] = [], beside picture: String) throws(Failure) {
        var planned: [String: String?] = [:]
        for name in try names(in: plan, model) { planned.updateValue(plan.pictures[name], forKey: name) }
        try find(planned, given: given, beside: picture)
    }

    private func names(in plan: RenderPlan, _ model: Model) throws(Failure) -> [String] {
        do {
            return try Renderer.pictures(of: plan, model: model)
        } catch {
            throw Failure(error)
        }
    }
}

extension Picture {
    /// A drawn picture: grey, RGB, or these with an opacity; of other numbers of channels the planes side by side.
    init(_ image: Tensor, colours: Int) {
        let shape = image.shape
        let elements = image.elements
        func plane(_ channel: Int) -> [Float] { Array(elements[channel * shape.area..<(channel + 1) * shape.area]) }
        switch (colours, shape.channels - colours) {
        case (1, 0), (3, 0), (3, 1):
            self.init(planes: elements, channels: shape.channels, width: shape.width, height: shape.height)
        case (1, 1):
            self.init(planes: plane(0) + plane(0) + plane(0) + plane(1), channels: 4, width: shape.width, height: shape.height)
        default:
            self = ContactSheet.compose(
                (0..<shape.channels).map { Picture(planes: plane($0), channels: 1, width: shape.width, height: shape.height) })
        }
    }
}
