import Images
import Networks
import Tensors
import Visualization

/// A picture, or several that are drawn together, in the making.
protocol PictureProcess: Sendable {
    /// The plan of the records.
    var plan: Plan { get }
    var stepsDone: Int { get }
    /// The score has stopped rising, as the plan's criterion has it.
    var hasConverged: Bool { get }
    /// No step had a gradient that was not zero everywhere.
    var isDead: Bool { get }
    /// The share of all work that the steps so far have been, 0…1; nil where all steps take the same time.
    var workDone: Double? { get }
    /// The pictures' that are shown.
    var depth: Picture.BitDepth { get set }
    /// One step.
    /// - Returns: the score before it.
    mutating func step() throws(RenderError) -> Float
    /// The pictures as they stand.
    ///
    /// - Parameter isLast: they are finished, and may have other extents than on the way.
    func pictures(isLast: Bool) throws(RenderError) -> PictureState
    /// How good the finished pictures are.
    func rating(of state: PictureState) throws(RenderError) -> PictureRating
}

/// Pictures at some step.
struct PictureState: Sendable {
    /// As the network takes them, `[channels, height, width]` in 0…1.
    var tensors: [Tensor]
    /// As they are written, `[channels, height, width]` in 0…1, an opacity as the last channel.
    var values: [Tensor]
    /// As files show them.
    var shown: [Picture]
    /// The objective on them, without transforms.
    var score: Float
    /// The plan as records have it.
    var plan: Plan
}

/// How good finished pictures are.
struct PictureRating: Sendable {
    /// "mean activation 5.21 (4.98 under transforms), 0.4 % clipped; channel 5 is the strongest of 384 on this picture"
    var text: String
    /// Its mean over draws of the transforms.
    var scoreWithTransforms: Float?
    /// The unit's place among its layer's channels.
    var rank: Renderer.Rank?
    /// Other numbers, by name.
    var measures: [String: Float]?
}

/// A picture from noise or from another picture.
struct RenderProcess: PictureProcess {
    var renderer: Renderer
    let colours: Int
    var depth = Picture.BitDepth.eight

    var plan: Plan { .picture(renderer.plan) }
    var stepsDone: Int { renderer.stepsDone }
    var hasConverged: Bool { renderer.hasConverged }
    var isDead: Bool { renderer.stepsDone > 0 && !renderer.isAlive }
    var workDone: Double? { nil }

    mutating func step() throws(RenderError) -> Float { try renderer.step() }

    func pictures(isLast: Bool) throws(RenderError) -> PictureState {
        let tensors = renderer.pictures()
        var plan = renderer.plan
        if !isLast { plan.outputSize = nil }
        let values = renderer.shown(size: plan.outputSize.map { ($0.height, $0.width) })
        let shown = values.map { picture in
            renderer.drawsGrey ? Picture(picture.withoutColours, colours: 1, depth: depth) : Picture(picture, colours: colours, depth: depth)
        }
        return PictureState(tensors: tensors, values: values, shown: shown, score: try renderer.score(of: tensors), plan: .picture(plan))
    }

    func rating(of state: PictureState) throws(RenderError) -> PictureRating {
        let isAlone = renderer.plan.count == 1
        let under = renderer.scoreWithTransforms(of: state.tensors)
        let rank = isAlone ? try renderer.rank(on: state.tensors[0]) : nil
        let clipped = state.tensors.map(\.clippedShare).reduce(0, +) / Float(state.tensors.count)
        let text =
            "\(state.plan.measure) \(rounded(Double(state.score), 2)) (\(rounded(Double(under), 2)) under transforms), \(rounded(Double(100 * clipped), 1)) % clipped"
        let standing = rank.map { "; " + $0.sentence(classNames: renderer.model.classNames, lowers: renderer.plan.objective.hasPrefix("-")) }
        return PictureRating(text: text + (standing ?? ""), scoreWithTransforms: under, rank: rank, measures: ["clipped": clipped])
    }
}

