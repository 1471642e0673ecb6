import Files
import Images
import Networks
import Tensors
import Visualization

/// The picture without evidence that a photograph is compared with.
public enum AttributionBaseline: Sendable, Equatable {
    /// 0 in every channel of the picture.
    case black
    /// ½ in every channel of the picture.
    case grey
    /// 1 in every channel of the picture.
    case white
    /// The network's mean colour, which it sees as 0.
    case mean
    /// Uniform noise from the seed.
    case noise
    /// The photograph, blurred by this deviation in pixels.
    case blur(Float)
    /// A photograph, or those of a folder: a file's path in settings, its name in plans.
    case file(String)

    private static let plain: [(name: String, value: Self)] = [
        ("mean", .mean), ("black", .black), ("grey", .grey), ("white", .white), ("noise", .noise),
    ]

    /// The baseline of a picture, in its shape; nil where it is a photograph.
    func picture(for picture: Tensor, _ preprocessing: Preprocessing, seed: UInt64, workers: Workers) -> Tensor? {
        let shape = picture.shape
        switch self {
        case .black: return Tensor(shape)
        case .white: return Tensor(shape, repeating: 1)
        case .grey: return Tensor(shape, repeating: 0.5)
        case .mean:
            return Tensor(shape, preprocessing.meanColour(channels: shape.channels).flatMap { [Float](repeating: $0, count: shape.area) })
        case .noise:
            var generator = RandomGenerator(seed: seed)
            return Tensor(shape, (0..<shape.count).map { _ in generator.uniform() })
        case .blur(let deviation):
            return GaussianBlur(deviation: deviation, height: shape.height, width: shape.width)(picture, workers: workers)
        case .file: return nil
        }
    }

    /// Pictures of noise that stand for all of them.
    private static let mostNoise = 64

    /// The baselines of a picture, in its shape: one, but where expected gradients ask for many.
    func pictures(
        for picture: Tensor, _ plan: AttributionPlan, _ model: Model, _ photographs: Photographs, workers: Workers
    ) throws(Problem) -> [Tensor] {
        if let names = plan.baselinePhotos {
            var tensors: [Tensor] = []
            for name in names {
                let square = ClassifiedSquare(try photographs.picture(name), model).picture
                tensors.append(try square.tensor(channels: picture.shape.channels, name: name))
            }
            return tensors
        }
        let count = self == .noise && plan.recipe.method == .expectedGradients ? min(plan.recipe.samples, Self.mostNoise) : 1
        return (0..<count).compactMap {
            self.picture(for: picture, model.preprocessing, seed: plan.recipe.seed &+ UInt64($0), workers: workers)
        }
    }

    /// The photographs that stand for no evidence, taken in by their names; nil where it is none.
    ///
    /// - Parameter count: of a folder's so many at most, chosen by the seed.
    func add(to photographs: inout Photographs, count: Int, seed: UInt64, maximumPixels: Int) throws(Problem) -> [String]? {
        guard case .file(let path) = self else { return nil }
        guard isFolder(path) else {
            guard isFile(path) else {
                throw .usage("\(setting: "baseline") must be \(sentence: Self.form); there is no file \"\(path)\"", setting: "baseline")
            }
            return [try photographs.adding(path)]
        }
        let paths = try PictureFolder(path, maximumPixels: maximumPixels).paths
        var generator = RandomGenerator(seed: seed)
        var (names, broken) = ([String](), [Problem]())
        for path in paths.shuffled(using: &generator) where names.count < count {
            do {
                _ = try Picture.reading(path, maximumPixels: maximumPixels)
            } catch {
                broken.append(error)
                continue
            }
            names.append(try photographs.adding(path))
        }
        try PictureFolder.refuse(broken, ifAllOf: paths.count, in: path)
        photographs.notes.add(PictureFolder.lines(of: broken, among: paths.count, in: path))
        return names
    }
}

extension AttributionBaseline: SettingValue, CodableByText {
    public init?(text: String) {
        if let plain = Self.plain.first(where: { $0.name == text }) {
            self = plain.value
        } else if text.hasPrefix("blur:"), let deviation = Float(text.dropFirst("blur:".count)), deviation > 0, deviation <= 1000 {
            self = .blur(deviation)
        } else if text.contains(where: { $0 == "." || $0 == "/" }) {
            self = .file(text)
        } else {
            return nil
        }
    }

    public init?(_ text: String) { self.init(text: text) }

    public var text: String {
        if case .blur(let deviation) = self { return "blur:\(deviation.text)" }
        if case .file(let path) = self { return path }
        return Self.plain.first { $0.value == self }!.name
    }

    public var description: String { text }
    public static var form: String { listed(plain.map(\.name) + ["blur:PIXELS", "a photograph", "FOLDER/"]) }
}
