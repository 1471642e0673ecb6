import ArgumentParser
import Studio
import Tensors

/// `lucid bench`
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a step on this machine: forward to a layer, the mean of channel 5, the gradient back to the image.",
        discussion: """
            GFLOP/s count what a direct convolution would compute, two operations a multiply-add, so that a better \
            algorithm shows as more of them. The peak is this machine's own sgemm on as many threads. "around it" is what a \
            step of a render with Lucid's transforms does besides: the picture, its transforms, the optimizer.

            An architecture whose weights are not here is timed with weights that nobody trained: time does not depend on \
            their values. A concatenation passes early channels on from far before it, so name a late one there.

            Example: lucid bench vgg16:features.10 resnet50:layer3 --threads 2
            """)

    @Argument(StepBenchmark["cases"]) var cases: [String] = []
    @Option(StepBenchmark["size"]) var size: String?
    @Option(StepBenchmark["steps"]) var steps: String?
    @Option(StepBenchmark["convolution"]) var convolution: String?
    @Flag(StepBenchmark["by-layer"]) var byLayer = false
    @OptionGroup var running: RunOptions

    func run() throws {
        let benchmark: StepBenchmark = try settings(of: self)
        let session = running.session
        let peak = StepBenchmark.sgemmPeak(session.workers)
        if benchmark.byLayer { return try timeLayers(benchmark, session, peak) }
        var table = Table(["case", "median", "fastest", "GFLOP/s", "of peak", "peak memory", "around it"])
        for name in benchmark.named {
            let result = try benchmark.time(name, session, peak: peak)
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
        guard !running.json else { return }
        try standardOutput(table.text)
        try standardOutput(
            "\(benchmark.size.text), \(session.workers.count) threads, \(instructionSet), sgemm peak \(rounded(peak, 0)) GFLOP/s")
    }

    /// One layer's line of JSON.
    private struct LayerResult: Encodable {
        let `case`: String
        let layer: String
        let kind: String
        let forward_ms: Double
        let backward_ms: Double
        let share_of_peak: Double
    }

    private func timeLayers(_ benchmark: StepBenchmark, _ session: Session, _ peak: Double) throws {
        var table = Table(["layer", "kind", "output", "forward", "back", "GFLOP/s", "of peak"])
        for name in benchmark.named {
            for step in try benchmark.profile(name, session) {
                let (forward, backward) = (seconds(step.forward) * 1000, seconds(step.backward) * 1000)
                let gflops = 4 * Double(step.multiplyAdds) / ((forward + backward) * 1e6)
                if running.json {
                    try standardOutput(
                        json(LayerResult(case: name, layer: step.name, kind: step.kind, forward_ms: forward, backward_ms: backward, share_of_peak: gflops / peak)))
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
}
