import Kernels

/// Which values of a map are positive: one bit a value. It is all that the gradient of a rectifier needs: weights are frozen,
/// so the activations themselves are not read again, and this takes a thirty-second of their memory.
public struct SignMap: Sendable, Equatable {
    /// The shape of the map.
    public let shape: Shape
    /// Each position begins a new byte, the first channel is its lowest bit.
    let positive: [UInt8]
    /// Whether the sign is minus, −0.0 included; empty if it was not asked for.
    let negative: [UInt8]

    /// A map of bits that a kernel has written.
    init(shape: Shape, positive: [UInt8]) {
        self.shape = shape
        self.positive = positive
        negative = []
    }

    /// Bytes of one position.
    var bytes: Int { (shape.channels + 7) / 8 }

    /// - Parameter signed: keep which values are negative besides which are positive.
    public init(_ map: FeatureMap, signed: Bool = false, workers: Workers) {
        shape = map.shape
        let (channels, area) = (shape.channels, shape.area)
        let bytes = (channels + 7) / 8
        func bits(_ body: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: area * bytes) { buffer, count in
                body(buffer.baseAddress!)
                count = area * bytes
            }
        }
        var negative: [UInt8] = []
        positive = map.withElements { values in
            let values = values.baseAddress!
            func fill(_ positive: UnsafeMutablePointer<UInt8>, _ negative: UnsafeMutablePointer<UInt8>?) {
                eachRows(area, of: channels, workers) { rows in
                    let first = rows.lowerBound
                    kernels_signs(
                        values + first * channels, rows.count, channels, positive + first * bytes,
                        negative.map { $0 + first * bytes })
                }
            }
            return bits { positive in
                if signed { negative = bits { fill(positive, $0) } } else { fill(positive, nil) }
            }
        }
        self.negative = negative
    }
}

extension FeatureMap {
    /// A map whose values, and which of them are positive, a kernel writes at the same time.
    ///
    /// - Parameter signed: false passes no place for the bits.
    init(
        _ shape: Shape, signed: Bool,
        _ body: (_ values: UnsafeMutablePointer<Float>, _ signs: UnsafeMutablePointer<UInt8>?) -> Void
    ) {
        var map = FeatureMap(uninitialized: shape)
        var bits: [UInt8] = []
        map.withMutableElements { values in
            let values = values.baseAddress!
            guard signed else { return body(values, nil) }
            let bytes = shape.area * ((shape.channels + 7) / 8)
            bits = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
                body(values, buffer.baseAddress!)
                count = bytes
            }
        }
        if signed { map.remember(SignMap(shape: shape, positive: bits)) }
        self = map
    }

    /// Sets every value that was not positive in the map of `signs` to 0.
    public mutating func mask(_ signs: SignMap, workers: Workers) {
        eachPiece(of: signs.positive, signs, workers) { values, positions, channels, bits in
            kernels_mask(values, positions, channels, bits)
        }
    }

    /// Sets every negative value whose value in the map of `signs` was negative to 0.
    public mutating func redirect(_ signs: SignMap, workers: Workers) {
        eachPiece(of: signs.negative, signs, workers) { values, positions, channels, bits in
            kernels_redirect(values, positions, channels, bits)
        }
    }

    /// Whether `mask` would leave anything but zeros.
    public func isAlive(under signs: SignMap) -> Bool {
        withElements { values in
            kernels_any_masked(values.baseAddress!, shape.area, shape.channels, signs.positive) != 0
        }
    }

    private mutating func eachPiece(
        of bits: [UInt8], _ signs: SignMap, _ workers: Workers,
        _ body: (UnsafeMutablePointer<Float>, Int, Int, UnsafePointer<UInt8>) -> Void
    ) {
        precondition(signs.shape == shape && bits.count == shape.area * signs.bytes)
        let (channels, area, bytes) = (shape.channels, shape.area, signs.bytes)
        withMutableElements { values in
            let values = values.baseAddress!
            bits.withUnsafeBufferPointer { bits in
                let bits = bits.baseAddress!
                eachRows(area, of: channels, workers) { rows in
                    let first = rows.lowerBound
                    body(values + first * channels, rows.count, channels, bits + first * bytes)
                }
            }
        }
    }
}
