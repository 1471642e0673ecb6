import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// The fixed pictures that a plan names, as the renderer wants them.
enum PictureSource {
    /// The extents of a picture.
    static func size(of path: String) throws(Failure) -> PictureSize {
        let picture = try read(path)
        return PictureSize(width: picture.width, height: picture.height)
    }

    /// A plan that knows the SHA-256 of the pictures that it names.
    ///
    /// - Throws: 65 where a file is not the one that the plan knows already.
    static func sealed(_ plan: RenderPlan, model: Model) throws(Failure) -> RenderPlan {
        var plan = plan
        for path in try names(plan, model) {
            let digest = try digest(path)
            if let planned = plan.pictures[path], planned != digest {
                throw .badData("\(path) is another picture than the one of the plan (SHA-256 \(planned))")
            }
            plan.pictures[path] = digest
        }
        return plan
    }

    /// The pictures that a plan names, each scaled to cover the plan's size and cut to it.
    static func pictures(of plan: RenderPlan, model: Model) throws(Failure) -> [String: Tensor] {
        var pictures: [String: Tensor] = [:]
        for path in try names(plan, model) {
            pictures[path] = try planes(
                fitted(try read(path).composited(over: 0.5), width: plan.width, height: plan.height),
                channels: model.network.inputChannels, path)
        }
        return pictures
    }

    private static func names(_ plan: RenderPlan, _ model: Model) throws(Failure) -> [String] {
        do {
            return try Renderer.pictures(of: plan, model: model)
        } catch {
            throw Failure(error)
        }
    }

    private static func digest(_ path: String) throws(Failure) -> String {
        do {
            return try sha256(ofFile: path)
        } catch {
            throw Failure(error)
        }
    }

    static func read(_ path: String) throws(Failure) -> Picture {
        do {
            return try Picture.read(from: path)
        } catch {
            throw Failure(error)
        }
    }

    /// Scaled so that it just covers the extents, and its middle cut out.
    static func fitted(_ picture: Picture, width: Int, height: Int) -> Picture {
        let scale = max(Double(width) / Double(picture.width), Double(height) / Double(picture.height))
        return picture.resized(
            width: max(width, Int((Double(picture.width) * scale).rounded())),
            height: max(height, Int((Double(picture.height) * scale).rounded()))
        ).croppedToCentre(width: width, height: height)
    }

    private static func planes(_ picture: Picture, channels: Int, _ path: String) throws(Failure) -> Tensor {
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
    static func spectrum(ofFolder folder: String) throws(Failure) -> MagnitudeSpectrum {
        var photos: [Tensor] = []
        for path in try picturePaths(in: folder) {
            let square = fitted(try read(path).composited(over: 0.5), width: 256, height: 256)
            photos.append(Tensor(Shape(3, 256, 256), square.planes()))
        }
        return MagnitudeSpectrum(of: photos, workers: .one)
    }

    /// The PNG and JPEG files of a folder in the order of their names.
    static func picturePaths(in folder: String) throws(Failure) -> [String] {
        guard isFolder(folder) else { throw Failure(66, "\(folder): there is no such folder") }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths = names.filter { name in [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) } }
            .sorted().map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
        guard !paths.isEmpty else { throw Failure(66, "\(folder): there are no pictures (.png, .jpg) in it") }
        return paths
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
