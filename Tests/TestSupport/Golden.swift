import CZlib
import FoundationEssentials
import Networks
import Tensors

/// A file of Tests/Goldens.
public struct Golden: Sendable {
    public let file: SafetensorsFile

    public init(_ name: String, sourceFile: String = #filePath) throws {
        let tests = sourceFile.split(separator: "/").dropLast(2).joined(separator: "/")
        file = try SafetensorsFile(path: "/\(tests)/Goldens/\(name).safetensors")
    }

    public var names: [String] { file.shapes.keys.sorted() }

    public func values(_ name: String) throws -> [Float] { try file.read(name, shape: file.shapes[name] ?? []) }

    /// A golden of three extents, or fewer with ones before them.
    public func shape(_ name: String) -> [Int] { file.shapes[name]! }

    /// Bytes that are deflated in the file (RFC 1950).
    ///
    /// - Parameter count: how many they are.
    public func inflated(_ name: String, count: Int) throws -> [UInt8] {
        let deflated = try values(name).map { UInt8($0) }
        var (length, bytes) = (uLong(count), [UInt8](repeating: 0, count: count))
        guard uncompress(&bytes, &length, deflated, uLong(deflated.count)) == Z_OK, Int(length) == count else {
            throw WeightsError(file: file.file, reason: "\(name) is not \(count) deflated bytes")
        }
        return bytes
    }

    /// A JSON text of the metadata.
    public func metadata<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
    }
}

/// The largest difference of two lists, relative to `scale` (by default the largest golden value).
public func relativeError(_ actual: [Float], _ golden: [Float], scale: Float? = nil) -> Float {
    guard actual.count == golden.count else { return .infinity }
    let scale = scale ?? golden.map(abs).max() ?? 1
    var worst: Float = 0
    for (a, b) in zip(actual, golden) {
        let difference = abs(a - b)
        if !(difference <= worst) { worst = difference }  // NaN counts as worst
    }
    return worst / max(scale, .leastNormalMagnitude)
}

/// ⟨a, b⟩ in double precision.
public func inner(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

/// How far ⟨Ax, y⟩ = ⟨x, Aᵀy⟩ fails, relative to ‖Ax‖·‖y‖.
public func adjointGap(x: Tensor, y: Tensor, _ forward: (Tensor) -> Tensor, _ adjoint: (Tensor) -> Tensor) -> Double {
    let (ax, aty) = (forward(x).elements, adjoint(y).elements)
    let scale = (inner(ax, ax) * inner(y.elements, y.elements)).squareRoot()
    return abs(inner(ax, y.elements) - inner(x.elements, aty)) / max(scale, 1e-30)
}
