import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Bytes of address space that this process may still take; nil if that is not limited.
func addressSpaceLeft() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    // The first field of statm: the size of the address space, in pages.
    let pages = (try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8))
        .flatMap { $0.split(separator: " ").first }.flatMap { Int($0) } ?? 0
    return max(0, Int(limit.rlim_cur) - pages * sysconf(Int32(_SC_PAGESIZE)) - threadReserve)
}

/// Address space that threads, their heaps and OpenBLAS's buffers take once work begins.
private let threadReserve = 256 << 20

/// Whether a stream is a person's terminal.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Columns of the terminal on standard output, 80 if unknown.
func terminalColumns() -> Int {
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}
