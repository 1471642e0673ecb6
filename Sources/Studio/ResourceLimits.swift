import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The machine as this process may use it: within a scheduler's processor set and the limits of the control groups that it runs
/// in, as containers and batch systems set them.
public enum ResourceLimits {
    /// Cores, at least 1.
    public static let cores: Int = {
        var count = ProcessInfo.processInfo.activeProcessorCount
        // "Cpus_allowed:   ff,ffffffff": a bit for each.
        if let line = text("/proc/self/status")?.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) {
            let own = line.split(separator: ":")[1].reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
            if own > 0 { count = min(count, own) }
        }
        // "200000 100000": microseconds of computing in so many of the clock's; "max" is no limit.
        for text in limits("cpu.max") {
            let numbers = text.split(separator: " ").map { Double($0) }
            if numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0 {
                count = min(count, max(1, Int((quota / period).rounded(.up))))
            }
        }
        return max(1, count)
    }()

    /// Bytes of memory.
    public static let memory: Int = limits("memory.max").compactMap { Int($0) }
        .reduce(Int(clamping: ProcessInfo.processInfo.physicalMemory)) { min($0, max($1, 1)) }

    /// The limits in a file of this process's control group and of those around it.
    private static func limits(_ file: String) -> [String] {
        guard let group = text("/proc/self/cgroup")?.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return [] }
        var parts = group.dropFirst("0::/".count).split(separator: "/")
        var found: [String] = []
        while true {
            let folder = (["/sys/fs/cgroup"] + parts).joined(separator: "/")
            if let text = text("\(folder)/\(file)") { found.append(text.filter { !$0.isNewline }) }
            guard parts.popLast() != nil else { return found }
        }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOf: URL(filePath: path), encoding: .utf8) }
}

/// Holds a computation's need against this machine's memory, and against a limit on address space.
///
/// - Parameter check: throws `RenderError.memory` if it needs more than so many bytes.
func checkMemory(_ check: (_ bytes: Int) throws(RenderError) -> Void) throws(Problem) {
    try asProblem { () throws(RenderError) in try check(ResourceLimits.memory) }
    guard let left = addressSpaceLeft() else { return }
    do {
        try check(left)
    } catch {
        throw Problem(.failed, "\(Problem(error).message), or raise the limit on address space (ulimit -v)", setting: "size")
    }
}

/// Holds the memory of what is laid out, scaled or decoded against what this process may take.
///
/// - Parameters:
///   - bytes: that it takes at most, about.
///   - what: such as "this sheet".
///   - advice: what takes less.
func checkMemory(_ bytes: Int, of what: Message, advice: Message) throws(Problem) {
    let most = min(ResourceLimits.memory, addressSpaceLeft() ?? .max)
    guard bytes > most else { return }
    throw Problem(.failed, "\(what) would take \(memorySize(bytes)) of memory, and there are \(memorySize(most)); \(advice)")
}

/// Bytes of address space that this process may still take; nil if that is not limited.
func addressSpaceLeft() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    // The first field of statm: the size of the address space, in pages.
    let pages = (try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8))
        .flatMap { $0.split(separator: " ").first }.flatMap { Int($0) } ?? 0
    return max(0, Int(limit.rlim_cur) - pages * sysconf(Int32(_SC_PAGESIZE)) - threadReserve)
}

extension ContactSheet.Layout {
    /// Bytes a pixel of a sheet with its pictures at most: eight as they are laid out, six of the sheet, and as many as it is encoded.
    private static let bytesPerPixel = 24

    /// Finds out whether there is memory for the sheet, before its pictures are scaled and laid out.
    func checkMemory(advice: Message) throws(Problem) {
        let (pixels, isTooMany) = width.multipliedReportingOverflow(by: height)
        try Studio.checkMemory(
            isTooMany || pixels > .max / Self.bytesPerPixel ? .max : pixels * Self.bytesPerPixel, of: "this sheet of \(width)x\(height) pixels",
            advice: advice)
    }
}

extension Network {
    /// Finds out whether there is memory to look at a picture: for the layers' answers, four of the largest maps (a layer's input and
    /// output, and a branch beside it), and the picture in its several forms.
    func checkMemory(for layers: Set<LayerName>, seeing size: Size, advice: Message) throws(Problem) {
        let answers = layers.reduce(0) { $0 + ((try? shape(of: $1, height: size.height, width: size.width))?.count ?? 0) }
        let floats = answers + 4 * cost(of: layers, height: size.height, width: size.width).largestActivation
            + 16 * inputChannels * size.height * size.width
        try Studio.checkMemory(4 * floats, of: "looking at \(size.width)x\(size.height) pixels", advice: advice)
    }
}

/// Address space that threads, their heaps and OpenBLAS's buffers take once work begins.
private let threadReserve = 256 << 20
