import ArgumentParser
import FoundationEssentials
import Images
import Tensors

/// Where pictures go, and what is said on the way.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The picture's file (.png, .jpg), a folder, or - for standard output; {model} {layer} {index} {seed} expand. (default: here, named after what is drawn: MODEL_LAYER_INDEX.png)", valueName: "path"))
    var output: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Of a JPEG, 1 to 100. (default: 95)", valueName: "q"))
    var quality: Int?

    /// Of a JPEG where none is asked for.
    static let standardQuality = 95

    @Option(parsing: .unconditional, help: ArgumentHelp("Also keep the picture after these steps, from 1, e.g. 32,128,512.", valueName: "steps"))
    var saveAt: StepList?

    @Option(help: ArgumentHelp("Keep the way there: frames in a .gif, a .mp4 (by ffmpeg) or a folder, or twelve stages on a .png or .jpg.", valueName: "path"))
    var evolution: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Write the finished picture in this size, as --size spells it; for --param cppn, which has no pixels of its own.", valueName: "n"))
    var outputSize: PictureSize?

    @Flag(help: "Overwrite pictures that are there already.")
    var force = false

    @Flag(help: "Show the picture in the terminal.")
    var show = false

    @OptionGroup var running: RunOptions

    @Flag(help: "Say on standard error what was loaded, the plan, the threads, the memory, and the time of each phase.")
    var verbose = false

    @Flag(help: "Print the plan as JSON and draw nothing.")
    var dryRun = false

    func validate() throws {
        if let quality {
            guard (1...100).contains(quality) else { throw ValidationError("--quality must be 1 to 100, not \(quality)") }
            guard PictureFormat(fileName: output ?? "")?.codec.isLossy == true else {
                throw ValidationError("--quality is for JPEG; name a .jpg with --output")
            }
        }
        if verbose, running.quiet { throw ValidationError("--verbose and --quiet contradict each other") }
        if output == "-", running.json || show || dryRun {
            throw ValidationError("-o - sends the picture to standard output, where --json, --show and --dry-run write too")
        }
        if output == "-", saveAt != nil { throw ValidationError("-o - takes one picture; --save-at keeps several") }
        if output == "" { throw ValidationError("--output is empty") }
    }
}

extension OutputOptions {
    /// The same without a word on standard output, and nothing kept on the way.
    var silent: OutputOptions {
        var options = self
        options.running.quiet = true
        options.running.json = false
        options.show = false
        options.verbose = false
        return options
    }

    /// Says a line of what `--verbose` asks for.
    func say(_ line: @autoclosure () -> String) {
        if verbose { standardError("lucid: \(line())\n") }
    }
}

/// How every computing command runs.
struct RunOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to use; the picture does not depend on them. (default: one a core)", valueName: "n"))
    var threads: Int?

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Print one JSON object a result on standard output.")
    var json = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be 1 to 1024, not \(threads)")
        }
    }

    var workers: Workers { Workers(threads ?? Allowance.cores) }
}

/// "32,128,512"
struct StepList: ExpressibleByArgument {
    let steps: Set<Int>

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !numbers.contains(where: { $0 == nil || $0! < 1 }) else { return nil }
        steps = Set(numbers.map { $0! })
    }
}

/// "5", "0-15", "3,7,9" or "all"; any mixture with commas.
struct IndexList: ExpressibleByArgument {
    private enum Part {
        case all
        case range(ClosedRange<Int>)
    }

    private let parts: [Part]

    /// One index.
    init(_ index: Int) { parts = [.range(index...index)] }

    init?(argument: String) {
        var parts: [Part] = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            if word == "all" {
                parts.append(.all)
                continue
            }
            let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends[0], let last = ends.last!, ends.count <= 2, first >= 0, first <= last else { return nil }
            parts.append(.range(first...last))
        }
        self.parts = parts
    }

    /// The indices in ascending order, each once, all below `count`; otherwise the first that is not.
    func indices(below count: Int) -> Result<[Int], IndexOutOfRange> {
        var found: Set<Int> = []
        for part in parts {
            switch part {
            case .all: found.formUnion(0..<count)
            case .range(let range):
                guard range.upperBound < count else { return .failure(IndexOutOfRange(index: max(count, range.lowerBound))) }
                found.formUnion(range)
            }
        }
        return .success(found.sorted())
    }
}

struct IndexOutOfRange: Error {
    let index: Int
}
