import Films
import Networks
import Visualization

/// How a dream is made: everything that goes into its plan beside the network and the photograph.
public struct DreamSettings: SettingGroup {
    /// Layers whose energy rises, with their shares; none for one about two thirds of the way.
    public var layers: [LayerShare] = []
    /// Channels that are raised instead of the layer's energy; nil for the energy.
    public var channel: IndexList?
    /// A picture whose things are dreamt of; nil for none.
    public var guide: String?
    /// Whether it begins from noise.
    public var fromNoise = false
    /// The result's extents in pixels; nil for the photograph's own, or 512 from noise.
    public var size: PictureSize?
    /// Sizes to go through, 1…32; nil for 4, fewer for small pictures.
    public var octaves: Int?
    /// From one size to the next, above 1.
    public var octaveScale: Float = 1.4
    /// Steps at each size; nil for 10, or 40 from noise.
    public var iterations: Int?
    /// In 255ths of the range of a pixel.
    public var step: Float = 1.5
    /// Pixels by which the picture is rolled at most before each step.
    public var jitter = 32
    /// The share of the difference to the photograph that is kept.
    public var strength: Float = 1
    /// Weight of the total variation, which smooths; the dream itself pulls with 1.
    public var tv: Float = 0
    /// A picture that is white where the dream goes; nil for everywhere.
    public var mask: String?
    /// Seed of the rolling and the noise.
    public var seed: UInt64 = 0
    /// Memory to stay within; larger pictures are seen in tiles.
    public var memory = MemorySize.standard
    /// The side of tiles in pixels; nil for what the memory allows.
    public var tile: Int?
    /// The gradient of rectifiers.
    public var relu = RectifierGradient.plain
    /// Where max pooling sends its gradient.
    public var poolGradient = PoolGradient.winner
    /// The kernels that the dream is computed with.
    public var numerics = NumericSettings()

    public init() {}

    public typealias PlanType = DreamPlan

    private static let stepRule = Rule<Float>("above 0 and at most 255") { $0 > 0 && $0 <= 255 }

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", list: \.layers, "name[=share]", "A layer whose energy rises, e.g. features.8=0.5; it may have a share, and several are balanced so that equal shares pull equally. (default: one about two thirds of the way)")
        Setting("channel", \.channel, "i", "Raise these channels of the layer, not its energy.").called("index")
        Setting("guide", \.guide, "picture", "Dream of the things that this picture shows.").reading()
        Setting("from-noise", flag: \.fromNoise, "Begin from noise instead of a photograph.")
        Setting("size", \.size, "n", "The longer side in pixels, or WIDTHxHEIGHT. (default: the photograph's own size; 512 from noise)")
        Setting("octaves", \.octaves, "n", "Sizes to go through. (default: 4, fewer for small pictures)", .from(1, to: 32), in: \.octaves)
        Setting("octave-scale", \.octaveScale, "s", "From one size to the next.", Rule("above 1 and at most 8") { $0 > 1 && $0 <= 8 }, in: \.octaveScale)
        Setting("iterations", \.iterations, "n", "Steps at each size. (default: 10; 40 from noise)", .from(0, to: 100_000), in: \.iterations).called("steps")
        Setting("step", \.step, "x", "The mean change of a step, of 255.", stepRule).field(stepRule) { $0.stepSize * 255 }
        Setting("jitter", \.jitter, "n", "Pixels by which the picture is rolled at most before each step.", .from(0, to: 100_000), in: \.jitter)
        Setting("strength", \.strength, "x", "How much of the dream is kept; 0.5 is half way to the photograph.", .from(-100, to: 100), in: \.strength)
        Setting("tv", \.tv, "w", "Weight of the total variation, which smooths; the dream itself pulls with 1.", .from(0, to: 1000), in: \.totalVariation)
        Setting("mask", \.mask, "picture", "Dream only where this picture is white.").reading()
        Setting("seed", \.seed, "n", "Seed of the rolling and the noise.", in: \.seed)
        Setting("memory", \.memory, "size", "Memory to stay within, e.g. 2GB; larger pictures are seen in tiles.")
        Setting("tile", \.tile, "n", "The side of tiles in pixels, instead of what the memory allows.", .from(256, to: 65_536), ifIn: \.tile)
        Setting("relu", \.relu, "name", "Gradient of rectifiers: plain, redirected, guided, deconvolution or linear.", in: \.rectifier)
        Setting("pool-gradient", \.poolGradient, "name", "Where max pooling sends its gradient: to the winner (the derivative), or to the average of the window.", in: \.poolGradient)
        NumericSettings.lifted(\.numerics, convolution: { $0.convolution }, isReproducible: { $0.profile != nil })
    }

    public func check() throws(Problem) {
        if channel != nil, layers.count != 1 { throw .usage("\(setting: "channel") goes with one \(setting: "layer")") }
        if channel != nil, guide != nil { throw .usage("\(setting: "channel") and \(setting: "guide") exclude each other") }
    }

    /// The layer of these settings that file names tell.
    func layerName(of model: Model) -> String { layers.first?.name ?? Self.usualLayer(of: model) }

    /// The layer that is dreamt of where none is named.
    static func usualLayer(of model: Model) -> String {
        if let layer = model.architecture?.dreamLayer { return layer }
        let stages = model.network.stages
        return stages[stages.count * 2 / 3].node
    }
}

/// How a dream moves: a flight into it, or the frames of a film.
public struct MovingSettings: SettingGroup {
    /// The enlargement from frame to frame of a flight, above 1; nil for no flight.
    public var zoom: Float?
    /// Frames of the flight; nil for the usual number.
    public var frames: Int?
    /// The share of a frame's dream that moves on into the next one, 0…0.99; nil for the usual one.
    public var blend: Float?
    /// Frames a second; nil for the film's own, or the usual rate.
    public var rate: Double?

    public init() {}

    /// The share of a frame's dream that moves on into the next one where nothing is said.
    public static let standardBlend: Float = 0.85
    /// The frames of a flight where nothing is said.
    public static let standardFrames = 100

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("zoom", \.zoom, "s", "Fly into the dream; each frame is enlarged by this, and dreamt on.", Rule("above 1 and at most 4") { $0 > 1 && $0 <= 4 })
        Setting("frames", \.frames, "n", "Frames of the flight. (default: \(standardFrames))", .from(1, to: 100_000))
        Setting("blend", \.blend, "share", "For films and folders of frames: the share of a frame's dream that moves on into the next one; 0 dreams each anew. (default: \(standardBlend))", .from(0, to: 0.99))
        Setting("rate", \.rate, "n", "Frames a second. (default: those of the film, otherwise \(Int(FrameWriter.defaultRate)))", .from(FrameWriter.rates.lowerBound, to: FrameWriter.rates.upperBound))
    }
}
