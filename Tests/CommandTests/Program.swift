import Foundation

/// Runs the built `lucid` as its users do.
struct Program {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// The folder of everything that was built: the test bundle, the program and its resources.
    private static let folder: URL = {
        let tests = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent()
    }()

    static let path = folder.appending(path: "lucid").path

    /// The folder of the networks that ship with the program.
    static let models = folder.appending(path: "lucid_Models.resources").path

    /// - Parameters:
    ///   - folder: the working directory.
    ///   - input: a file that comes on standard input.
    ///   - interruptWhen: asked again and again about the running process; it gets `signal` once that holds, or is killed after
    ///     a minute.
    @discardableResult
    static func run(
        _ arguments: [String], in folder: String = FileManager.default.temporaryDirectory.path,
        environment: [String: String] = [:], input: String? = nil, interruptWhen: ((pid_t) throws -> Bool)? = nil,
        signal: Int32 = SIGINT
    ) throws -> Program {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? FileHandle.nullDevice
        try process.run()
        let identifier = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }  // a program that hangs fails instead
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
        defer { watchdog.cancel() }
        if let interruptWhen {
            do {
                while process.isRunning, try !interruptWhen(identifier) { usleep(5000) }
                kill(identifier, signal)
            } catch {
                kill(identifier, SIGKILL)
                throw error
            }
        }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Program(status: status, output: bytes, errors: String(decoding: message, as: UTF8.self))
    }

    /// Seconds that a process has computed, which on a busy machine says more than the time since it began.
    static func processorTime(of process: pid_t) throws -> Double {
        // The name, in parentheses, may hold anything; utime and stime are fields 14 and 15, and the state after the name is 3.
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        let ticks = fields.dropFirst(12).prefix(2).compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// A command line of bash, in which "$LUCID" is the program.
struct Shell {
    let status: Int32
    /// Standard output and standard error, as they came.
    let said: String

    /// - Parameter environment: in place of the tests' own.
    @discardableResult
    static func run(_ script: String, in folder: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Shell {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // The threads that run tests block all signals, and what they start inherits it: without SIGCHLD a shell waits for ever.
        // And a script that hangs fails instead.
        process.arguments = ["--default-signal", "timeout", "120", "bash", "-c", "set -o pipefail; " + script]
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = environment.merging(["LUCID": Program.path]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Shell(status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus, said: said)
    }
}

/// A folder that goes away with the test.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

    /// Names in the folder, hidden ones included.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
