import COpenBLAS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The processor core that OpenBLAS computes for, which decides the kernels that it uses.
enum BLASCore {
    /// The cores of OpenBLAS's list that have no AVX.
    private static let old: Set<String> = [
        "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2", "penryn", "dunnington", "nehalem", "athlon",
        "opteron", "opteron_sse3", "barcelona", "bobcat", "nano", "generic", "unknown",
    ]
    private static let variable = "OPENBLAS_CORETYPE"

    /// The core that OpenBLAS computes for, in lower case.
    static var name: String { openblas_get_corename().map { String(cString: $0).lowercased() } ?? "unknown" }

    /// Corrects OpenBLAS's choice where it is bad. To be called before it computes anything, by one thread.
    ///
    /// A release that is older than the processor takes it for the oldest that it knows, and computes with a quarter of its
    /// speed or less: 0.3.21 does so on Intel's processors since Sapphire Rapids. Where the core that it chose has no AVX and
    /// our own loops found AVX2, it is made to choose again. `OPENBLAS_CORETYPE` in the environment overrules that.
    static func choose() {
        guard getenv(variable) == nil, old.contains(name) else { return }
        switch instructionSet {
        case "avx512": choose("SkylakeX")
        case "avx2": choose("Haswell")
        default: return
        }
    }

    /// Makes it compute for one core, whatever the processor and the environment are. The same conditions as for `choose`.
    ///
    /// - Returns: whether it computes for that core now.
    static func pin(_ core: String) -> Bool {
        if name != core.lowercased() { choose(core) }
        return name == core.lowercased()
    }

    private static func choose(_ core: String) {
        let before = getenv(variable).map { String(cString: $0) }
        setenv(variable, core, 1)
        _ = openblas_choose_again()
        if let before { setenv(variable, before, 1) } else { unsetenv(variable) }
    }
}
