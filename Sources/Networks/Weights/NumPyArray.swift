import Files

/// Numbers that NumPy saved (.npy, format versions 1 to 3): little-endian float16, float32 or float64 in C order.
public struct NumPyArray: Sendable {
    /// The extents.
    public let shape: [Int]
    /// Row-major.
    public let values: [Float]

    /// Reads a file whole.
    ///
    /// - Throws: for other types and orders, and for numbers that are not finite.
    public init(path: String) throws(WeightsError) {
        let mapping = try MappedFile(weights: path)
        let bytes = mapping.bytes
        func fail(_ reason: String) -> WeightsError { WeightsError(file: path, reason: reason) }
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
            throw fail("not a NumPy array (.npy); save one with numpy.save")
        }
        let isLong = bytes[6] > 1
        guard !isLong || bytes.count >= 12 else { throw fail("ends in its header") }
        let length = (8..<(isLong ? 12 : 10)).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        let start = (isLong ? 12 : 10) + length
        guard length <= 1 << 20, start <= bytes.count else { throw fail("ends in its header") }
        let header = String(decoding: bytes[(isLong ? 12 : 10)..<start], as: UTF8.self)
        func entry(_ key: String) -> Substring? {
            header.firstRange(of: "'\(key)':").map { header[$0.upperBound...].drop { $0 == " " } }
        }
        let types: [String: ElementType] = ["<f2": .f16, "<f4": .f32, "<f8": .f64]
        guard let written = entry("descr")?.dropFirst().prefix(3), let type = types[String(written)] else {
            throw fail("holds other numbers than little-endian floats; save array.astype('float32')")
        }
        guard let order = entry("fortran_order"), order.hasPrefix("False") else {
            throw fail("is in Fortran's order; save numpy.ascontiguousarray(array)")
        }
        guard let extents = entry("shape"), extents.first == "(", let close = extents.firstIndex(of: ")") else {
            throw fail("has no shape")
        }
        var shape: [Int] = []
        var count = 1
        for word in extents[extents.index(after: extents.startIndex)..<close].split(separator: ",") {
            let digits = word.filter { $0 != " " }
            if digits.isEmpty { continue }
            guard let extent = Int(digits), extent >= 0 else { throw fail("has no shape") }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= bytes.count else { throw fail("has a shape larger than the file") }
            count = product
            shape.append(extent)
        }
        guard bytes.count - start == count * type.size else {
            throw fail("has \(bytes.count - start) bytes of numbers; its shape \(shape) needs \(count * type.size)")
        }
        self.shape = shape
        values = type.floats(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        guard values.allSatisfy(\.isFinite) else { throw fail("holds numbers that are not finite") }
    }

    /// A float32 array in C order as `numpy.load` reads it, format version 1.
    ///
    /// - Parameters:
    ///   - shape: the extents; their product is the number of values.
    ///   - values: row-major.
    public static func bytes(shape: [Int], values: [Float]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *))
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // The numbers begin at a multiple of 64 bytes, after a line feed.
        let start = 10
        header += String(repeating: " ", count: 63 - (start + header.utf8.count) % 64) + "\n"
        var bytes: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        bytes += header.utf8
        bytes.reserveCapacity(bytes.count + 4 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }
}
