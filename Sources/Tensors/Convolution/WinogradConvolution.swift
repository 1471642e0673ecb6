import Kernels

/// A 3×3 convolution of stride 1 by Winograd's minimal filtering: tiles of the source are transformed, multiplied point by
/// point with transformed filters, and transformed back. F(4×4) takes a quarter, F(6×6) a fifth of the multiplications of
/// `DirectConvolution`.
///
/// The way back through a 3×3 convolution is a 3×3 convolution with the kernel turned by 180° and filters and channels
/// exchanged, so the same steps serve both ways.
public struct WinogradConvolution: Sendable {
    /// Outputs of a tile along an axis, and with them the exactness: fewer are more exact.
    public enum Tile: Int, Sendable {
        /// F(4×4, 3×3): 36 products for 16 outputs.
        case four = 4
        /// F(6×6, 3×3): 64 products for 36 outputs.
        case six = 6

        /// Inputs of a tile along an axis.
        var extent: Int { rawValue + 2 }
        /// Products of a tile.
        var points: Int { extent * extent }
    }

    /// Channels of the target.
    public let targetChannels: Int
    let sourceChannels: Int
    let tile: Tile
    let padding: Int
    let biases: [Float]?
    private let filters: Filters

    private enum Filters: Sendable {
        /// Transformed and packed: `[points, depth · packed columns]`.
        case transformed(Tensor)
        /// `[blocks, 9, depth, blockColumns]`, to be transformed at every use: for deep layers, whose transformed filters are
        /// four or seven times as many numbers and would come from main memory each time.
        case taps(Tensor)
    }

    /// Transformed filters of more floats than this are made anew each time.
    private static let storedFloats = 3 * 512 * 1024
    /// Filters that are multiplied before their results are transformed back; a multiple of every panel's width.
    static let blockColumns = 32
    /// Threads that prepare filters.
    private static let loading = Workers(2)
    /// The kernels read biases a vector at a time; no panel is wider.
    private static let biasPadding = 32

    /// The convolution.
    ///
    /// - Parameters:
    ///   - weights: `[filters, channels, 3, 3]`
    ///   - padding: zeros on each side, at most 2.
    public static func forward(weights: [Float], biases: [Float], channels: Int, padding: Int, tile: Tile)
        -> WinogradConvolution
    {
        WinogradConvolution(
            from: channels, to: biases.count, padding: padding, tile: tile, biases: biases, weights: weights,
            sourceStride: 9, targetStride: 9 * channels, isTurned: false)
    }

    /// The adjoint of `forward` without its biases.
    public static func adjoint(weights: [Float], filters: Int, channels: Int, padding: Int, tile: Tile)
        -> WinogradConvolution
    {
        WinogradConvolution(
            from: filters, to: channels, padding: 2 - padding, tile: tile, biases: nil, weights: weights,
            sourceStride: 9 * channels, targetStride: 9, isTurned: true)
    }

    private init(
        from sourceChannels: Int, to targetChannels: Int, padding: Int, tile: Tile, biases: [Float]?,
        weights: [Float], sourceStride: Int, targetStride: Int, isTurned: Bool
    ) {
        precondition(padding >= 0)
        self.sourceChannels = sourceChannels
        self.targetChannels = targetChannels
        self.tile = tile
        self.padding = padding
        self.biases = biases.map { $0 + [Float](repeating: 0, count: Self.biasPadding) }
        let taps = Self.taps(
            weights, sourceChannels, targetChannels, sourceStride: sourceStride, targetStride: targetStride, isTurned: isTurned)
        let pointSize = sourceChannels * kernels_packed_columns(targetChannels)
        let isSmall = tile.points * pointSize <= Self.storedFloats
        filters = isSmall ? .transformed(Self.transformed(taps, sourceChannels, targetChannels, tile, pointSize)) : .taps(taps)
    }

    /// The weights as `[blocks, 9, sources, blockColumns]`, with zeros in the columns that a last block has too many.
    private static func taps(
        _ weights: [Float], _ sources: Int, _ targets: Int, sourceStride: Int, targetStride: Int, isTurned: Bool
    ) -> Tensor {
        let blocks = (targets + blockColumns - 1) / blockColumns
        let blockSize = 9 * sources * blockColumns
        var taps = Tensor(Shape(blocks, 1, blockSize))
        taps.withMutableElements { taps in
            let taps = taps.baseAddress!
            weights.withUnsafeBufferPointer { weights in
                let weights = weights.baseAddress!
                loading.forEach(blocks) { block in
                    let first = block * blockColumns
                    let count = min(blockColumns, targets - first)
                    for source in 0..<sources {
                        for tap in 0..<9 {
                            let row = taps + block * blockSize + (tap * sources + source) * blockColumns
                            let weight = weights + source * sourceStride + (isTurned ? 8 - tap : tap)
                            for i in 0..<count { row[i] = weight[(first + i) * targetStride] }
                        }
                    }
                }
            }
        }
        return taps
    }

    /// Transformed and packed filters of `taps`, `[points, pointSize]`.
    private static func transformed(_ taps: Tensor, _ sources: Int, _ targets: Int, _ tile: Tile, _ pointSize: Int) -> Tensor {
        let (blocks, blockSize) = (taps.shape.channels, taps.shape.width)
        var transformed = Tensor(uninitialized: Shape(tile.points, 1, pointSize))
        transformed.withMutableElements { transformed in
            let transformed = transformed.baseAddress!
            taps.withElements { taps in
                let taps = taps.baseAddress!
                loading.forEach(blocks * tile.extent) { piece in
                    let (block, row) = (piece / tile.extent, piece % tile.extent)
                    let first = block * blockColumns
                    kernels_winograd_filters(
                        taps + block * blockSize, sources, min(blockColumns, targets - first), blockColumns, tile.extent, row,
                        transformed + row * tile.extent * pointSize + first * sources, pointSize)
                }
            }
        }
        return transformed
    }

    /// - Parameters: as for `DirectConvolution`.
    public func callAsFunction(
        _ source: FeatureMap, rectifying: Bool = false, signed: Bool = false, mask: SignMap? = nil, workers: Workers
    ) -> FeatureMap {
        precondition(source.shape.channels == sourceChannels)
        let (height, width) = (source.shape.height + 2 * padding - 2, source.shape.width + 2 * padding - 2)
        let target = Shape(targetChannels, height, width)
        let across = (width + tile.rawValue - 1) / tile.rawValue
        let count = across * ((height + tile.rawValue - 1) / tile.rawValue)
        let border = Tensor(Shape(1, 1, max(sourceChannels, targetChannels)))
        return FeatureMap(target, signed: signed) { result, signs in
            source.withElements { elements in
                let elements = elements.baseAddress!
                func run(_ mask: UnsafePointer<UInt8>?) {
                    let pass = Tiles(
                        convolution: self, source: elements, sourceShape: source.shape, target: result,
                        targetShape: target, across: across, count: count, rectifying: rectifying, mask: mask,
                        signs: signs, zeros: border)
                    switch filters {
                    case .transformed(let filters): pass.eachBand(filters, workers)
                    case .taps(let taps): pass.eachBlock(taps, workers)
                    }
                }
                if let mask { mask.positive.withUnsafeBufferPointer { run($0.baseAddress!) } } else { run(nil) }
            }
        }
    }
}
