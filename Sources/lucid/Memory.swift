import ArgumentParser
import FoundationEssentials
import Visualization

/// Holds what is about to be computed against this machine's memory, and against a limit on address space.
///
/// - Parameter check: throws `RenderError.memory` if it needs more than so many bytes.
func checkMemory(_ check: (_ bytes: Int) throws(RenderError) -> Void) throws(Failure) {
    do {
        try check(MemorySize.available)
    } catch {
        throw Failure(error)
    }
    guard let left = addressSpaceLeft() else { return }
    do {
        try check(left)
    } catch {
        throw Failure(70, "\(error.message), or raise the limit on address space (ulimit -v)")
    }
}

/// "2GB", "800MB" or a number of bytes.
struct MemorySize: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    /// What a dream may take where nothing is said: the same on every machine, since it decides the tiles.
    static let standard = MemorySize(bytes: 4_000_000_000)

    /// Of this machine, or of the container that this runs in.
    static var available: Int { Allowance.memory }

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let text = argument.uppercased().filter { $0 != " " }
        let units: [(String, Double)] = [
            ("GIB", 1_073_741_824), ("MIB", 1_048_576), ("GB", 1e9), ("MB", 1e6), ("G", 1e9), ("M", 1e6), ("B", 1), ("", 1),
        ]
        let (unit, factor) = units.first { text.hasSuffix($0.0) }!
        guard let number = Double(text.dropLast(unit.count)), number * factor >= 1, number * factor < 1e15 else { return nil }
        bytes = Int(number * factor)
    }

    var description: String {
        bytes.isMultiple(of: 1_000_000_000) ? "\(bytes / 1_000_000_000)GB" : bytes.isMultiple(of: 1_000_000) ? "\(bytes / 1_000_000)MB" : "\(bytes)"
    }

    var defaultValueDescription: String { description }
}
