import Networks
import Tensors

/// Everything that tuning curves depend on.
public struct TuningPlan: Sendable, Codable, Equatable {
    /// The network's name in the catalogue, or as its file gives it.
    public var model: String
    /// SHA-256 of the network's weights.
    public var weights: String
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
    /// The algorithms that convolutions may use: their rounding differs.
    public var convolution = ConvolutionChoice.auto
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// The node whose channels are shown the stimuli.
    public var layer: String
    /// Ascending.
    public var channels: [Int]
    /// Light less dark over light and dark, of the stimuli.
    public var contrast: Float = 0.5

    init(_ model: Model, layer: String, channels: [Int]) {
        (self.model, weights, self.layer, self.channels) = (model.name, model.weightsSHA256, layer, channels)
        preprocessing = model.hasItsOwnPreprocessing ? nil : model.preprocessing
    }

    /// "5", "0-15", "3,7-9"
    var index: String {
        var ranges: [ClosedRange<Int>] = []
        for channel in channels {
            if let last = ranges.last, last.upperBound + 1 == channel { ranges[ranges.count - 1] = last.lowerBound...channel } else { ranges.append(channel...channel) }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    /// "layer:5", or how many channels of a layer.
    var subject: String { channels.count == 1 ? "\(layer):\(channels[0])" : "\(layer) (\(channels.count) channels)" }
}

/// How stimuli are shown.
public struct TuningSettings: SettingGroup {
    /// Michelson contrast of the stimuli, 0.01…0.7; beyond 1/√2 the strongest colours would leave 0…1.
    public var contrast: Float = 0.5
    /// The algorithms and kernels of the network's passes.
    public var numerics = NumericSettings()

    public init() {}

    public typealias PlanType = TuningPlan

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        // Colours are √2 times as far from grey in their strongest channel, and 1 is as far as there is.
        Setting("contrast", \.contrast, "c", "Contrast of the stimuli: light less dark, over both.", .from(0.01, to: 0.7), in: \.contrast)
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
    }
}
