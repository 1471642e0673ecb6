import ArgumentParser
import ModelStore

/// What a network sees, where that is not what comes with its weights.
struct PreprocessingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What black and white are to the network, e.g. 0,255 or -1,1; mean and deviation are then 0 and 1 unless given.", valueName: "low,high"))
    var range: NumberList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The mean that is subtracted of each channel, in units of the range, in the network's order of channels; one number is for all.", valueName: "a,b,c"))
    var mean: NumberList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The deviation that each channel is then divided by, likewise.", valueName: "a,b,c"))
    var std: NumberList?

    @Flag(help: "The network takes blue, green, red.")
    var bgr = false

    func validate() throws {
        if let range, range.numbers.count != 2 || range.numbers[0] == range.numbers[1] {
            throw ValidationError("--range needs two numbers that differ, e.g. 0,255, not \(range)")
        }
        if let std, std.numbers.contains(where: { $0 <= 0 }) { throw ValidationError("--std must be above 0, not \(std)") }
    }

    var change: PreprocessingChange {
        var change = PreprocessingChange()
        change.range = range?.numbers
        change.mean = mean?.numbers
        change.std = std?.numbers
        change.bgr = bgr
        return change
    }
}

/// "0.485,0.456,0.406"
struct NumberList: ExpressibleByArgument, CustomStringConvertible {
    let numbers: [Float]
    let description: String

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.allSatisfy({ $0?.isFinite ?? false }) else { return nil }
        self.numbers = numbers.map { $0! }
        description = argument
    }
}
