import Images
import Networks
import Tensors

/// How numbers are computed, which changes their rounding and nothing else; and how large the pictures may be that are read.
public struct NumericSettings: SettingGroup {
    public var convolution = ConvolutionChoice.auto
    public var reproducible = false

    public init() {}

    /// The kernels that a plan is computed with.
    public var profile: NumericProfile? { reproducible ? .x86v3 : nil }

    public static let settings: [Setting<Self>] = [
        Setting("convolution", \.convolution, "How convolutions are computed: auto (the fastest way for each) or plain."),
        Setting("reproducible", flag: \.reproducible, "Compute with fixed kernels, so that every x86-64 machine with AVX2 draws the same bytes; somewhat slower where there is AVX-512."),
    ]
}

/// How large the pictures may be that are read.
public struct ReadingSettings: SettingGroup {
    public var maxPixels = Picture.defaultMaximumPixels

    public init() {}

    public static let settings: [Setting<Self>] = [
        Setting("max-pixels", \.maxPixels, "The largest picture that is read, in pixels.", .at(least: 1))
    ]
}
