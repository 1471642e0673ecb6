import Foundation
import Networks
import Testing

/// The safetensors reader is strict: every bad file is refused with a reason of its own.
@Suite final class SafetensorsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ header: String, _ data: [UInt8], length: UInt64? = nil) throws -> String {
        let path = folder.appending(path: "\(UUID().uuidString).safetensors").path
        var bytes = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header.utf8)
        bytes.append(contentsOf: data)
        try bytes.write(to: URL(filePath: path))
        return path
    }

    private func reason(_ header: String, _ data: [UInt8] = [], length: UInt64? = nil) throws -> String {
        let path = try file(header, data, length: length)
        do {
            _ = try SafetensorsFile(path: path)
            return "accepted"
        } catch {
            return error.reason
        }
    }

    private func entry(_ name: String, _ type: String = "F32", _ shape: String = "[1]", _ from: Int = 0, _ to: Int = 4) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(from),\(to)]}"
    }

    private let four: [UInt8] = [0, 0, 128, 63]  // 1.0

    /// Every type comes back bit by bit, the largest numbers first; what is asked for under another type is refused.
    @Test func whatIsWrittenIsRead() throws {
        let path = folder.appending(path: "written.safetensors").path
        let halves: [Float16] = [1.5, -2, .infinity]
        var pieces = 0
        try SafetensorsFile.write(
            [
                SafetensorsTensor("bytes", [3], [1, 2, 255] as [UInt8]), SafetensorsTensor("halves", [3, 1], halves),
                SafetensorsTensor("a/b \"c\"", [1], [Double.pi]), SafetensorsTensor("whole", [2], [Int64.min, 7]),
                SafetensorsTensor("small", [2], [-1, 2] as [Int32]), SafetensorsTensor("none", [0, 4], [Float]()),
                SafetensorsTensor("pieces", [2, 2], of: Float.self) { write in
                    for value in [1, 2, 3, 4] as [Float] {
                        pieces += 1
                        try withUnsafeBytes(of: value) { try write($0) }
                    }
                },
            ], metadata: ["note": "é\n\"x\""], to: path)
        let file = try SafetensorsFile(path: path)
        #expect(pieces == 4 && file.metadata == ["note": "é\n\"x\""] && file.shapes.count == 7 && file.shapes["none"] == [0, 4])
        #expect(try file.values("bytes") == [1, 2, 255] as [UInt8] && file.values("halves") == halves)
        #expect(try file.values("a/b \"c\"") == [Double.pi] && file.values("whole") == [Int64.min, 7])
        #expect(try file.values("small") == [-1, 2] as [Int32] && file.values("none") == [Float]() && file.values("pieces") == [1, 2, 3, 4] as [Float])
        #expect(throws: WeightsError.self) { try file.values("bytes", of: Float.self) }
        #expect(throws: WeightsError.self) { try file.values("nothing", of: Float.self) }
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try SafetensorsFile.write([SafetensorsTensor("x", [1], of: Float.self) { _ in throw Failure() }], metadata: [:], to: path + "2")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["written.safetensors"])
    }

    @Test func aGoodFileIsRead() throws {
        let path = try file("{\"__metadata__\":{\"a\":\"\\u00e9\"},\(entry("w"))}  ", four)
        let weights = try SafetensorsFile(path: path)
        #expect(weights.metadata == ["a": "é"])
        #expect(try weights.read("w", shape: [1]) == [1])
        #expect(throws: WeightsError.self) { try weights.read("w", shape: [2]) }
        #expect(throws: WeightsError.self) { try weights.read("v", shape: [1]) }
    }

    @Test func everyRuleHasItsReason() throws {
        let cases: [(String, String)] = [
            (try reason("{}", length: 100_000_001), "100000001"),
            (try reason("{}", length: 100), "cut short"),
            (try reason("{\(entry("a"))}", Array(four.prefix(3))), "cut short"),
            (try reason("{\(entry("a"))}", four + [0]), "1 bytes too many"),
            (try reason("{\(entry("a")),\(entry("b", "F32", "[1]", 2, 6))}", four + [0, 0]), "overlaps"),
            (try reason("{\(entry("a")),\(entry("b", "F32", "[1]", 8, 12))}", four + four + four), "hole"),
            (try reason("{\(entry("a")),\(entry("a"))}", four), "twice"),
            (try reason("{\(entry("a", "F32", "[4294967296,4294967296,4294967296]"))}", four), "larger than any file"),
            (try reason("{\(entry("a", "F32", "[2]"))}", four), "takes 8 bytes"),
            (try reason("{\(entry("a", "F8"))}", four), "unknown type F8"),
            (try reason("{\(entry("a", "F32", "[-1]"))}", four), "whole number"),
            (try reason("{\"a\":{\"b\":{\"c\":\"d\"}}}"), "nested"),
            (try reason("{\"a\":1}"), "a: "),
            (try reason("{\"a\":{\"dtype\":\"F32\"}}"), "exactly dtype"),
            (try reason("[]"), "expected {"),
            (try reason("{} x"), "whole numbers only"), (try reason("{} {}"), "damaged header"), (try reason("{\"a\":[1.0]}"), "whole numbers only"),
            (try reason("{\"a"), "without end"),
            (try reason("{\"\\ud800\":{}}"), "damaged header"),
            (try reason("{\"__metadata__\":{\"a\":[1]}}"), "__metadata__.a: "), (try reason("{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"2\"}}"), "twice"),
        ]
        for (reason, word) in cases { #expect(reason.contains(word), "\(reason), not \(word)") }
    }

    @Test func badUTF8IsRefused() throws {
        let path = try file("", [UInt8](repeating: 0, count: 0))
        var bytes = Data([6, 0, 0, 0, 0, 0, 0, 0])
        bytes.append(contentsOf: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D])
        try bytes.write(to: URL(filePath: path))
        #expect(throws: WeightsError.self) { try SafetensorsFile(path: path) }
    }

    @Test func cutAtEveryByteItIsRefused() throws {
        let path = try file("{\(entry("w")),\(entry("v", "F32", "[1]", 4, 8))}", four + four)
        let whole = try Data(contentsOf: URL(filePath: path))
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: URL(filePath: path))
            #expect(throws: WeightsError.self) { try SafetensorsFile(path: path) }
        }
    }

    @Test func everyTypeIsRead() throws {
        func read(_ type: String, _ bytes: [UInt8]) throws -> [Float] {
            let path = try file("{\(entry("w", type, "[1]", 0, bytes.count))}", bytes)
            return try SafetensorsFile(path: path).read("w", shape: [1])
        }
        #expect(try read("F64", [0, 0, 0, 0, 0, 0, 0xF8, 0xBF]) == [-1.5])
        #expect(try read("F32", [0, 0, 0xC0, 0xBF]) == [-1.5])
        #expect(try read("F16", [0, 0xBE]) == [-1.5])
        #expect(try read("BF16", [0xC0, 0xBF]) == [-1.5])
        #expect(try read("I64", [0xFE, 255, 255, 255, 255, 255, 255, 255]) == [-2])
        #expect(try read("I32", [0xFE, 255, 255, 255]) == [-2])
        #expect(try read("I16", [0xFE, 255]) == [-2])
        #expect(try read("I8", [0xFE]) == [-2])
        #expect(try read("U8", [0xFE]) == [254])
        #expect(try read("BOOL", [1]) == [1])
    }

    @Test func numbersThatAreNotFiniteAreRefusedByTheLayer() throws {
        let path = try file("{\(entry("w"))}", [0, 0, 0xC0, 0x7F])
        let parameter = Parameter("w", shape: [1], in: try SafetensorsFile(path: path))
        #expect(throws: WeightsError.self) { try parameter.read() }
    }

    @Test func theFirstTenMissingParametersAreNamed() throws {
        let path = try file("{\(entry("features.0.weight"))}", four)
        do {
            _ = try Architecture.vgg16.network(weights: try SafetensorsFile(path: path))
            Issue.record("accepted")
        } catch {
            #expect(error.reason.contains("features.0.weight is [1], expected [64, 3, 3, 3]"))
            #expect(error.reason.contains("features.10.bias is missing"))
            #expect(error.reason.contains("; and "))
        }
    }
}
