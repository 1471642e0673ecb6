import FoundationEssentials
import Images

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that reads what this one writes to it, or whose output this one reads. Its other stream is /dev/null; what it
/// says on standard error is read along, lest it wait for that. It is killed if the object goes before `finish`.
///
/// SIGPIPE must be ignored here; the child has every signal as usual. The child has a process group of its own, so that Ctrl-C reaches it only through this program.
final class ChildProcess {
    /// Which of the child's streams this program is at the other end of.
    enum Direction {
        case toInput
        case fromOutput
    }

    /// How it ended.
    struct End {
        /// As waitpid has it.
        let status: Int32
        /// The last of what it said on standard error.
        let errors: String

        var isSuccess: Bool { status == 0 }

        /// The last line of what it said, or how it ended if it said nothing.
        var lastLine: String {
            let lines = errors.split(whereSeparator: { $0.isNewline })
            let line = lines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? reason
            // What would move a terminal's cursor or colour it has no place in a message.
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
    private let isCancelled: @Sendable () -> Bool
    private let data: Pipe  // ours to write, or to read
    private let errors: Pipe  // ours to read
    private var lastErrors: [UInt8] = []
    private var isWaitedFor = false

    private static let keptErrors = 4096  // bytes

    /// The path of a program in PATH; nil if it is not there.
    static func find(_ name: String) -> String? {
        let usual = "/usr/local/bin:/usr/bin:/bin"  // what a shell takes if PATH is not set
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? usual).split(
            separator: ":", omittingEmptySubsequences: false)
        return folders.lazy.map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }.first { isFile($0) && access($0, X_OK) == 0 }
    }

    /// Starts a program, with this one's environment.
    ///
    /// - Throws: 69 if the system cannot start it.
    init(
        _ program: String, _ arguments: [String], _ direction: Direction = .toInput, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(Problem) {
        self.isCancelled = isCancelled
        func check(_ code: Int32) throws(Problem) {
            if code != 0 {
                throw Problem(.unavailable, "\(program) cannot be started (\(String(cString: strerror(code)))); install it anew")
            }
        }
        guard let data = Pipe(), let errors = Pipe() else {
            throw Problem(.unavailable, "\(program) cannot be started (no descriptors are left); raise the limit (ulimit -n)")
        }
        self.direction = direction
        self.data = data
        self.errors = errors

        var actions = posix_spawn_file_actions_t()
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch direction {
        case .toInput:
            try check(posix_spawn_file_actions_adddup2(&actions, data.readEnd, STDIN_FILENO))
            try check(posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0))
        case .fromOutput:
            try check(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
            try check(posix_spawn_file_actions_adddup2(&actions, data.writeEnd, STDOUT_FILENO))
        }
        try check(posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, STDERR_FILENO))

        var attributes = posix_spawnattr_t()
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        try check(posix_spawnattr_setsigmask(&attributes, &signals))
        for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
        try check(posix_spawnattr_setsigdefault(&attributes, &signals))
        try check(posix_spawnattr_setpgroup(&attributes, 0))
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        try check(posix_spawnattr_setflags(&attributes, Int16(flags)))
        // Who ignores it has no children to wait for.
        _ = signal(SIGCHLD, SIG_DFL)

        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }.sorted()
        var started: pid_t = 0
        try check(
            withCStrings([program] + arguments) { arguments in
                withCStrings(environment) { posix_spawn(&started, program, &actions, &attributes, arguments, $0) }
            })
        identifier = started
        switch direction {
        case .toInput: data.closeReadEnd()
        case .fromOutput: data.closeWriteEnd()
        }
        errors.closeWriteEnd()
        for end in [ours, errors.readEnd] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    deinit { cancel() }

    /// Ends the child at once, if it has not ended.
    func cancel() {
        guard !isWaitedFor else { return }
        _ = kill(identifier, SIGKILL)
        _ = wait()
    }

    /// Writes all bytes, however long the child takes to read them.
    ///
    /// - Returns: false if it does not read any more.
    func feed(_ bytes: [UInt8]) -> Bool {
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
    /// - Parameter buffer: at least a byte.
    /// - Returns: the number of bytes; 0 once nothing more comes, or when Ctrl-C ends the waiting (`isCancelled`).
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            awaitEvent(orData: true)
            let count = Glibc.read(data.readEnd, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EAGAIN && errno != EINTR { return 0 }
            if isCancelled() { return 0 }
        }
    }

    /// Tells the child that nothing more comes, or that nothing more is read, and waits for its end.
    func finish() -> End {
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
        let count = Glibc.read(errors.readEnd, &chunk, chunk.count)
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

/// A pipe whose ends no other child inherits. They are closed with it.
private final class Pipe {
    private(set) var readEnd: Int32
    private(set) var writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    func closeReadEnd() {
        if readEnd >= 0 { _ = close(readEnd) }
        readEnd = -1
    }

    func closeWriteEnd() {
        if writeEnd >= 0 { _ = close(writeEnd) }
        writeEnd = -1
    }
}

/// Calls with a list of C strings that ends with nil, as argv is. File names keep their bytes.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
        let bytes = FileName.bytes(of: string).map { CChar(bitPattern: $0) } + [0]
        return bytes.withUnsafeBufferPointer { strdup($0.baseAddress!) }
    }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
}
