import ArgumentParser
import Studio

/// How a dream is made.
struct DreamOptions: ParsableArguments {
    @Option(DreamSettings["layer"]) var layer: [String] = []
    @Option(DreamSettings["channel"]) var channel: String?
    @Option(DreamSettings["guide"]) var guide: String?
    @Flag(DreamSettings["from-noise"]) var fromNoise = false
    @Option(DreamSettings["size"]) var size: String?
    @Option(DreamSettings["iterations"]) var iterations: String?
    @Option(DreamSettings["strength"]) var strength: String?
    @Option(DreamSettings["seed"]) var seed: String?
    @OptionGroup(visibility: .further) var further: FurtherDreamOptions
}

/// The finer points of a dream.
struct FurtherDreamOptions: ParsableArguments {
    @Option(DreamSettings["octaves"]) var octaves: String?
    @Option(DreamSettings["mask"]) var mask: String?
    @Option(DreamSettings["octave-scale"]) var octaveScale: String?
    @Option(DreamSettings["step"]) var step: String?
    @Option(DreamSettings["jitter"]) var jitter: String?
    @Option(DreamSettings["tv"]) var tv: String?
    @Option(DreamSettings["memory"]) var memory: String?
    @Option(DreamSettings["tile"]) var tile: String?
    @Option(DreamSettings["relu"]) var relu: String?
    @Option(DreamSettings["pool-gradient"]) var poolGradient: String?
    @OptionGroup var numerics: NumericOptions
}

/// How a dream moves.
struct MovingOptions: ParsableArguments {
    @Option(MovingSettings["zoom"]) var zoom: String?
    @Option(MovingSettings["frames"]) var frames: String?
    @OptionGroup(visibility: .further) var further: FurtherMovingOptions
}

/// The finer points of moving.
struct FurtherMovingOptions: ParsableArguments {
    @Option(MovingSettings["blend"]) var blend: String?
    @Option(MovingSettings["rate"]) var rate: String?
}

/// How a style is taken on.
struct StyleOptions: ParsableArguments {
    @Option(StyleSettings["size"]) var size: String?
    @Option(StyleSettings["steps"]) var steps: String?
    @Option(StyleSettings["style-weight"]) var styleWeight: String?
    @Option(StyleSettings["content-weight"]) var contentWeight: String?
    @Option(StyleSettings["blend"]) var blend: String?
    @Option(StyleSettings["style-scale"]) var styleScale: String?
    @Flag(StyleSettings["keep-colors"]) var keepColors = false
    @Option(StyleSettings["mask"]) var mask: [String] = []
    @Option(StyleSettings["seed"]) var seed: String?
    @OptionGroup(visibility: .further) var further: FurtherStyleOptions
}

/// The finer points of a style.
struct FurtherStyleOptions: ParsableArguments {
    @Option(StyleSettings["method"]) var method: String?
    @Option(StyleSettings["stages"]) var stages: String?
    @Flag(StyleSettings["from-noise"]) var fromNoise = false
    @Option(StyleSettings["start"]) var start: String?
    @Option(StyleSettings["tv"]) var tv: String?
    @Option(StyleSettings["content-layer"]) var contentLayer: [String] = []
    @Option(StyleSettings["style-layer"]) var styleLayer: [String] = []
    @Option(StyleSettings["optimizer"]) var optimizer: String?
    @Option(StyleSettings["learning-rate"]) var learningRate: String?
    @Option(StyleSettings["pool-gradient"]) var poolGradient: String?
    @OptionGroup var numerics: NumericOptions
}
