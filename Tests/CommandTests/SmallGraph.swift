import Foundation
import TestSupport
import Testing

/// A convolution, biases and a rectifier on [1, 3, 6, 8]: of scripts/goldens/onnx_operators.py, the bytes at this place.
func saveSmallGraph(to path: String) throws {
    struct Entry: Decodable {
        let name: String
        let bytes: Int

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            name = try list.decode(String.self)
            bytes = try list.decode(Int.self)
        }
    }
    let golden = try Golden("onnx_operators")
    let entries = try golden.metadata("cases", as: [Entry].self)
    let place = try #require(entries.firstIndex { $0.name == "conv-bias-added@17" })
    let start = entries[..<place].reduce(0) { $0 + $1.bytes }
    let bytes = try golden.values("models")[start..<start + entries[place].bytes].map { UInt8($0) }
    try Data(bytes).write(to: URL(filePath: path))
}
