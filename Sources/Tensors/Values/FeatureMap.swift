import Kernels

/// The values between the layers of a network: `[height, width, channels]`, row-major, the channels of a position side by
/// side.
///
/// In this order a 1×1 convolution is a matrix product of the memory as it lies, a kernel row of any other is one
/// contiguous run, and the lanes of a vector are channels, so that no inner loop shuffles. Pictures and the values that
/// objectives see are `Tensor`s, one plane for each channel. Value semantics as for `Tensor`.
public struct FeatureMap: Sendable {
    /// Extents by name; the order in memory is height, width, channels.
    public let shape: Shape
    private var values: SharedFloats

    private init(_ shape: Shape, _ values: SharedFloats) { (self.shape, self.values) = (shape, values) }

    /// A map whose values are whatever the memory held: for callers that write every element.
    public init(uninitialized shape: Shape) { self.init(shape, SharedFloats(uninitialized: shape.checkedCount)) }

    /// The same value everywhere.
    public init(_ shape: Shape, repeating value: Float = 0) {
        self.init(shape, SharedFloats(repeating: value, count: shape.checkedCount))
    }

    /// The same channels at every position.
    public init(height: Int, width: Int, everywhere channels: [Float]) {
        self.init(uninitialized: Shape(channels.count, height, width))
        withMutableElements { values in
            for position in 0..<height * width {
                (values.baseAddress! + position * channels.count).update(from: channels, count: channels.count)
            }
        }
    }

    /// The same values in this order.
    public init(_ planes: Tensor, workers: Workers = .one) {
        let shape = planes.shape
        self.init(uninitialized: shape)
        withMutableElements { target in
            planes.withElements { source in
                let (target, source) = (target.baseAddress!, source.baseAddress!)
                workers.forEach(pieces(of: shape.area)) { piece in
                    let range = pieceRange(piece, of: shape.area)
                    kernels_transpose(
                        source + range.lowerBound, shape.channels, range.count, shape.area,
                        target + range.lowerBound * shape.channels, shape.channels)
                }
            }
        }
    }

    /// The same values, one plane for each channel.
    public func planes(workers: Workers = .one) -> Tensor {
        var result = Tensor(uninitialized: shape)
        result.withMutableElements { target in
            withElements { source in
                let (target, source) = (target.baseAddress!, source.baseAddress!)
                workers.forEach(pieces(of: shape.area)) { piece in
                    let range = pieceRange(piece, of: shape.area)
                    kernels_transpose(
                        source + range.lowerBound * shape.channels, range.count, shape.channels, shape.channels,
                        target + range.lowerBound, shape.area)
                }
            }
        }
        return result
    }

    /// Which values are positive; made once for all copies of this map.
    public func signs(workers: Workers) -> SignMap { values.signs { SignMap(self, workers: workers) } }

    /// Takes signs that are known already.
    func remember(_ signs: SignMap) { values.remember(signs) }

    /// Lends the values for reading. The pointer dies with the call.
    @inline(__always)
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try values.withElements(body)
    }

    /// Lends the values for writing, after making this map their only owner. The pointer dies with the call.
    @inline(__always)
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try values.withMutableElements(body)
    }

    /// The same values, in the same order in memory, under another shape of the same count.
    public func reshaped(_ shape: Shape) -> FeatureMap {
        precondition(shape.count == self.shape.count, "\(self.shape) cannot be read as \(shape)")
        return FeatureMap(shape, values)
    }
}

/// Positions that one task transposes at a time.
private let transposedPositions = 4096

private func pieces(of positions: Int) -> Int { (positions + transposedPositions - 1) / transposedPositions }

private func pieceRange(_ piece: Int, of positions: Int) -> Range<Int> {
    piece * transposedPositions..<min((piece + 1) * transposedPositions, positions)
}

extension FeatureMap {
    /// Adds another map of the same shape, element by element.
    public mutating func add(_ other: FeatureMap, workers: Workers = .one) {
        precondition(other.shape == shape, "\(other.shape) cannot be added to \(shape)")
        let count = shape.count
        withMutableElements { target in
            other.withElements { source in
                let (target, source) = (target.baseAddress!, source.baseAddress!)
                eachPiece(of: count, workers) { range in
                    kernels_add_scaled(target + range.lowerBound, source + range.lowerBound, range.count, 1)
                }
            }
        }
    }

    /// values · scales + shifts, one number of each for every channel; no shifts for a gradient on its way back.
    public mutating func scale(by scales: [Float], shiftedBy shifts: [Float]? = nil, workers: Workers = .one) {
        precondition(scales.count == shape.channels && (shifts ?? scales).count == shape.channels)
        let (area, channels) = (shape.area, shape.channels)
        withMutableElements { values in
            let values = values.baseAddress!
            eachRows(area, of: channels, workers) { rows in
                kernels_scale_and_shift(values + rows.lowerBound * channels, rows.count, channels, scales, shifts)
            }
        }
    }

    /// Sets every negative value to −0.0 (see `kernels_rectify`).
    public mutating func rectify(workers: Workers) {
        let count = shape.count
        withMutableElements { values in
            let values = values.baseAddress!
            eachPiece(of: count, workers) { kernels_rectify(values + $0.lowerBound, $0.count) }
        }
    }
}

extension FeatureMap {
    /// Some of the channels, as a map of its own.
    public func channels(_ range: Range<Int>, workers: Workers = .one) -> FeatureMap {
        var result = FeatureMap(uninitialized: Shape(range.count, shape.height, shape.width))
        result.withMutableElements { target in
            withElements { source in
                copyColumns(
                    source.baseAddress! + range.lowerBound, shape.channels, to: target.baseAddress!, range.count,
                    columns: range.count, rows: shape.area, workers)
            }
        }
        return result
    }

    /// Writes another map over the channels from `first` on.
    public mutating func setChannels(from first: Int, to other: FeatureMap, workers: Workers = .one) {
        let (channels, area) = (shape.channels, shape.area)
        precondition(other.shape.area == area && first + other.shape.channels <= channels)
        withMutableElements { target in
            other.withElements { source in
                copyColumns(
                    source.baseAddress!, other.shape.channels, to: target.baseAddress! + first, channels,
                    columns: other.shape.channels, rows: area, workers)
            }
        }
    }
}

private func copyColumns(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, to target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    columns: Int, rows: Int, _ workers: Workers
) {
    eachRows(rows, of: columns, workers) { rows in
        kernels_copy_columns(
            source + rows.lowerBound * sourceStride, rows.count, columns, sourceStride,
            target + rows.lowerBound * targetStride, targetStride)
    }
}
