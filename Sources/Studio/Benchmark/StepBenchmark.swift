import FoundationEssentials
import ModelStore
import Networks
import Tensors
import Visualization

/// Times a step on this machine: forward to a layer, the mean of a channel, the gradient back to the image.
public struct StepBenchmark: SettingGroup {
    /// "MODEL:LAYER" or "MODEL:LAYER:CHANNEL" each; none for the standard cases.
    public var cases: [String] = []
    /// The picture's extents in pixels.
    public var size = PictureSize(side: 224)
    /// Timed steps of a case, after those that warm up.
    public var steps = 15
    /// The algorithms that convolutions may use.
    public var convolution = ConvolutionChoice.auto
    /// Whether every layer is timed alone instead.
    public var byLayer = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("cases", list: \.cases, "cases", "MODEL:LAYER or MODEL:LAYER:CHANNEL; without any, the standard cases.").positional()
        Setting("size", \.size, "n", "Pixels on a side, 1 to 1000000, or WIDTHxHEIGHT.")
        Setting("steps", \.steps, "n", "Timed steps of each case.", .from(1, to: 100_000))
        Setting("convolution", \.convolution, "name", "How convolutions are computed: auto or plain.")
        Setting("by-layer", flag: \.byLayer, "Time every layer of the cases alone instead, forward and back.")
    }

    private static let standardCases = [
        "squeezenet1_1:features.3", "squeezenet1_1:features.10", "vgg16:features.10", "vgg16:features.28",
    ]
    private static let warmUpSteps = 2
    private static let channel = 5

    /// The cases to time, the standard ones where none are named.
    public var named: [String] { cases.isEmpty ? Self.standardCases : cases }

    /// One case. The names are those of the JSON.
    public struct Result: Encodable, Sendable {
        /// The case's name, "MODEL:LAYER" or "MODEL:LAYER:CHANNEL".
        public let `case`: String
        /// "224" or "640x480".
        public let size: String
        /// Pictures at a time: 1.
        public let batch: Int
        /// Threads that were used.
        public let threads: Int
        /// The median time of a step in milliseconds.
        public let median_ms: Double
        /// The shortest time of a step in milliseconds.
        public let min_ms: Double
        /// Billions of operations a second: two for each multiplication with addition, forward and back.
        public let gflops: Double
        /// That, as a share of what the machine reaches in a large matrix product.
        public let share_of_peak: Double
        /// The most memory that the process held, in megabytes.
        public let peak_mb: Double
        /// The time of a render's step beside the network, with Lucid's transforms.
        public let around_ms: Double
    }

    /// One case, with the network cut to what it needs.
    private struct Case {
        let layer: LayerName
        let network: PreparedNetwork
        let image: Tensor
    }

    private func prepare(_ name: String) throws(Problem) -> Case {
        let parts = name.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 2 || parts.count == 3 && Int(parts[2]) != nil else {
            throw .usage("\"\(name)\" is not MODEL:LAYER or MODEL:LAYER:CHANNEL")
        }
        let channel = parts.count == 3 ? Int(parts[2])! : Self.channel
        let model = try Session.graph(ModelRequest(name: parts[0]))
        do {
            let layer = try model.network.layer(named: parts[1])
            guard 0..<model.network.channels(of: layer) ~= channel else {
                throw Problem.usage("\(name): there is no channel \(channel)")
            }
            let network = try PreparedNetwork(
                model.network, requests: [layer: .channels([channel])], preprocessing: model.preprocessing,
                convolution: convolution)
            try network.check(height: size.height, width: size.width)
            var generator = RandomGenerator(seed: 0)
            let shape = Shape(model.network.inputChannels, size.height, size.width)
            let image = Tensor(shape, (0..<shape.count).map { _ in generator.uniform() })
            return Case(layer: layer, network: network, image: image)
        } catch let error as WeightsError {
            throw Problem(error)
        } catch let error as Problem {
            throw error
        } catch {
            throw .usage("\(name): \(error)")
        }
    }

    /// Times the layers of a case alone, forward and back.
    public func profile(_ name: String, _ session: Session) throws(Problem) -> [StepTiming] {
        let item = try prepare(name)
        return item.network.profile(item.image, Pass(workers: session.workers), rounds: steps)
    }

    /// Times one case.
    ///
    /// - Parameter peak: the machine's GFLOP/s.
    public func time(_ name: String, _ session: Session, peak: Double) throws(Problem) -> Result {
        let workers = session.workers
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
            if session.isCancelled() { throw Problem.interrupted }
        }
        let peakMegabytes = peakMemory()
        let median = medianOf(times)
        let operations = 4 * Double(network.multiplyAdds(height: size.height, width: size.width))  // 2 each, both ways
        let gflops = operations / (median * 1e6)
        return Result(
            case: name, size: size.text, batch: 1, threads: workers.count, median_ms: median, min_ms: times.min()!,
            gflops: gflops, share_of_peak: gflops / peak, peak_mb: peakMegabytes,
            around_ms: timeAround(workers: workers))
    }

    /// Milliseconds that every step of a render takes around the network, with Lucid's transforms.
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
    public static func sgemmPeak(_ workers: Workers) -> Double {
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
