import Foundation
import Images
import Studio
import Synchronization
import Tensors
import Testing

/// Everything that a run told: results for people and for scripts, warnings, and details.
struct Told: Sendable {
    var lines: [String] = []
    /// An object of JSON for each result.
    var values: [String] = []
    var notes: [String] = []
    var details: [String] = []
    var steps = 0

    func value<Value: Decodable>(_ number: Int = 0, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(values[number].utf8))
    }
}

/// Remembers what it is told.
final class Listener: Reporter {
    private let told = Mutex(Told())

    var heard: Told { told.withLock { $0 } }

    func report(_ event: JobEvent) {
        told.withLock { told in
            switch event {
            case .note(let message): told.notes.append(message.text { "--\($0)" })
            case .detail(let text): told.details.append(text)
            case .step: told.steps += 1
            case .planned(let job): told.lines.append(json(job.plan))
            case .drawn(_, let result, _):
                told.lines += result.lines
                told.values += result.values.map { json($0) }
                if let warning = result.warning { told.notes.append(warning.text { "--\($0)" }) }
            case .began, .failed, .ended: break
            }
        }
    }
}

// MARK: - Commands without a process

extension Scratch {
    /// Runs a command that draws, from the words of its command line. Files are named within the folder, where a result without
    /// a name goes, too.
    ///
    /// - Parameters:
    ///   - threads: of a session of its own; nil for the one that tests share.
    ///   - last: the step after which somebody asks for the end.
    @discardableResult
    func run(_ words: [String], threads: Int? = nil, until last: Int? = nil) throws -> Told {
        let listener = Listener()
        var session = threads.map { Session(workers: Workers($0)) } ?? sharedSession
        if let last { session = Session(workers: session.workers, isCancelled: { listener.heard.steps >= last }) }
        try run(words, session, listener)
        return listener.heard
    }

    func run(_ words: [String], _ session: Session, _ reporter: some Reporter) throws {
        func run<Request: JobRequest>(_ request: Request.Type) throws {
            var texts = try texts(words.dropFirst().filter { $0 != "--force" }, for: request, in: path)
            if texts["output"] == nil { texts["output"] = ["\(path)/"] }
            let list = try Request(given: texts).prepared(session)
            for note in list.notes { try reporter.report(.note(note)) }
            var runner = JobRunner(session, reporter)
            runner.force = words.contains("--force")
            runner.inputs = Request.inputs(given: texts)
            try runner.run(list.jobs, label: list.label)
        }
        if words[0] == "replay" { return try run(ReplayRequest.self) }
        guard let request = allRequests.first(where: { $0.command == words[0] }) else { throw Problem.usage("no command \(words[0])") }
        try run(request)
    }

    /// Expects a problem of one line, and that nothing is left behind.
    func fails(
        _ words: [String], _ kind: Problem.Kind, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try fails(kind, parts, "\(words)", sourceLocation) { try run(words) }
    }

    func fails(
        _ kind: Problem.Kind, _ parts: [String], _ name: String, _ sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) throws {
        let before = try contents("")
        let problem = #expect(throws: Problem.self, "\(name)", sourceLocation: sourceLocation) { try body() }
        guard let problem else { return }
        #expect(problem.kind == kind, "\(name): \(problem)", sourceLocation: sourceLocation)
        for part in parts { #expect(problem.line.contains(part), "\(name): \(problem.line)", sourceLocation: sourceLocation) }
        #expect(!problem.line.contains("\n"), "\(name)", sourceLocation: sourceLocation)
        #expect(try contents("") == before, "\(name) left something behind", sourceLocation: sourceLocation)
    }

    /// A picture's record.
    func record(_ name: String) throws -> Record { try Record(ofFile: self(name)) }

    func picture(_ name: String) throws -> Picture { try Picture.decode(bytes(name), name: name) }

    func save(_ name: String, _ picture: Picture) throws { try save(name, PNG.encode(picture)) }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }

    func makeFolder(_ name: String) throws { try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true) }

    /// Copies a file from elsewhere, over one that is there.
    func copy(_ path: String, to name: String) throws {
        try? remove(name)
        try FileManager.default.copyItem(atPath: path, toPath: self(name))
    }

    /// A picture under the same name with another record, which may hold anything.
    func craft(_ name: String, from other: String, _ change: (String) -> String) throws {
        let record = try Record.text(ofFile: self(other))
        try save(name, try PNG.encode(try picture(other), text: [(keyword: Record.keyword, text: change(record))]))
    }
}

extension Picture {
    /// The samples of a part, channel by channel and row by row.
    func part(x: Int = 0, y: Int = 0, width partWidth: Int, height partHeight: Int) -> [Float] {
        let planes = planes()
        return (0..<3).flatMap { channel in
            (y..<y + partHeight).flatMap { row in
                let start = (channel * height + row) * width + x
                return planes[start..<start + partWidth]
            }
        }
    }
}
