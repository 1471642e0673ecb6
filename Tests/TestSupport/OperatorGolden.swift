/// A case of scripts/goldens/onnx_operators.py: the bytes of its graph, and what ONNX Runtime makes of it.
public struct OperatorGolden: Sendable {
    public let model: [UInt8]
    /// The number of elements, the largest magnitude, and samples.
    public let output: [Float]

    /// `["conv@17", 412]`
    private struct Entry: Decodable {
        let name: String
        let bytes: Int

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            name = try list.decode(String.self)
            bytes = try list.decode(Int.self)
        }
    }

    /// Every case, by name.
    public static let all: [String: OperatorGolden] = try! {
        let golden = try Golden("onnx_operators")
        let (models, outputs) = (try golden.values("models").map { UInt8($0) }, try golden.values("outputs"))
        let entries = try golden.metadata("cases", as: [Entry].self)
        let row = outputs.count / entries.count
        var (cases, start): ([String: OperatorGolden], Int) = ([:], 0)
        for (index, entry) in entries.enumerated() {
            cases[entry.name] = OperatorGolden(
                model: Array(models[start..<start + entry.bytes]), output: Array(outputs[index * row..<(index + 1) * row]))
            start += entry.bytes
        }
        return cases
    }()
}
