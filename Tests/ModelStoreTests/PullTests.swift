import Foundation
import ModelStore
import Networks
import TestSupport
import Testing

/// Downloads from a server that behaves, and from one that does not: the store has the right file or none.
@Suite struct PullTests {
    private let record = "resnet18.IMAGENET1K_V1.json"

    /// That a pull fails in this way, and that no file of weights came of it.
    private func fails(
        _ training: TestTraining, _ kind: StoreError.Kind, saying words: String, patience: Int = 20,
        leaving names: [String] = [], progress: @escaping (Int, Int?) -> Bool = { _, _ in true }
    ) throws {
        let error = #expect(throws: StoreError.self) { try training.pull(patience: patience, progress: progress) }
        #expect(error?.kind == kind && error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.description.contains("\n") == false)
        #expect(training.names() == names)
    }

    @Test func aFileIsPulledOnce() throws {
        let bytes = TestTraining.numbers(200_000)
        let server = try TestServer(.file(bytes))
        let training = try TestTraining(bytes, at: server)
        var seen: [Int] = []
        let item = try training.pull { bytes, _ in
            seen.append(bytes)
            return true
        }
        #expect(item.sha256 == training.digest && item.bytes == bytes.count)
        #expect(try training.stored(training.file) == bytes)
        #expect(training.names() == [training.file, record])
        #expect(seen.last == bytes.count && seen == seen.sorted())
        #expect(try training.pull() == item)
        #expect(server.requests.count == 1 && server.requests[0].path == "/\(training.file)")
    }

    @Test func aShortBodyIsGoneOnWith() throws {
        let bytes = TestTraining.numbers(200_000)
        let server = try TestServer(.short(bytes, 70_000, tag: "\"one\""))
        let training = try TestTraining(bytes, at: server)
        try fails(training, .unavailable, saying: "ended after 70000 of 200000", leaving: [training.file + ".part", training.file + ".part.tag"])
        server.answer(.file(bytes, tag: "\"one\""))
        _ = try training.pull()
        #expect(server.requests.last?.headers["range"] == "bytes=70000-")
        #expect(server.requests.last?.headers["if-range"] == "\"one\"")
        #expect(try training.stored(training.file) == bytes)
        #expect(training.names() == [training.file, record])
    }

    /// The file has changed since, or the server knows no ranges, or the part is of something else.
    @Test func whatDoesNotGoTogetherIsBegunAnew() throws {
        let bytes = TestTraining.numbers(200_000)
        for second in [TestServer.Answer.file(bytes, tag: "\"two\""), .whole(bytes), .file(bytes)] {
            let server = try TestServer(.short([UInt8](repeating: 7, count: 200_000), 70_000, tag: "\"one\""))
            let training = try TestTraining(bytes, at: server)
            #expect(throws: StoreError.self) { try training.pull() }
            server.answer(second)
            if case .file(_, nil) = second {
                // A server without tags sends the rest; the digest tells.
                try FileManager.default.removeItem(atPath: "\(training.path)/home/models/\(training.file).part.tag")
            }
            _ = try training.pull()
            #expect(try training.stored(training.file) == bytes)
        }
    }

    @Test func aPartThatIsWholeNeedsNoMore() throws {
        let bytes = TestTraining.numbers(5000)
        let server = try TestServer(.file(bytes))
        let training = try TestTraining(bytes, at: server)
        try FileManager.default.createDirectory(atPath: "\(training.path)/home/models", withIntermediateDirectories: true)
        for left in [bytes, bytes + [1, 2, 3]] {
            try Data(left).write(to: URL(filePath: "\(training.path)/home/models/\(training.file).part"))
            #expect(try training.pull().sha256 == training.digest)
            try training.store().remove(training.pull())
        }
    }

    @Test func wrongBytesAreNotKept() throws {
        let server = try TestServer(.file([UInt8](repeating: 1, count: 1000)))
        let training = try TestTraining(at: server)
        try fails(training, .badData, saying: "SHA-256")
    }

    @Test(arguments: [(404, "not found"), (403, "not allowed"), (503, "later"), (416, "416")])
    func aRefusalIsSaid(_ answer: (Int, String)) throws {
        let training = try TestTraining(at: TestServer(.status(answer.0)))
        try fails(training, .unavailable, saying: answer.1)
    }

    /// Sizes that no file has, and answers that are none.
    @Test(arguments: [
        "HTTP/1.1 206 P\r\nContent-Range: bytes 9-9/-9223372036854775808\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Range: /\r\nETag:\r\n:\r\n\r\n", "HTTP/9 x\r\n\r\n", "\r\n", "HTTP/1.1 416 N\r\nContent-Range: bytes */0\r\n\r\n",
    ])
    func nonsenseIsRefused(_ text: String) throws {
        let training = try TestTraining(at: TestServer(.raw(text)))
        for _ in 1...2 {
            let error = #expect(throws: StoreError.self) { try training.pull() }
            #expect([.unavailable, .badData].contains(error?.kind))
        }
        #expect(training.names().allSatisfy { $0.contains(".part") })
    }

