import COpenBLAS
import Kernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Which of its kernels OpenBLAS uses.
///
/// A release that is older than the processor takes it for the oldest that it knows, and computes with a quarter of its speed
/// or less: 0.3.21 does so on Intel's processors since Sapphire Rapids. Where the core that it chose has no AVX and our own
/// loops found AVX2, it is made to choose again. `OPENBLAS_CORETYPE` in the environment stands above that.
enum BLASCore {
    /// The cores of OpenBLAS's list that have no AVX.
    private static let old: Set<String> = [
        "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2", "penryn", "dunnington", "nehalem", "athlon",
        "opteron", "opteron_sse3", "barcelona", "bobcat", "nano", "generic", "unknown",
    ]
    private static let variable = "OPENBLAS_CORETYPE"

    /// To be called before OpenBLAS computes anything, by one thread.
    static func choose() {
        guard getenv(variable) == nil, let name = openblas_get_corename(), old.contains(String(cString: name).lowercased()) else {
            return
        }
        let core: String
        switch instructionSet {
        case "avx512": core = "SkylakeX"
        case "avx2": core = "Haswell"
        default: return
        }
        // Builds for one core only do not have these two.
        guard let program = dlopen(nil, RTLD_LAZY), let quit = dlsym(program, "gotoblas_dynamic_quit"),
            let start = dlsym(program, "gotoblas_dynamic_init")
        else { return }
        typealias Function = @convention(c) () -> Void
        setenv(variable, core, 1)
        unsafeBitCast(quit, to: Function.self)()
        unsafeBitCast(start, to: Function.self)()
        unsetenv(variable)
    }
}
