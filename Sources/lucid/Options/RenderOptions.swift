import ArgumentParser
import Networks
import Visualization

/// How a picture is drawn: everything that goes into its plan beside the objective.
struct RenderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pixels on a side, or WIDTHxHEIGHT. (default: 224, or the one size that the network takes)", valueName: "n"))
    var size: PictureSize?

    @Option(help: ArgumentHelp("Steps uphill.", valueName: "n"))
    var steps = 512

    @Option(help: ArgumentHelp("Seed of all random numbers; the same seed gives the same bytes.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: "How the picture is written in numbers: fft or pixel.")
    var param = ParameterizationName.fft

    @Option(help: ArgumentHelp("How fast the amplitudes of the fft picture fall with frequency.", valueName: "p"))
    var decayPower: Float = 1

    @Flag(help: "Optimise plain RGB instead of decorrelated colours.")
    var noDecorrelate = false

    @Option(help: "What is done to the picture at each step: none, lucid, or a list such as \"pad(12) jitter(8) scale(0.9...1.1) rotate(-10...10) noise(0.02) flip\".")
    var transforms = "lucid"

    @Option(help: "adam or sgd.")
    var optimizer = OptimizerName.adam

    @Option(help: ArgumentHelp("The optimizer's step. (default: adam 0.07, sgd 0.05)", valueName: "r"))
    var learningRate: Float?

    @Option(help: "How the learning rate changes: constant, cosine (to nothing), or settle (constant, then cosine in the last quarter).")
    var schedule = ScheduleName.settle

    @Option(help: "Gradient of rectifiers in the first 16 steps: redirected, plain, guided or linear.")
    var relu = RectifierGradient.redirected

    @Option(help: ArgumentHelp("Weight of the total variation, a penalty on noise.", valueName: "w"))
    var tv: Float = 0

    @Flag(help: "Draw what lowers the score instead of what raises it.")
    var negative = false

    @Option(help: "How convolutions are computed: auto (the fastest for each) or plain.")
    var convolution = ConvolutionChoice.auto

    func validate() throws {
        guard steps >= 0, steps <= 10_000_000 else { throw ValidationError("--steps must be 0 to 10000000, not \(steps)") }
        guard decayPower.isFinite, abs(decayPower) <= 10 else {
            throw ValidationError("--decay-power must be −10 to 10, not \(decayPower)")
        }
        if let rate = learningRate, !(rate.isFinite && rate > 0) {
            throw ValidationError("--learning-rate must be above 0, not \(rate)")
        }
        guard tv.isFinite else { throw ValidationError("--tv must be a number") }
    }

    /// The plan for one objective.
    func plan(_ objective: Objective, model: Model) throws(Failure) -> RenderPlan {
        var chain: TransformChain
        do {
            chain = try TransformChain(parsing: transforms)
        } catch {
            throw .usage("--transforms: \(error)")
        }
        var objective = negative ? -objective : objective
        if tv != 0 { objective = objective - tv * .totalVariation() }
        let only = objective.onlySize(in: model.network)
        let size = self.size ?? only.map { PictureSize(width: $0.width, height: $0.height) } ?? .standard
        if let only { chain = chain.fitted(to: only, from: size.networkSize) }
        return RenderPlan(
            model: model.name, weights: model.weightsSHA256, objective: objective.text, width: size.width,
            height: size.height, steps: steps, seed: seed, parameterization: param, decayPower: decayPower,
            decorrelate: !noDecorrelate, transforms: chain.text, optimizer: optimizer, learningRate: learningRate,
            schedule: schedule, rectifier: relu, convolution: convolution)
    }
}

/// "224", or "640x480" for width and height.
struct PictureSize: ExpressibleByArgument, CustomStringConvertible {
    var width: Int
    var height: Int

    /// What is meant if nothing is said.
    static let standard = PictureSize(width: 224, height: 224)

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    var networkSize: Network.Size { Network.Size(height: height, width: width) }

    init?(argument: String) {
        let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard let width = numbers[0], let height = numbers.last!, numbers.count <= 2,
            (1...1_000_000).contains(width), (1...1_000_000).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    var description: String { width == height ? "\(width)" : "\(width)x\(height)" }
    var defaultValueDescription: String { description }
}

extension ParameterizationName: ExpressibleByArgument {}
extension OptimizerName: ExpressibleByArgument {}
extension ScheduleName: ExpressibleByArgument {}
extension RectifierGradient: ExpressibleByArgument {}
extension ConvolutionChoice: ExpressibleByArgument {}
