import Foundation
import Tensors

enum FeatureMapOrder {
    /// From channels side by side to a plane each.
    static func planes(_ values: [Float], _ shape: Shape) -> Tensor {
        var planes = [Float](repeating: 0, count: shape.count)
        for position in 0..<shape.area {
            for c in 0..<shape.channels { planes[c * shape.area + position] = values[position * shape.channels + c] }
        }
        return Tensor(shape, planes)
    }
}

/// Writes the wire format of protobuf, as far as a graph needs it.
enum Proto {
    static func varint(_ value: Int) -> [UInt8] {
        var (rest, bytes): (UInt64, [UInt8]) = (UInt64(bitPattern: Int64(value)), [])
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
    static func field(_ field: Int, _ bytes: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(bytes.count) + bytes }
    static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    static func entry(_ key: String, _ value: String) -> [UInt8] { field(1, key) + field(2, value) }

    static func node(_ type: String, _ inputs: [String], _ outputs: [String], name: String, domain: String = "") -> [UInt8] {
        inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(3, name) + field(4, type)
            + (domain.isEmpty ? [] : field(7, domain))
    }

    static func tensor(_ name: String, _ dims: [Int], type: Int, raw: [UInt8]?, field place: Int = 9) -> [UInt8] {
        dims.flatMap { number(1, $0) } + number(2, type) + field(8, name) + (raw.map { field(place, $0) } ?? [])
    }

    /// - Parameter dims: 0 for an extent that is left open.
    private static func value(_ name: String, _ dims: [Int], type: Int) -> [UInt8] {
        let shape = dims.flatMap { field(1, number(1, $0)) }
        return field(1, name) + field(2, field(1, number(1, type) + field(2, shape)))
    }

    static func model(
        _ nodes: [[UInt8]], tensors: [[UInt8]] = [], dims: [Int] = [1, 3, 8, 8], output: String = "y", opset: Int = 17, type: Int = 1,
        others: [(name: String, dims: [Int])] = []
    ) -> [UInt8] {
        let values = field(11, value("x", dims, type: type)) + others.flatMap { field(11, value($0.name, $0.dims, type: 1)) }
            + field(12, value(output, [], type: 1))
        let graph = nodes.flatMap { field(1, $0) } + tensors.flatMap { field(5, $0) } + values
        return number(1, 8) + field(7, graph) + field(8, number(2, opset))
    }

    /// Graphs within attributes of nodes of a model's graph, `depth` messages deep.
    static func nested(_ depth: Int) -> [UInt8] {
        var message: [UInt8] = []
        for level in (3...depth).reversed() {
            message = level % 3 == 0 ? field(1, message) : level % 3 == 1 ? field(5, message) : field(6, message)
        }
        return field(7, message)
    }
}

/// A folder that is removed with the value.
final class ScratchFolder: Sendable {
    let path: String

    /// One that stays until the tests end.
    static let shared = try! ScratchFolder()

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "lucid-onnx-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}
