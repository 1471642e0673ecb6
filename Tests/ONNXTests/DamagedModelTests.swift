import Foundation
import Networks
import ONNX
import TestSupport
import Testing

/// Damaged and hostile files are refused with one line, and nothing outside the model's folder is opened.
@Suite struct DamagedModelTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func reason(_ bytes: [UInt8], named name: String = "model.onnx") throws -> String {
        let path = try folder.write(name, bytes)
        do throws(WeightsError) {
            let model = try ONNXModel.load(path: path)
            let last = try? model.network.layer(named: model.network.layerNames.last!)
            guard let last else { return "no layer" }
            _ = try PreparedNetwork(model.network, requests: [last: .all], preprocessing: nil)
            return "accepted"
        } catch {
            #expect(!"\(error)".contains("\n"))
            return "\(error.isMissing ? "missing: " : "")\(error)"
        }
    }

    /// A graph of the golden file that has most kinds of fields.
    private static func bytes(_ name: String) throws -> [UInt8] { try #require(OperatorGolden.all[name]).model }

    @Test(arguments: ["conv-bias-added@17", "view-by-shape@17", "expand-by-shape@17"])
    func cutAtEveryByteItIsRefused(_ name: String) throws {
        let whole = try Self.bytes(name)
        #expect(try reason(whole) == "accepted")
        for length in 1..<whole.count {
            // Only the version of the operator set follows the graph.
            let reason = try reason(Array(whole[..<length]))
            #expect(reason != "accepted", "\(length) of \(whole.count) bytes")
        }
    }

    /// Bytes changed at random: a network or an error, whatever happens.
    @Test(arguments: [
        "conv-bias-added@17", "view-by-shape@17", "resize-by-shape@17", "attention@17", "split-input@13", "nhwc-conv@17",
        "group-normalization@21", "constants-moved@18", "constants-in-arithmetic@17",
    ])
    func changedBytesNeverTrap(_ name: String) throws {
        let whole = try Self.bytes(name)
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0...random(3) { bytes[random(bytes.count)] = UInt8(random(256)) }
            _ = try reason(bytes)
        }
    }

    @Test func whatIsWrongIsNamed() throws {
        let relu = Proto.node("Relu", ["x"], ["y"], name: "first")
        #expect(try reason(Proto.model([relu])) == "accepted")
        let cases: [([UInt8], String)] = [
            (Proto.model([Proto.node("Frobnicate", ["x"], ["y"], name: "odd")]), "node odd (Frobnicate): this operator is not supported"),
            (Proto.model([Proto.node("Relu", ["x"], ["y"], name: "own", domain: "com.example")]), "domain com.example"),
            (
                Proto.model([Proto.node("Add", ["x", "b"], ["a"], name: "one"), Proto.node("Relu", ["a"], ["b"], name: "two")], output: "b"),
                "cycle"
            ),
            (Proto.model([Proto.node("NonZero", ["x"], ["y"], name: "places")]), "for constants only"),
            (Proto.model([Proto.node("Add", ["x", "y"], ["y"], name: "itself")]), "cycle through node itself"),
            (Proto.model([Proto.node("Relu", ["z"], ["y"], name: "lost")]), "node lost (Relu): its input z is computed nowhere"),
            (Proto.model([relu], opset: 5), "operator set 5"),
            (Proto.model([relu], dims: [1, 5000, 8, 8]), "5000 channels"),
            (Proto.model([relu], dims: [1, 8]), "2 axes"),
            (Proto.model([relu], output: "nowhere"), "does not depend on the picture"),
            ([0x3A, 0x00], "no graph"),
            (Array("not a model at all".utf8), "ONNX"),
            (Proto.nested(101), "nested more than 100 deep"),
            (Proto.nested(5000), "nested more than 100 deep"),
        ]
        for (bytes, words) in cases {
            let reason = try reason(bytes)
            #expect(reason.contains(words), "\(reason), not \(words)")
        }
    }

    @Test func wrongValuesAreRefused() throws {
        func model(_ tensor: [UInt8]) -> [UInt8] { Proto.model([Proto.node("Conv", ["x", "w"], ["y"], name: "conv")], tensors: [tensor]) }
        func floats(_ values: [Float]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) } }
        let good = Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: floats([1, 2, 3, 4, 5, 6]))
        #expect(try reason(model(good)) == "accepted")
        let inFloatData = Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: floats([1, 2, 3, 4, 5, 6]), field: 4)
        #expect(try reason(model(inFloatData)) == "accepted")
        let cases: [([UInt8], String)] = [
            (Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: floats([1, 2, 3])), "has 12 bytes of values, expected 24"),
            (Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: floats([1, 2, 3, 4, 5, .nan])), "not finite"),
            (Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: floats([1, 2, 3, 4, .infinity, 6])), "not finite"),
            (Proto.tensor("w", [2, 3, 1, 1], type: 8, raw: []), "element type 8"),
            (Proto.tensor("w", [-2, 3, 1, 1], type: 1, raw: []), "extent -2"),
            (Proto.tensor("w", [1 << 30, 1 << 30, 1, 1], type: 1, raw: []), "too large"),
            (Proto.tensor("w", [2, 5, 1, 1], type: 1, raw: floats([Float](repeating: 1, count: 10))), "weights of [2, 5, 1, 1]"),
            (good + Proto.field(9, floats([1, 2, 3, 4, 5, 6])), "twice"),
            (Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: nil), "has no values"),
        ]
        for (tensor, words) in cases {
            let reason = try reason(model(tensor))
            #expect(reason.contains(words), "\(reason), not \(words)")
        }
    }

    @Test func externalDataStaysInTheFolder() throws {
        let values = [Float](repeating: 0.5, count: 6).flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
        let inside = try folder.write("weights.bin", [0, 0, 0, 0] + values)
        let outside = try ScratchFolder()
        let secret = try outside.write("secret.bin", values)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link.bin", withDestinationPath: secret)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/folder", withDestinationPath: outside.path)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/near.bin", withDestinationPath: inside)
        func external(_ location: String, offset: String = "4", length: String = "24") throws -> String {
            let tensor = Proto.tensor("w", [2, 3, 1, 1], type: 1, raw: nil)
                + Proto.field(13, Proto.entry("location", location)) + Proto.field(13, Proto.entry("offset", offset))
                + Proto.field(13, Proto.entry("length", length)) + Proto.number(14, 1)
            return try reason(Proto.model([Proto.node("Conv", ["x", "w"], ["y"], name: "conv")], tensors: [tensor]))
        }
        #expect(try external("weights.bin") == "accepted")
        #expect(try external("near.bin") == "accepted")
        let name = outside.path.split(separator: "/").last!
        for location in ["../\(name)/secret.bin", secret, "folder/../../\(name)/secret.bin"] {
            #expect(try external(location, offset: "0").contains("outside the model's folder"), "\(location)")
        }
        #expect(try external("link.bin", offset: "0").contains("a link out of the model's folder"))
        #expect(try external("folder/secret.bin", offset: "0").contains("a link out of the model's folder"))
        #expect(try external("weights.bin", offset: "8").contains("too few"))
        #expect(try external("weights.bin", offset: "9223372036854775807").contains("too few"))
        #expect(try external("weights.bin", offset: "-4").contains("the offset -4"))
        #expect(try external("weights.bin", length: "20").contains("of 20 bytes, expected 24"))
        #expect(try external("absent.bin").hasPrefix("missing: "))
        #expect(try external(".").contains("regular file") || external(".").contains("link out"))
    }

    /// More than protobuf allows; the file is a hole, and not read.
    @Test func moreThanTwoGibibytesAreRefused() throws {
        let path = try folder.write("large.onnx", [0x3A])
        #expect(truncate(path, 1 << 31) == 0)
        #expect(throws: WeightsError.self) { try ONNXModel.load(path: path) }
    }
}
