import Kernels
import Synchronization

/// Kernels that are fixed for a whole process, so that its results have the same bits on every machine that has them.
///
/// Bits change with the width of the vectors that sums are cut into, and with whether products are rounded before they are
/// added. A profile fixes our own loops, OpenBLAS's core and FFTW's codelets; everything else is compiled once, or, as the
/// C library's functions, the same on every processor with AVX2 and FMA. It holds for one build with one version of each
/// library.
public enum NumericProfile: String, Sendable, Codable, CaseIterable {
    /// AVX2 with FMA, as on Intel's processors since Haswell and AMD's since Zen: our AVX2 loops, OpenBLAS's Haswell, FFTW
    /// without vectors.
    case x86v3 = "x86-64-v3"

    /// The reason why a process cannot compute in a profile.
    public enum Failure: Error, CustomStringConvertible {
        /// Something has been computed in another way, or may have been.
        case decidedOtherwise
        /// The processor has no AVX2 and FMA.
        case processor
        /// OpenBLAS has only the kernels of this core.
        case library(String)

        public var description: String {
            switch self {
            case .decidedOtherwise:
                "a program computes reproducibly or as fast as it can, not both; draw reproducible pictures by commands of their own"
            case .processor: "reproducible pictures need a processor with AVX2 and FMA (x86-64-v3)"
            case .library(let core):
                "reproducible pictures need OpenBLAS's kernels for Haswell, and this one computes for \(core) only; "
                    + "install one with DYNAMIC_ARCH, as Debian's"
            }
        }
    }

    /// The outer nil means that nothing has been decided yet.
    private static let decided = Mutex<NumericProfile??>(nil)
    private static let pinned = Atomic<Bool>(false)

    /// Whether this process computes in a profile.
    static var isPinned: Bool { pinned.load(ordering: .relaxed) }

    /// Decides how this process computes, once and before it computes anything; later calls must agree.
    ///
    /// - Parameter profile: nil for the fastest kernels that the processor has.
    public static func enter(_ profile: NumericProfile?) throws(Failure) {
        let failure = decided.withLock { decided -> Failure? in
            if let decided { return decided == profile ? nil : .decidedOtherwise }
            if profile != nil {
                guard kernels_choose("avx2") == 1 else { return .processor }
                guard BLASCore.pin("Haswell") else { return .library(BLASCore.name) }
                pinned.store(true, ordering: .relaxed)
            }
            decided = .some(profile)
            return nil
        }
        if let failure { throw failure }
    }
}

/// "baseline", "avx2" or "avx512": the build of the inner loops that this processor runs.
public var instructionSet: String { String(cString: kernels_instruction_set()) }
