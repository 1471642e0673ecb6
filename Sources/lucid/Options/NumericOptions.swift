import ArgumentParser
import Networks
import Tensors
import Visualization

/// How numbers are computed: what changes their rounding, and nothing else.
struct NumericOptions: ParsableArguments {
    @Option(help: "How convolutions are computed: auto (the fastest for each) or plain.")
    var convolution = ConvolutionChoice.auto

    @Flag(help: "Compute with fixed kernels, so that every x86-64 machine with AVX2 draws the same bytes; somewhat slower where there is AVX-512.")
    var reproducible = false

    /// Of the plan.
    var profile: NumericProfile? { reproducible ? .x86v3 : nil }
}

extension NumericProfile {
    /// Decides how this process computes, before it computes anything.
    ///
    /// - Throws: 64 if that has been decided otherwise, and 69 on a machine that lacks the kernels.
    static func begin(_ profile: NumericProfile?) throws(lucid.Failure) {
        do {
            try enter(profile)
        } catch {
            switch error {
            case .decidedOtherwise: throw .usage("\(error)")
            case .processor, .library: throw lucid.Failure(69, "\(error)")
            }
        }
    }
}