    @Test func aServerThatStallsIsGivenUp() throws {
        let bytes = TestTraining.numbers(200_000)
        let server = try TestServer(.stall(bytes, 1000))
        let training = try TestTraining(bytes, at: server)
        try fails(training, .unavailable, saying: "goes on where it stopped", patience: 1, leaving: [training.file + ".part"])
        server.answer(.file(bytes))
        #expect(try training.pull().sha256 == training.digest)
    }

    @Test func redirectsLeadToHTTPSAlone() throws {
        let other = try TestServer(.file(TestTraining.numbers(200_000)))
        for place in ["file:///etc/passwd", other.address + "/x", "ftp://127.0.0.1/x"] {
            let training = try TestTraining(at: TestServer(.redirect(place)))
            try fails(training, .unavailable, saying: "not https")
        }
        #expect(other.requests.isEmpty)
    }

    @Test func nobodyAnswers() throws {
        try fails(TestTraining(), .unavailable, saying: "lucid models import")
        let offline = try TestTraining()
        offline.variables["LUCID_OFFLINE"] = "1"
        try fails(offline, .unavailable, saying: "lucid models pull resnet18:IMAGENET1K_V1")
        let elsewhere = try TestTraining()
        elsewhere.variables["LUCID_MODEL_MIRROR"] = "/a/folder"
        try fails(elsewhere, .name, saying: "https://")
    }

    @Test func anInterruptedPullIsGoneOnWith() throws {
        let bytes = TestTraining.numbers(200_000)
        let server = try TestServer(.stall(bytes, 50_000))
        let training = try TestTraining(bytes, at: server)
        try fails(training, .interrupted, saying: "interrupted", leaving: [training.file + ".part"]) { bytes, _ in bytes < 50_000 }
        server.answer(.file(bytes))
        _ = try training.pull()
        #expect(server.requests.last?.headers["range"] == "bytes=50000-")
    }

    @Test func twoAtOnceAreOne() throws {
        let bytes = TestTraining.numbers(3_000_000)
        let server = try TestServer(.file(bytes))
        let training = try TestTraining(bytes, at: server)
        let list = try training.library().trainings.find("resnet18")!
        let (store, environment) = (try training.store(), training.environment)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let item = try? Pull(list, into: store, environment).run { _, _ in true }
            #expect(item?.bytes == bytes.count)
        }
        #expect(server.requests.count == 1)
        #expect(training.names() == [training.file, record])
    }

    @Test func torchHubsFileIsUsedIfItIsTheRightOne() throws {
        let training = try TestTraining()
        let hub = "\(training.path)/.cache/torch/hub/checkpoints"
        try FileManager.default.createDirectory(atPath: hub, withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(filePath: "\(hub)/\(training.file)"))
        training.variables["LUCID_OFFLINE"] = "1"
        #expect(throws: StoreError.self) { try training.pull() }
        try Data(training.bytes).write(to: URL(filePath: "\(hub)/\(training.file)"))
        let item = try training.pull()
        #expect(item.file == "\(hub)/\(training.file)" && item.sha256 == training.digest)
        #expect(training.names() == [record])
        try training.library().remove("resnet18")
        #expect(FileManager.default.fileExists(atPath: item.file) && training.names().isEmpty)
        // Without a home of its own, torch has other places.
        training.variables["TORCH_HOME"] = "\(training.path)/elsewhere"
        #expect(throws: StoreError.self) { try training.pull() }
    }

    /// A process that was killed between the file and its record.
    @Test func aFileWithoutARecordIsTakenOver() throws {
        let training = try TestTraining()
        try FileManager.default.createDirectory(atPath: "\(training.path)/home/models", withIntermediateDirectories: true)
        try Data(training.bytes).write(to: URL(filePath: "\(training.path)/home/models/\(training.file)"))
        #expect(try training.pull().sha256 == training.digest)
    }

    /// The network judges weights whose digest nobody knows.
    @Test func withoutADigestTheFileMustBeOfTheNetwork() throws {
        let server = try TestServer(.file(TestTraining.numbers(1000)))
        let training = try TestTraining(at: server, hasDigest: false)
        try fails(training, .badData, saying: "not a file of these weights")
        server.answer(.file(Array(try UntrainedCheckpoint(Architecture.named("resnet18")!, classes: 3).safetensors)))
        #expect(try training.pull().bytes > 40_000_000)
    }

    @Test func aStoreThatCannotBeWrittenToIsSaid() throws {
        let training = try TestTraining(at: TestServer(.status(404)))
        training.variables["LUCID_HOME"] = "/proc/lucid"
        try fails(training, .cannotWrite, saying: "LUCID_HOME")
        training.variables = [:]
        #expect(throws: StoreError.self) { try training.store() }
        #expect(try training.library().meaning(of: "squeezenet1_1").architecture == "squeezenet1_1")
    }
}
