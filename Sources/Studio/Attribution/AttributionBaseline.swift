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

    private static let plain: [(name: String, value: Self)] = [
        ("mean", .mean), ("black", .black), ("grey", .grey), ("white", .white), ("noise", .noise),
    ]

    /// The baseline of a picture, in its shape.
    func picture(for picture: Tensor, _ preprocessing: Preprocessing, seed: UInt64, workers: Workers) -> Tensor {
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
        }
    }
}

extension AttributionBaseline: SettingValue, CodableByText {
    public init?(text: String) {
        if let plain = Self.plain.first(where: { $0.name == text }) {
            self = plain.value
        } else if text.hasPrefix("blur:"), let deviation = Float(text.dropFirst("blur:".count)), deviation > 0, deviation <= 1000 {
            self = .blur(deviation)
        } else {
            return nil
        }
    }

    public init?(_ text: String) { self.init(text: text) }

    public var text: String {
        if case .blur(let deviation) = self { return "blur:\(deviation.text)" }
        return Self.plain.first { $0.value == self }!.name
    }

    public var description: String { text }
    public static var form: String { listed(plain.map(\.name) + ["blur:PIXELS"]) }
}