extension Tensor {
    /// The first of three equal channels, and the opacity behind them where there is one.
    fileprivate var withoutColours: Tensor {
        let (area, elements) = (shape.area, elements)
        let opacity = shape.channels == 4 ? Array(elements[3 * area..<4 * area]) : []
        return Tensor(Shape(opacity.isEmpty ? 1 : 2, shape.height, shape.width), Array(elements[..<area]) + opacity)
    }

    /// The share of a picture's numbers that are black or white: within 8 of 255 steps of 0 or 1. Photographs have about 0.09; more
    /// than that is contrast that a screen cannot show, and that raises the score nevertheless.
    fileprivate var clippedShare: Float {
        let margin: Float = 8 / 255
        return withElements { values in Float(values.count { $0 < margin || $0 > 1 - margin }) / Float(max(values.count, 1)) }
    }
}

extension Renderer.Rank {
    /// "channel 5 is the 3rd strongest of 384 on this picture (327 is first)"
    ///
    /// - Parameters:
    ///   - classNames: the network's, for a unit that is a class.
    ///   - lowers: whether the picture was drawn to make the unit weak.
    func sentence(classNames: [String]?, lowers: Bool) -> String {
        let (place, first) = lowers ? (placeFromBelow, weakest) : (self.place, strongest)
        let names = isOfClasses ? classNames : nil
        func name(_ index: Int) -> String? { names.map { String($0[index].prefix { $0 != "," }) } }
        let unit = name(channel) ?? (isOfClasses ? "class \(channel)" : "channel \(channel)")
        let extreme = lowers ? "weakest" : "strongest"
        let standing = place == 1 ? extreme : "\(ordinal(place)) \(extreme)"
        let other = place == 1 ? "" : " (\(name(first) ?? "\(first)") is first)"
        return "\(unit) is the \(standing) of \(channels)\(isOfClasses ? " classes" : "") on this picture\(other)"
    }
}

/// A rank for scripts: with the names of the strongest and the weakest class where the channels are classes.
struct NamedRank: Encodable, Sendable {
    private let rank: Renderer.Rank
    private let strongestLabel: String?
    private let weakestLabel: String?

    init(_ rank: Renderer.Rank, _ classNames: [String]?) {
        self.rank = rank
        func label(_ index: Int) -> String? { rank.isOfClasses && classNames?.indices.contains(index) == true ? classNames?[index] : nil }
        (strongestLabel, weakestLabel) = (label(rank.strongest), label(rank.weakest))
    }

    private enum CodingKeys: CodingKey { case strongestLabel, weakestLabel }

    func encode(to encoder: any Encoder) throws {
        try rank.encode(to: encoder)
        var own = encoder.container(keyedBy: CodingKeys.self)
        try own.encodeIfPresent(strongestLabel, forKey: .strongestLabel)
        try own.encodeIfPresent(weakestLabel, forKey: .weakestLabel)
    }
}

/// A dream or a transfer of style, in the photograph's opacity and depth.
struct PhotographPicture<Process: PhotographProcess>: PictureProcess {
    var process: Process
    let plan: Plan
    /// The photograph's, in the result's size; files keep it.
    let opacity: Tensor?
    var depth: Picture.BitDepth
    let rate: @Sendable (Process, Tensor) throws(RenderError) -> (text: String, measures: [String: Float])

    var stepsDone: Int { process.stepsDone }
    var hasConverged: Bool { false }
    var isDead: Bool { false }
    var workDone: Double? { process.workDone }

    mutating func step() throws(RenderError) -> Float { try process.step() }

    func pictures(isLast: Bool) throws(RenderError) -> PictureState {
        let picture = process.picture()
        return PictureState(
            tensors: [picture], values: [picture], shown: [Picture.made(picture, opacity: opacity, depth: depth)], score: try process.score(of: picture), plan: plan)
    }

    func rating(of state: PictureState) throws(RenderError) -> PictureRating {
        let (text, measures) = try rate(process, state.tensors[0])
        return PictureRating(text: text, measures: measures)
    }
}
