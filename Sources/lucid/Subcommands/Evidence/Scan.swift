import ArgumentParser
import FoundationEssentials
import Studio

/// `lucid scan`
struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep what a network answers to a folder of photographs: one pass for many questions.",
        discussion: """
            The file holds, for every channel of the layers, moments, a histogram, the best photographs and random ones, each \
            photograph's maximum and mean, and sampled activations. `lucid exemplars` and --whiten read it; so does Python, \
            with safetensors: docs/Scan.md.

            Ended anywhere, the same command goes on. Parts of a scan can be made apart, and put together to the same bytes.

            Examples: lucid scan --photos photos/ -o net.scan
                      lucid scan --photos photos/ --layers features.12 --classes predicted
                      lucid scan --photos photos/ -o net.scan --shard 0/4
                      lucid scan --merge net-*-of-4.scan -o net.scan
            """)

    @Argument(ScanRequest["parts"]) var parts: [String] = []
    @Option(ScanRequest["photos"]) var photos: String?
    @Option(ScanRequest["layers"]) var layers: String?
    @Option(ScanRequest["classes"]) var classes: String?
    @OptionGroup(title: "Network") var model: ModelOptions<ScanRequest>
    @Option(ScanRequest["output"]) var output: String?
    @Option(ScanRequest["shard"]) var shard: String?
    @Flag(ScanRequest["merge"]) var merge = false
    @OptionGroup(visibility: .further) var further: FurtherScanOptions
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @Flag(ScanRequest["force"]) var force = false
    @OptionGroup var running: RunOptions

    func run() throws {
        let request: ScanRequest = try settings(of: self)
        let result = try request.run(running.session, TerminalReporter(running), environment: ProcessInfo.processInfo.environment)
        if running.json { return try standardOutput(json(result)) }
        guard !running.quiet else { return }
        for line in result.lines { try standardOutput(line) }
    }
}

/// The finer points of a scan.
struct FurtherScanOptions: ParsableArguments {
    @Option(ScanRequest["best"]) var best: String?
    @Option(ScanRequest["samples"]) var samples: String?
    @Option(ScanRequest["seed"]) var seed: String?
}
