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
        case four = 4
        case six = 6

        /// Inputs of a tile along an axis.
        var extent: Int { rawValue + 2 }
        /// Products of a tile.
        var points: Int { extent * extent }
    }

    /// Channels of the target.
    public let targetChannels: Int
    private let sourceChannels: Int
    private let tile: Tile
    private let padding: Int
    private let biases: [Float]?
    private let filters: Filters

    private enum Filters: Sendable {
        /// Transformed and packed: `[points, depth · packed columns]`.
        case transformed(Tensor)
        /// `[blocks, 9, depth, blockColumns]`, to be transformed each time: for deep layers, whose transformed filters are
        /// four or seven times as many numbers and would come from main memory every time.
        case taps(Tensor)
    }

    /// Transformed filters of more floats than this are made anew each time.
    private static let storedFloats = 3 * 512 * 1024
    /// Floats of transformed source that one thread works on at a time.
    private static let bandFloats = 96 * 1024
    /// Tiles of a band; few make thin products, many do not fit the cache.
    private static let fewestTiles = 24
    /// Tiles of a band whose filters are transformed anew for it.
    private static let tilesForTaps = 192
    /// Filters that are multiplied before their results are transformed back; a multiple of every panel's width.
    private static let blockColumns = 32
    /// Between the values of two tiles, so that they do not fall on the same cache lines.
    private static let tileGap = 16
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
        let blocks = (targetChannels + Self.blockColumns - 1) / Self.blockColumns
        let blockSize = 9 * sourceChannels * Self.blockColumns
        var taps = Tensor(Shape(blocks, 1, blockSize))
        taps.withMutableElements { taps in
            let taps = taps.baseAddress!
            weights.withUnsafeBufferPointer { weights in
                let weights = weights.baseAddress!
                Self.loading.forEach(blocks) { block in
                    let first = block * Self.blockColumns
                    let count = min(Self.blockColumns, targetChannels - first)
                    for source in 0..<sourceChannels {
                        for tap in 0..<9 {
                            let row = taps + block * blockSize + (tap * sourceChannels + source) * Self.blockColumns
                            let weight = weights + source * sourceStride + (isTurned ? 8 - tap : tap)
                            for i in 0..<count { row[i] = weight[(first + i) * targetStride] }
                        }
                    }
                }
            }
        }
        let pointSize = sourceChannels * kernels_packed_columns(targetChannels)
        guard tile.points * pointSize <= Self.storedFloats else {
            filters = .taps(taps)
            return
        }
        var transformed = Tensor(uninitialized: Shape(tile.points, 1, pointSize))
        transformed.withMutableElements { transformed in
            let transformed = transformed.baseAddress!
            taps.withElements { taps in
                let taps = taps.baseAddress!
                Self.loading.forEach(blocks * tile.extent) { piece in
                    let (block, row) = (piece / tile.extent, piece % tile.extent)
                    let first = block * Self.blockColumns
                    kernels_winograd_filters(
                        taps + block * blockSize, sourceChannels, min(Self.blockColumns, targetChannels - first),
                        Self.blockColumns, tile.extent, row,
                        transformed + row * tile.extent * pointSize + first * sourceChannels, pointSize)
                }
            }
        }
        filters = .transformed(transformed)
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

    /// One use of the convolution: its maps, and the tiles that they are cut into.
    private struct Tiles {
        let convolution: WinogradConvolution
        let source: UnsafePointer<Float>
        let sourceShape: Shape
        let target: UnsafeMutablePointer<Float>
        let targetShape: Shape
        let across: Int
        let count: Int
        let rectifying: Bool
        let mask: UnsafePointer<UInt8>?
        let signs: UnsafeMutablePointer<UInt8>?
        let zeros: Tensor

        private var points: Int { convolution.tile.points }

        private func bands(of size: Int) -> [Range<Int>] {
            let number = (count + size - 1) / size
            return (0..<number).map { count * $0 / number..<count * ($0 + 1) / number }
        }

        /// The filters lie ready: each thread takes a band of tiles all the way.
        func eachBand(_ filters: Tensor, _ workers: Workers) {
            let size = max(fewestTiles, bandFloats / (points * convolution.sourceChannels))
            let bands = bands(of: size)
            let columns = convolution.targetChannels
            let pointSize = filters.shape.width
            if bands.count == 1 && workers.count > 1 {
                // One band: the threads share its tiles, then its filters.
                return withTransformedSource(bands[0], workers) { place, tileStride in
                    filters.withElements { filters in
                        let blocks = (columns + blockColumns - 1) / blockColumns
                        workers.forEach(blocks) { block in
                            let first = block * blockColumns
                            multiply(bands[0], place, tileStride, columns: first..<min(first + blockColumns, columns)) {
                                point in filters.baseAddress! + point * pointSize + first * convolution.sourceChannels
                            }
                        }
                    }
                }
            }
            workers.forEach(bands.count) { band in
                withTransformedSource(bands[band], .one) { place, tileStride in
                    filters.withElements { filters in
                        for first in stride(from: 0, to: columns, by: blockColumns) {
                            multiply(
                                bands[band], place, tileStride, columns: first..<min(first + blockColumns, columns)
                            ) { point in filters.baseAddress! + point * pointSize + first * convolution.sourceChannels }
                        }
                    }
                }
            }
        }

        /// The filters are made as they are needed: the threads share the tiles of a band, then the filters.
        func eachBlock(_ taps: Tensor, _ workers: Workers) {
            let columns = convolution.targetChannels
            let depth = convolution.sourceChannels
            let blocks = (columns + blockColumns - 1) / blockColumns
            let pointSize = depth * blockColumns + tileGap
            let extent = convolution.tile.extent
            for band in bands(of: tilesForTaps) {
                withTransformedSource(band, workers) { place, tileStride in
                    workers.forEach(blocks) { block in
                        let first = block * blockColumns
                        let width = min(blockColumns, columns - first)
                        // A row of points at a time: its filters fit the cache.
                        var filters = Tensor(uninitialized: Shape(extent, 1, pointSize))
                        filters.withMutableElements { filters in
                            taps.withElements { taps in
                                multiply(band, place, tileStride, columns: first..<first + width) { point in
                                    if point % extent == 0 {
                                        kernels_winograd_filters(
                                            taps.baseAddress! + 9 * depth * first, depth, width, blockColumns, extent,
                                            point / extent, filters.baseAddress!, pointSize)
                                    }
                                    return UnsafePointer(filters.baseAddress! + point % extent * pointSize)
                                }
                            }
                        }
                    }
                }
            }
        }

        /// Transforms a band's tiles and lends the result, `[tiles, points, channels]` with a gap after each tile.
        private func withTransformedSource(
            _ band: Range<Int>, _ workers: Workers, _ body: (UnsafePointer<Float>, Int) -> Void
        ) {
            let channels = convolution.sourceChannels
            let tileStride = points * channels + tileGap
            var transformed = Tensor(uninitialized: Shape(band.count, 1, tileStride))
            transformed.withMutableElements { transformed in
                let place = transformed.baseAddress!
                let parts = workers.count == 1 ? 1 : min(band.count, 16)
                zeros.withElements { zeros in
                    workers.forEach(parts) { part in
                        let mine = band.count * part / parts..<band.count * (part + 1) / parts
                        var tiles = kernels_tiles()
                        tiles.height = sourceShape.height
                        tiles.width = sourceShape.width
                        tiles.stride = channels
                        tiles.channels = channels
                        tiles.padding = convolution.padding
                        tiles.across = across
                        tiles.first = band.lowerBound + mine.lowerBound
                        tiles.count = mine.count
                        tiles.extent = convolution.tile.extent
                        tiles.point_stride = channels
                        tiles.tile_stride = tileStride
                        tiles.border = UnsafeMutablePointer(mutating: zeros.baseAddress!)  // only read
                        kernels_winograd_input(&tiles, source, place + mine.lowerBound * tileStride)
                    }
                }
                body(place, tileStride)
            }
        }

        /// Multiplies a band with the filters of some columns, and transforms the results back.
        ///
        /// - Parameter filters: the packed filters of a point; asked for in the order of the points.
        private func multiply(
            _ band: Range<Int>, _ place: UnsafePointer<Float>, _ placeStride: Int, columns: Range<Int>,
            filters: (_ point: Int) -> UnsafePointer<Float>
        ) {
            let depth = convolution.sourceChannels
            let tileStride = points * columns.count + tileGap
            var products = Tensor(uninitialized: Shape(1, 1, band.count * tileStride + columns.count))
            products.withMutableElements { products in
                let products = products.baseAddress!
                var offset = 0
                withUnsafePointer(to: &offset) { offset in
                    var product = kernels_product()
                    product.input_stride = placeStride
                    product.rows = band.count
                    product.offsets = offset
                    product.segments = 1
                    product.segment_length = depth
                    product.columns = columns.count
                    product.output_stride = tileStride
                    for point in 0..<points {
                        product.input = place + point * depth
                        product.filters = filters(point)
                        product.output = products + point * columns.count
                        kernels_multiply(&product)
                    }
                }
                var tiles = kernels_tiles()
                tiles.height = targetShape.height
                tiles.width = targetShape.width
                tiles.stride = targetShape.channels
                tiles.channels = columns.count
                tiles.across = across
                tiles.first = band.lowerBound
                tiles.count = band.count
                tiles.extent = convolution.tile.extent
                tiles.point_stride = columns.count
                tiles.tile_stride = tileStride
                tiles.mask_stride = (targetShape.channels + 7) / 8
                tiles.border = products + band.count * tileStride
                let first = columns.lowerBound
                func finish(_ bias: UnsafePointer<Float>?) {
                    kernels_winograd_output(
                        &tiles, target + first, products, bias, rectifying ? 1 : 0, mask.map { $0 + first / 8 },
                        signs.map { $0 + first / 8 })
                }
                if let biases = convolution.biases {
                    biases.withUnsafeBufferPointer { finish($0.baseAddress! + first) }
                } else {
                    finish(nil)
                }
            }
        }
    }
}
