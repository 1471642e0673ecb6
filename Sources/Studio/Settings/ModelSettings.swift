import ModelStore
import Networks

/// Which network, which weights, and what is known of them.
public struct ModelSettings: SettingGroup {
    /// The network's name, or the path of an .onnx file; nil for the default of the catalogue.
    public var model: String?
    /// A file of weights for the architecture; nil for the network's own.
    public var weights: String?
    /// Which weights, where the file holds several sets; nil where it holds one.
    public var weightsKey: String?
    /// A file with the classes' names; nil for those that come with the network.
    public var labels: String?
    /// The network's values for black and white; nil for its own.
    public var range: NumberList?
    /// The mean of each channel, in units of the range; nil for the network's own.
    public var mean: NumberList?
    /// The deviation of each channel, in units of the range, above 0; nil for the network's own.
    public var std: NumberList?
    /// Whether the network takes blue, green, red.
    public var bgr = false
    /// Values of an .onnx network's other inputs.
    public var input: [InputAssignment] = []

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("model", \.model, "name", "A network, or an .onnx file; `lucid models list` has the networks' names, and a name may say which weights: resnet50:IMAGENET1K_V1. (default: squeezenet1_1)")
        Setting("weights", \.weights, "file", "A file of your own weights for the network's architecture: .safetensors, .pth or .pt.").reading()
        Setting("weights-key", \.weightsKey, "key", "Which weights, where the file holds several sets, e.g. state_dict_ema; `lucid info FILE` lists them.")
        Setting("labels", \.labels, "file", "The classes' names: a file with a name a line, a .csv of numbers and names, or JSON such as imagenet_class_index.json.").reading()
        Setting("range", \.range, "low,high", "The network's values for black and white, e.g. 0,255 or -1,1; mean and deviation are then 0 and 1 unless given.", Rule("two numbers that differ, e.g. 0,255") { $0.numbers.count == 2 && $0.numbers[0] != $0.numbers[1] })
        Setting("mean", \.mean, "a,b,c", "The mean that is subtracted from each channel, in units of the range and in the network's order of channels; one number is for all.")
        Setting("std", \.std, "a,b,c", "The deviation that each channel is then divided by, likewise.", Rule("above 0") { $0.numbers.allSatisfy { $0 > 0 } })
        Setting("bgr", flag: \.bgr, "The network takes blue, green, red.")
        Setting("input", list: \.input, "name=value", "Another input of an .onnx network than the picture, and its value: zeros, an .npy file, or a picture; may be repeated.")
    }

    /// The network that is asked for.
    ///
    /// - Parameter size: of the picture in pixels, for a graph in a file that leaves it open.
    public func request(size: PictureSize? = nil) -> ModelRequest {
        var change = PreprocessingChange()
        change.range = range?.numbers
        change.mean = mean?.numbers
        change.std = std?.numbers
        change.bgr = bgr
        var request = ModelRequest(
            name: model, weights: weights, weightsKey: weightsKey, labels: labels, size: size?.networkSize, preprocessing: change)
        request.inputs = input.map(\.given)
        return request
    }
}
