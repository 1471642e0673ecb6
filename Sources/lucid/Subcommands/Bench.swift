import ArgumentParser
import FoundationEssentials
import Networks
import Tensors
import Visualization

/// `lucid bench`
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a step on this machine: forward to a layer, the mean of channel 5, the gradient back to the image.",
        discussion: """
            GFLOP/s count what a direct convolution would compute, two operations a multiply-add, so that a better
            algorithm shows as more of them. The peak is this machine's own sgemm on as many threads. "around it" is what a
            step of a render with Lucid's transforms does besides: the picture, its transforms, the optimizer.

            An architecture whose weights are not here is timed with weights that nobody trained: time does not depend on
            their values. A concatenation passes early channels on from far before it, so name a late one there.

            Example: lucid bench vgg16:features.10 resnet50:layer3 densenet121:features.denseblock3:1023 --threads 2
            """)

    @Argument(help: "MODEL:LAYER or MODEL:LAYER:CHANNEL; without any, the standard cases.") var cases: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels on a side, 1 to 1000000, or WIDTHxHEIGHT.", valueName: "n")) var size = PictureSize(width: 224, height: 224)
    @Option(parsing: .unconditional, help: ArgumentHelp("Timed steps of each case.", valueName: "n")) var steps = 15
    @Option(help: "How convolutions are computed: auto or plain.") var convolution = ConvolutionChoice.auto
    @Flag(help: "Time every layer of the cases alone instead, forward and back.") var byLayer = false
    @OptionGroup var running: RunOptions

    private static let standardCases = [
        "squeezenet1_1:features.3", "squeezenet1_1:features.10", "vgg16:features.10", "vgg16:features.28",
    ]
    private static let warmUpSteps = 2
    private static let channel = 5

    /// What `--json` prints of one case.
    private struct Result: Encodable {
        let `case`: String
        let size: String
        let batch: Int
        let threads: Int
        let median_ms: Double
        let min_ms: Double
        let gflops: Double
        let share_of_peak: Double
        let peak_mb: Double
        /// What a step of a render with Lucid's transforms does beside the network.
        let around_ms: Double
    }

    func validate() throws {
        guard (1...100_000).contains(steps) else { throw ValidationError("--steps must be 1 to 100000") }
    }

    func run() throws {
        let workers = running.workers
        let peak = sgemmPeak(workers)
        if byLayer { return try timeLayers(workers: workers, peak: peak) }
        var table = Table(["case", "median", "fastest", "GFLOP/s", "of peak", "peak memory", "around it"])
        for name in cases.isEmpty ? Self.standardCases : cases {
            let result = try time(name, workers: workers, peak: peak)
            if running.json {
                try standardOutput(json(result))
            } else {
                table.add([
                    name, "\(rounded(result.median_ms, 1)) ms", "\(rounded(result.min_ms, 1)) ms",
                    rounded(result.gflops, 0), "\(rounded(100 * result.share_of_peak, 0)) %",
                    "\(rounded(result.peak_mb, 0)) MB", "\(rounded(result.around_ms, 1)) ms",
                ])
            }
        }
        if !running.json {
            try standardOutput(table.text)
            try standardOutput(
                "\(size), \(workers.count) threads, \(instructionSet), sgemm peak \(rounded(peak, 0)) GFLOP/s")
        }
    }

    /// One case, cut to what it asks for.
    private struct Case {
        let layer: LayerName
        let network: PreparedNetwork
        let image: Tensor
    }

    private func prepare(_ name: String) throws(Failure) -> Case {
        let parts = name.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 2 || parts.count == 3 && Int(parts[2]) != nil else {
            throw .usage("\"\(name)\" is not MODEL:LAYER or MODEL:LAYER:CHANNEL")
        }
        let channel = parts.count == 3 ? Int(parts[2])! : Self.channel
        let model = try ModelOptions.loadGraph(parts[0])
        do {
            let layer = try model.network.layer(named: parts[1])
            guard 0..<model.network.channels(of: layer) ~= channel else {
                throw Failure.usage("\(name): there is no channel \(channel)")
            }
            let network = try PreparedNetwork(
                model.network, demands: [layer: .channels([channel])], preprocessing: model.preprocessing,
                convolution: convolution)
            try network.check(height: size.height, width: size.width)
            var generator = RandomGenerator(seed: 0)
            let shape = Shape(3, size.height, size.width)
            let image = Tensor(shape, (0..<shape.count).map { _ in generator.uniform() })
            return Case(layer: layer, network: network, image: image)
        } catch let error as WeightsError {
            throw Failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .usage("\(name): \(error)")
        }
    }

    /// `--by-layer`
    private func timeLayers(workers: Workers, peak: Double) throws(Failure) {
        /// What `--json` prints of one layer.
        struct LayerResult: Encodable {
            let `case`: String
            let layer: String
            let kind: String
            let forward_ms: Double
            let backward_ms: Double
            let share_of_peak: Double
        }
        var table = Table(["layer", "kind", "output", "forward", "back", "GFLOP/s", "of peak"])
        for name in cases.isEmpty ? Self.standardCases : cases {
            let item = try prepare(name)
            for step in item.network.profile(item.image, Pass(workers: workers), rounds: steps) {
                let (forward, backward) = (seconds(step.forward) * 1000, seconds(step.backward) * 1000)
                let gflops = 4 * Double(step.multiplyAdds) / ((forward + backward) * 1e6)
                if running.json {
                    try standardOutput(
                        json(
                            LayerResult(
                                case: name, layer: step.name, kind: step.kind, forward_ms: forward,
                                backward_ms: backward, share_of_peak: gflops / peak)))
                } else {
                    table.add([
                        step.name, step.kind, "\(step.shape)", "\(rounded(forward, 2)) ms", "\(rounded(backward, 2)) ms",
                        step.multiplyAdds > 0 ? rounded(gflops, 0) : "", step.multiplyAdds > 0 ? "\(rounded(100 * gflops / peak, 0)) %" : "",
                    ])
                }
            }
        }
        if !running.json { try standardOutput(table.text) }
    }

    private func time(_ name: String, workers: Workers, peak: Double) throws(Failure) -> Result {
        let item = try prepare(name)
        let (layer, network, image) = (item.layer, item.network, item.image)
        forgetPeakMemory()
        var times: [Double] = []
        for step in 0..<Self.warmUpSteps + steps {
            let start = ContinuousClock.now
            let trace = network.forward(image, Pass(workers: workers))
            let seed = trace[layer].values.shape
            let gradient = trace.backward(from: [layer: Tensor(seed, repeating: 1 / Float(seed.area))])
            precondition(gradient.shape == image.shape)
            if step >= Self.warmUpSteps { times.append(seconds(ContinuousClock.now - start) * 1000) }
            if Interruption.signal != 0 { throw Interruption.failure }
        }
        let peakMegabytes = peakMemory()
        let median = medianOf(times)
        let operations = 4 * Double(network.multiplyAdds(height: size.height, width: size.width))  // 2 each, both ways
        let gflops = operations / (median * 1e6)
        return Result(
            case: name, size: "\(size)", batch: 1, threads: workers.count, median_ms: median, min_ms: times.min()!,
            gflops: gflops, share_of_peak: gflops / peak, peak_mb: peakMegabytes,
            around_ms: timeAround(workers: workers))
    }

    /// What every step of a render does around the network, with Lucid's transforms.
    private func timeAround(workers: Workers) -> Double {
        let parameterization = Parameterization(
            FourierImage(height: size.height, width: size.width), colour: ColourMap())
        var optimizer = Adam()
        var generator = RandomGenerator(seed: 0)
        var parameters = parameterization.initial(using: &generator)
        var times: [Double] = []
        for step in 0..<Self.warmUpSteps + steps {
            let start = ContinuousClock.now
            let drawn = parameterization.pictures(from: parameters, workers: workers)
            let seen = TransformChain.standard(drawn.output[0], using: &generator, workers: workers)
            let gradients = drawn.pullback([seen.pullback(Tensor(seen.output.shape))])
            optimizer.update(&parameters, along: gradients, learningRateFactor: 1, workers: workers)
            if step >= Self.warmUpSteps { times.append(seconds(ContinuousClock.now - start) * 1000) }
        }
        return medianOf(times)
    }

    private func medianOf(_ times: [Double]) -> Double {
        let sorted = times.sorted()
        return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    }

    /// GFLOP/s of sgemm at a size that suits it, one product a thread.
    private func sgemmPeak(_ workers: Workers) -> Double {
        let extent = 768
        let shape = Shape(1, extent, extent)
        let factors = Tensor(shape, repeating: 1)
        var results = (0..<workers.count).map { _ in Tensor(shape) }
        var best = Double.infinity
        for _ in 0..<6 {
            let start = ContinuousClock.now
            let addresses = results.indices.map { index in
                results[index].withMutableElements { UInt(bitPattern: $0.baseAddress!) }
            }
            factors.withElements { factors in
                let matrix = Matrix(factors.baseAddress!, rows: extent, columns: extent)
                workers.forEach(workers.count) { index in
                    multiply(
                        matrix, matrix, into: UnsafeMutablePointer<Float>(bitPattern: addresses[index])!,
                        resultStride: extent)
                }
            }
            best = min(best, seconds(ContinuousClock.now - start))
        }
        withExtendedLifetime(results) {}
        return 2 * Double(extent * extent * extent * workers.count) / (best * 1e9)
    }
}

/// Starts the measurement of peak memory anew, where Linux allows it.
private func forgetPeakMemory() {
    releaseIdleMemory()
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
}

/// The largest resident memory of this process so far, in MB.
private func peakMemory() -> Double {
    guard let status = try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
    else { return 0 }
    return kibibytes / 1024
}
