import Tensors

/// A way to write one picture in numbers for an optimizer: from parameters to the values before the colour map. Any canvas can
/// draw any picture, but each leads the optimizer to other ones.
///
/// A new canvas is one type with a name, a help text and defaults of its own, and one line in
/// `ParameterizationName.canvases`.
public protocol Canvas: Sendable {
    /// The name in plans.
    static var name: String { get }
    /// How the picture is written, in one line.
    static var help: String { get }
    /// Abilities that only some canvases have.
    static var traits: CanvasTraits { get }
    /// The optimizer where none is named.
    static var defaultOptimizer: OptimizerChoice { get }
    /// The bound of a picture from noise, where none is said.
    static var usualBound: SpectrumLimits? { get }
    /// Values that a step holds for each pixel, beside the picture itself and its gradient.
    static var scratchPerPixel: Int { get }
    /// The learning rate where none is given.
    static func defaultLearningRate(of optimizer: OptimizerChoice) -> Float

    /// Takes what it needs of the settings, and ignores the rest.
    init(_ settings: CanvasSettings)

    /// Parameters to start from: a picture near mid grey.
    func initial(using generator: inout RandomGenerator) -> Tensor

    /// The values `[channels, height, width]` that the parameters stand for.
    func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor>

    /// The same values for a finished picture, which needs no way back.
    func output(from parameters: Tensor, workers: Workers) -> Tensor

    /// The parameters that come nearest to given values.
    ///
    /// - Parameter isInterrupted: asked now and then by a canvas that takes long.
    /// - Returns: nil if it was interrupted.
    func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor?

    /// The parameters of the same picture as a smaller canvas's; nil from a canvas without the trait `stages`.
    func parameters(from parameters: Tensor, of smaller: any Canvas, workers: Workers) -> Tensor?
}

extension Canvas {
    public static var traits: CanvasTraits { [] }
    public static var defaultOptimizer: OptimizerChoice { .adam }
    public static var usualBound: SpectrumLimits? { nil }
    public static var scratchPerPixel: Int { 0 }
    public static func defaultLearningRate(of optimizer: OptimizerChoice) -> Float { optimizer.defaultLearningRate }
    public func output(from parameters: Tensor, workers: Workers) -> Tensor { values(from: parameters, workers: workers).output }
    public func parameters(from parameters: Tensor, of smaller: any Canvas, workers: Workers) -> Tensor? { nil }
}

/// Abilities that only some canvases have.
public struct CanvasTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Amplitudes fall with frequency to a power that can be set.
    public static let decayPower = CanvasTraits(rawValue: 1)
    /// The magnitudes of the spectrum can be set.
    public static let spectrum = CanvasTraits(rawValue: 2)
    /// The same parameters can be drawn at any size.
    public static let anySize = CanvasTraits(rawValue: 4)
    /// Finished pictures show the parts that mattered as opaque, so that they have no opacity of their own.
    public static let importanceAsOpacity = CanvasTraits(rawValue: 8)
    /// Contrast can be bounded by that of photographs: the spectrum's, or the whole picture's.
    public static let spectrumBound = CanvasTraits(rawValue: 16)
    /// A small picture can be taken over by a larger canvas, so that a picture is drawn from coarse to fine.
    public static let stages = CanvasTraits(rawValue: 32)
}

/// The extents of a canvas, and the numbers that some canvases take.
public struct CanvasSettings: Sendable {
    /// Channels of the values: the picture's, and one more for the opacity.
    public var channels: Int
    /// Rows of the picture.
    public var height: Int
    /// Columns of the picture.
    public var width: Int
    /// Amplitudes fall with frequency to this power (`CanvasTraits.decayPower`).
    public var decayPower: Float
    /// The power changes the energy as well (`CanvasTraits.decayPower`).
    public var plainDecay: Bool
    /// Magnitudes by frequency (`CanvasTraits.spectrum`).
    public var spectrum: MagnitudeSpectrum
    /// Whether it starts from a given picture instead of noise.
    public var startsFromPicture: Bool
    /// The most that each channel's spectrum may hold, in root mean square of the values (`CanvasTraits.spectrumBound`); nil
    /// for no bound.
    public var spectrumBound: [Float]?

    /// A picture from noise without a bound, whose energy does not depend on the decay, where nothing else is said.
    public init(
        channels: Int, height: Int, width: Int, decayPower: Float = 1, plainDecay: Bool = false,
        spectrum: MagnitudeSpectrum = .natural, startsFromPicture: Bool = false, spectrumBound: [Float]? = nil
    ) {
        self.spectrumBound = spectrumBound
        self.channels = channels
        self.height = height
        self.width = width
        self.decayPower = decayPower
        self.plainDecay = plainDecay
        self.spectrum = spectrum
        self.startsFromPicture = startsFromPicture
    }
}

/// The name of a canvas in a plan.
public struct ParameterizationName: CodableByText, CaseIterable, Hashable, Sendable {
    /// Every canvas, in the order in which help shows them.
    public static let canvases: [any Canvas.Type] = [
        FourierImage.self, PixelImage.self, LaplacianPyramid.self, PatternNetwork.self, FixedMagnitudeImage.self,
    ]

    public static var allCases: [ParameterizationName] { canvases.map(ParameterizationName.init) }

    /// The canvas's type.
    public let canvas: any Canvas.Type

    /// - Parameter canvas: one of `canvases`.
    public init(_ canvas: any Canvas.Type) { self.canvas = canvas }

    /// - Returns: nil if no canvas has this name.
    public init?(_ description: String) {
        guard let canvas = Self.canvases.first(where: { $0.name == description }) else { return nil }
        self.init(canvas)
    }

    public var description: String { canvas.name }

    public static func == (left: ParameterizationName, right: ParameterizationName) -> Bool { left.canvas == right.canvas }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(canvas)) }
}
