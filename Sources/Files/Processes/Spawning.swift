import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Starts a program with this one's environment.
func spawn(
    _ program: String, _ arguments: [String], _ direction: ChildProcess.Direction, _ data: Pipe, _ errors: Pipe
) throws(SystemError) -> pid_t {
    func check(_ code: Int32) throws(SystemError) {
        if code != 0 { throw SystemError(code: code) }
    }
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

    let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }.sorted()
    var identifier: pid_t = 0
    try check(
        withCStrings([program] + arguments) { arguments in
            withCStrings(environment) { posix_spawn(&identifier, program, &actions, &attributes, arguments, $0) }
        })
    return identifier
}

/// A pipe whose ends no other child inherits. They are closed with it.
final class Pipe {
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
