import Images
import Networks
import Tensors

/// How numbers are computed, which changes their rounding and nothing else.
public struct NumericSettings: SettingGroup {
    /// The algorithms that convolutions may use.
    public var convolution = ConvolutionChoice.auto
    /// Whether fixed kernels are used, with the same bytes on every x86-64 machine that has AVX2.
    public var reproducible = false

    public init() {}

    /// The kernels that a plan is computed with.
    public var profile: NumericProfile? { reproducible ? .x86v3 : nil }

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("convolution", \.convolution, "name", "How convolutions are computed: auto (the fastest way for each) or plain.")
        Setting("reproducible", flag: \.reproducible, "Compute with fixed kernels, so that every x86-64 machine with AVX2 draws the same bytes; somewhat slower where there is AVX-512.")
    }
}

extension NumericSettings {
    /// These settings as those of a larger group, whose plans hold their values.
    static func lifted<Whole: SettingGroup>(
        _ part: WritableKeyPath<Whole, Self> & Sendable, convolution: @escaping @Sendable (Whole.PlanType) -> ConvolutionChoice,
        isReproducible: @escaping @Sendable (Whole.PlanType) -> Bool
    ) -> [Setting<Whole>] {
        settings.map { setting in
            let lifted = setting.lifted(part)
            return setting.kind == .flag ? lifted.flag(isReproducible) : lifted.field { convolution($0) }
        }
    }
}

/// How large the pictures may be that are read.
public struct ReadingSettings: SettingGroup {
    /// Pixels of the largest picture that is read.
    public var maxPixels = Picture.defaultMaximumPixels

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("max-pixels", \.maxPixels, "n", "The largest picture that is read, in pixels.", .at(least: 1))
    }
}
