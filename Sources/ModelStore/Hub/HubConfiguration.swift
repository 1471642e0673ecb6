import Files
import FoundationEssentials
import Networks

/// The facts that a model of the hub tells beside its weights: timm's and transformers' config.json, and transformers'
/// preprocessor_config.json.
struct HubConfiguration {
    /// timm's name of the architecture.
    let timm: String?
    /// The scaling of pictures; nil where the files do not tell.
    let preprocessing: Preprocessing?
    /// The names of the classes by number, where they are told.
    let labels: [String]?
    /// Everything at the top of config.json that is a word, a number or a truth value.
    private let values: [String: Value]
    private let type: String?
    private let arguments: [String]

    private struct Numbers: Decodable {
        var mean: [Float]?
        var std: [Float]?
        var input_size: [Int]?
        var crop_pct: Double?
    }

    private struct Configuration: Decodable {
        var architecture: String?
        var pretrained_cfg: Numbers?
        var id2label: [String: String]?
        var model_type: String?
        var model_args: [String: Value]?
    }

    /// A value of config.json.
    private enum Value: Decodable, Equatable, CustomStringConvertible, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
        case word(String)
        case truth(Bool)
        case number(Double)
        case other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let truth = try? value.decode(Bool.self) {
                self = .truth(truth)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = (try? value.decode(String.self)).map(Value.word) ?? .other
            }
        }

        init(stringLiteral word: String) { self = .word(word) }
        init(booleanLiteral truth: Bool) { self = .truth(truth) }

        var description: String {
            switch self {
            case .word(let word): shown(word)
            case .truth(let truth): "\(truth)"
            case .number(let number): "\(number)"
            case .other: "something else"
            }
        }
    }

    /// What the architectures here are, of all that transformers lets a configuration change without another parameter.
    private static let usual: [String: [String: Value]] = [
        "resnet": ["hidden_act": "relu", "downsample_in_bottleneck": false, "downsample_in_first_stage": false],
        "regnet": ["hidden_act": "relu"], "convnext": ["hidden_act": "gelu"], "vit": ["hidden_act": "gelu"],
        "deit": ["hidden_act": "gelu"], "swin": ["hidden_act": "gelu"],
        "mobilenet_v2": ["hidden_act": "relu6", "tf_padding": true, "layer_norm_eps": .number(0.001)],
        "efficientnet": ["hidden_act": "swish", "batch_norm_eps": .number(0.001)],
    ]
    /// Arguments of timm that leave the layers as they are.
    private static let harmless: Set<String> = ["num_classes", "in_chans", "img_size", "drop_rate", "drop_path_rate"]

    /// How the configuration changes the network, e.g. "config.json has hidden_act gelu_new"; nil where it does not.
    func changes() -> String? {
        if let argument = arguments.first(where: { !Self.harmless.contains($0) }) { return "config.json changes \(shown(argument))" }
        let usual = type.flatMap { Self.usual[$0] } ?? [:]
        for (key, value) in usual.sorted(by: { $0.key < $1.key }) {
            if let own = values[key], own != value { return "config.json has \(key) \(own)" }
        }
        return nil
    }

    /// A side, or the sides.
    private enum Size: Decodable {
        case side(Int)
        case sides([String: Int])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let side = try? value.decode(Int.self) { self = .side(side) } else { self = .sides(try value.decode([String: Int].self)) }
        }

        /// The shorter side in pixels.
        var pixels: Int? {
            switch self {
            case .side(let side): side
            case .sides(let sides): sides["shortest_edge"] ?? sides["height"]
            }
        }
    }

    private struct Preprocessor: Decodable {
        var image_mean: [Float]?
        var image_std: [Float]?
        var size: Size?
        var crop_size: Size?
        var crop_pct: Double?
    }

    /// - Parameter folder: where the files lie, if they are there.
    init(folder: String) throws(WeightsError) {
        func read<Value: Decodable>(_ name: String, _ type: Value.Type) throws(WeightsError) -> Value? {
            let path = "\(folder)/\(name)"
            guard isFile(path) else { return nil }
            do {
                return try JSONDecoder().decode(type, from: Data(InputFile.bytes(of: path)))
            } catch {
                throw WeightsError(file: path, reason: "cannot be read as a model's configuration; remove it and pull the model again")
            }
        }
        let configuration = try read("config.json", Configuration.self)
        timm = configuration?.architecture
        type = configuration?.model_type
        arguments = (configuration?.model_args ?? [:]).keys.sorted()
        values = try read("config.json", [String: Value].self) ?? [:]
        // Transformers writes LABEL_0 where nobody gave names.
        let names = configuration?.id2label.flatMap { Self.list($0) }
        labels = names?.contains { $0.hasPrefix("LABEL_") } == true ? nil : names
        if timm != nil {
            // Older files have the numbers at the top.
            var numbers = configuration?.pretrained_cfg
            if numbers == nil { numbers = try read("config.json", Numbers.self) }
            preprocessing = Self.preprocessing(
                numbers?.mean, numbers?.std, crop: numbers?.input_size?.last, resize: nil, share: numbers?.crop_pct)
        } else {
            let numbers = try read("preprocessor_config.json", Preprocessor.self)
            let (size, crop) = (numbers?.size?.pixels, numbers?.crop_size?.pixels)
            preprocessing = Self.preprocessing(
                numbers?.image_mean, numbers?.image_std, crop: crop ?? size, resize: crop == nil ? nil : size, share: numbers?.crop_pct)
        }
    }

    private static func list(_ names: [String: String]) -> [String]? {
        let list = (0..<names.count).compactMap { names["\($0)"] }
        return list.count == names.count ? list : nil
    }

    /// - Parameter share: of the shorter side that the crop takes.
    private static func preprocessing(_ mean: [Float]?, _ std: [Float]?, crop: Int?, resize: Int?, share: Double?) -> Preprocessing? {
        guard let mean, let std, [1, 3].contains(mean.count), mean.count == std.count, (mean + std).allSatisfy(\.isFinite),
            !std.contains(0), 1...10_000 ~= crop ?? 224, 1...10_000 ~= resize ?? 224
        else { return nil }
        let crop = crop ?? 224
        let part = share.map { 0.1...1 ~= $0 ? $0 : 1 } ?? 1
        return Preprocessing(range: [0, 1], mean: mean, std: std, resize: resize ?? Int((Double(crop) / part).rounded(.down)), crop: crop)
    }
}
