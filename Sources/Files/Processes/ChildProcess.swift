import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program that reads what this one writes to it, or whose output this one reads. Its other stream is /dev/null. Its
/// standard error is read at the same time, so that it never waits for a reader. It is killed if the object goes before
/// `finish`.
///
/// SIGPIPE must be ignored here; the child has every signal as usual. The child has a process group of its own, so that
/// Ctrl-C reaches it only through this program.
///
/// It calls posix_spawn(3) itself since frames are fed and read by synchronous code, whereas swift-subprocess 1.0 is
/// asynchronous throughout and brings swift-system along.
public final class ChildProcess {
    /// Which of the child's streams this program is at the other end of.
    public enum Direction: Sendable {
        /// This program writes to its standard input.
        case toInput
        /// This program reads its standard output.
        case fromOutput
    }

    /// How a child ended.
    public struct End: Sendable {
        /// The status that waitpid(2) gave.
        public let status: Int32
        /// The end of its standard error.
        public let errors: String

        /// Whether it exited with 0.
        public var isSuccess: Bool { status == 0 }

        /// The last line of its standard error, or how it ended if that is empty.
        public var lastLine: String {
            let lines = errors.split(whereSeparator: { $0.isNewline })
            let line = lines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? reason
            // Control characters would move a terminal's cursor or change its colours.
            let shown = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            return String(String.UnicodeScalarView(shown))
        }

        private var reason: String {
            let signal = status & 0x7F
            return signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "ended by signal \(signal)"
        }
    }

    private let identifier: pid_t
    private let direction: Direction
    private let data: Pipe  // ours to write, or to read
    private let errors: Pipe  // ours to read
    private var lastErrors: [UInt8] = []
    private var isWaitedFor = false

    private static let keptErrors = 4096  // bytes

    /// The path of a program in PATH; nil if it is not there.
    public static func find(_ name: String) -> String? {
        let usual = "/usr/local/bin:/usr/bin:/bin"  // as a shell has it if PATH is not set
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? usual).split(
            separator: ":", omittingEmptySubsequences: false)
        return folders.lazy.map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }.first { isFile($0) && access($0, X_OK) == 0 }
    }

    /// Starts a program, with this one's environment.
    ///
    /// - Parameter program: its path.
    public init(_ program: String, _ arguments: [String], _ direction: Direction = .toInput) throws(ProcessError) {
        guard let data = Pipe(), let errors = Pipe() else { throw .noDescriptors(program: program) }
        self.direction = direction
        self.data = data
        self.errors = errors

        // A program that ignores SIGCHLD has no children to wait for.
        _ = signal(SIGCHLD, SIG_DFL)
        do throws(SystemError) {
            identifier = try spawn(program, arguments, direction, data, errors)
        } catch {
            throw .failed(program: program, reason: error.message)
        }
        switch direction {
        case .toInput: data.closeReadEnd()
        case .fromOutput: data.closeWriteEnd()
        }
        errors.closeWriteEnd()
        for end in [ours, errors.readEnd] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    deinit { cancel() }

    /// Ends the child at once, if it has not ended.
    public func cancel() {
        guard !isWaitedFor else { return }
        _ = kill(identifier, SIGKILL)
        _ = wait()
    }

    /// Writes all bytes, however long the child takes to read them.
    ///
    /// - Returns: false if it does not read any more.
    public func feed(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            awaitEvent(orData: true)
            let count = bytes.withUnsafeBytes { write(data.writeEnd, $0.baseAddress! + done, bytes.count - done) }
            if count >= 0 { done += count } else if errno != EAGAIN && errno != EINTR { return false }
        }
        return true
    }

    /// Reads some of what the child writes, as soon as there is any.
    ///
    /// - Parameters:
    ///   - buffer: room for a byte at least.
    ///   - isCancelled: asked when a signal interrupts the waiting.
    /// - Returns: the number of bytes; 0 once nothing more comes, or when cancelled.
    public func read(into buffer: UnsafeMutableRawBufferPointer, isCancelled: () -> Bool = { false }) -> Int {
        while true {
            awaitEvent(orData: true)
            let count = readOnce(data.readEnd, buffer.baseAddress!, buffer.count)
            if count >= 0 { return count }
            if errno != EAGAIN && errno != EINTR { return 0 }
            if isCancelled() { return 0 }
        }
    }

    /// Tells the child that nothing more comes, or that nothing more is read, and waits for its end.
    public func finish() -> End {
        data.closeReadEnd()
        data.closeWriteEnd()
        while awaitEvent(orData: false) {}
        return End(status: wait(), errors: String(decoding: lastErrors, as: UTF8.self))
    }

    /// The end of the data's pipe that stays with this program.
    private var ours: Int32 { direction == .toInput ? data.writeEnd : data.readEnd }

    /// Waits until the child has said something, which is read, or takes input or has given output.
    ///
    /// - Returns: false once it cannot say anything any more.
    @discardableResult
    private func awaitEvent(orData: Bool) -> Bool {
        guard orData || errors.readEnd >= 0 else { return false }
        var events = [pollfd(fd: errors.readEnd, events: Int16(POLLIN), revents: 0)]
        if orData {
            events.append(pollfd(fd: ours, events: Int16(direction == .toInput ? POLLOUT : POLLIN), revents: 0))
        }
        guard poll(&events, nfds_t(events.count), -1) > 0 else { return true }  // a signal
        guard events[0].revents != 0 else { return true }
        var chunk = [UInt8](repeating: 0, count: Self.keptErrors)
        let count = readOnce(errors.readEnd, &chunk, chunk.count)
        if count > 0 { lastErrors = (lastErrors + chunk.prefix(count)).suffix(Self.keptErrors) }
        if count == 0 { errors.closeReadEnd() }  // poll passes over a descriptor of -1
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// The child's status, once it has ended.
    private func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        isWaitedFor = true
        return status
    }
}

/// Why a program cannot be started: EX_UNAVAILABLE, 69.
public enum ProcessError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system's limit of open files is reached.
    case noDescriptors(program: String)
    /// Any other reason, in the system's words.
    case failed(program: String, reason: String)

    public var description: String {
        switch self {
        case .noDescriptors(let program):
            "\(program) cannot be started (no descriptors are left); raise the limit (ulimit -n)"
        case .failed(let program, let reason):
            "\(program) cannot be started (\(reason)); install it anew"
        }
    }
}

/// read(2), once. (Within the class, `read` is the method.)
private func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
