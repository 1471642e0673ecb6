import Tensors

/// Numbers that the goldens' scripts and the tests make alike, without a file: scripts/goldens/integer_hash.py.
public enum IntegerHash {
    static func lowbias32(_ x: UInt32) -> UInt32 {
        var x = x
        x ^= x >> 16
        x &*= 0x7feb_352d
        x ^= x >> 15
        x &*= 0x846c_a68b
        return x ^ (x >> 16)
    }

    /// FNV-1a.
    static func seed(_ name: String) -> UInt32 {
        name.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    /// In [−1, 1).
    public static func value(_ name: String, _ index: Int) -> Float {
        Float(lowbias32(seed(name) ^ lowbias32(UInt32(index))) >> 8) * 0x1p-23 - 1
    }

    public static func values(_ name: String, _ count: Int, scale: Float = 1) -> [Float] {
        let seed = seed(name)
        return (0..<count).map { scale * (Float(lowbias32(seed ^ lowbias32(UInt32($0))) >> 8) * 0x1p-23 - 1) }
    }

    public static func tensor(_ name: String, _ shape: Shape, scale: Float = 1) -> Tensor {
        Tensor(shape, values(name, shape.count, scale: scale))
    }

    /// The j-th sampled place of a tensor of `count` elements.
    public static func position(_ name: String, _ j: Int, of count: Int) -> Int {
        Int(lowbias32(seed(name) ^ lowbias32(UInt32(j)))) % count
    }
}
