import Tensors

/// The type of the numbers in a weights file, under the names of safetensors; PyTorch's storages have the same ten.
public enum ElementType: String, Sendable {
    /// IEEE 754 double precision.
    case f64 = "F64"
    /// IEEE 754 single precision, which all others are converted to.
    case f32 = "F32"
    /// IEEE 754 half precision.
    case f16 = "F16"
    /// Brain floating point: the upper half of an f32.
    case bf16 = "BF16"
    /// A signed integer of 64 bits, in two's complement.
    case i64 = "I64"
    /// A signed integer of 32 bits, in two's complement.
    case i32 = "I32"
    /// A signed integer of 16 bits, in two's complement.
    case i16 = "I16"
    /// A signed integer of 8 bits, in two's complement.
    case i8 = "I8"
    /// An unsigned integer of 8 bits.
    case u8 = "U8"
    /// A byte, 0 for false and 1 for true.
    case bool = "BOOL"

    /// Bytes of one number.
    package var size: Int {
        switch self {
        case .f64, .i64: 8
        case .f32, .i32: 4
        case .f16, .bf16, .i16: 2
        case .i8, .u8, .bool: 1
        }
    }

    /// The numbers of `bytes` (little-endian, one after the other, wherever they lie) as floats.
    package func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        let count = bytes.count / size
        /// The numbers of one type.
        func converted<Element: BitwiseCopyable>(_: Element.Type, _ convert: (Element) -> Float) -> [Float] {
            (0..<count).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)) }
        }
        switch self {
        case .f16:
            if Int(bitPattern: bytes.baseAddress) % 2 == 0 {
                return Tensors.floats(fromHalves: bytes.bindMemory(to: UInt16.self))
            }
            let halves = (0..<count).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
            return halves.withUnsafeBufferPointer { Tensors.floats(fromHalves: $0) }
        case .f32:
            return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                initialized = count
            }
        case .f64: return converted(Double.self) { Float($0) }
        case .bf16: return converted(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .i64: return converted(Int64.self) { Float($0) }
        case .i32: return converted(Int32.self) { Float($0) }
        case .i16: return converted(Int16.self) { Float($0) }
        case .i8: return converted(Int8.self) { Float($0) }
        case .u8, .bool: return converted(UInt8.self) { Float($0) }
        }
    }
}
