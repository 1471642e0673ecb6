import Kernels

/// The steps of a Winograd convolution: transform the tiles of the source, multiply them with the filters point by point, and
/// transform the products back.
extension WinogradConvolution {
    /// One use of the convolution: its maps, and the tiles that they are cut into.
    struct Tiles {
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

        /// Floats of transformed source that one thread works on at a time.
        private static let bandFloats = 96 * 1024
        /// Tiles of a band; few make thin products, many do not fit the cache.
        private static let fewestTiles = 24
        /// Tiles of a band whose filters are transformed anew for it.
        private static let tilesForTaps = 192
        /// Floats between the values of two tiles, so that they do not fall on the same cache lines.
        private static let tileGap = 16

        private var points: Int { convolution.tile.points }

        private func bands(of size: Int) -> [Range<Int>] {
            let number = (count + size - 1) / size
            return (0..<number).map { count * $0 / number..<count * ($0 + 1) / number }
        }

        /// The filters lie ready: each thread takes a band of tiles all the way.
        func eachBand(_ filters: Tensor, _ workers: Workers) {
            let size = max(Self.fewestTiles, Self.bandFloats / (points * convolution.sourceChannels))
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
            let pointSize = depth * blockColumns + Self.tileGap
            let extent = convolution.tile.extent
            for band in bands(of: Self.tilesForTaps) {
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
            let tileStride = points * channels + Self.tileGap
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
            let tileStride = points * columns.count + Self.tileGap
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
                transformBack(band, products, tileStride, columns)
            }
        }

        /// Transforms the products of a band, `[tiles, points, columns]`, into results. After them is room for `columns.count`
        /// floats, for outputs beyond the border.
        private func transformBack(
            _ band: Range<Int>, _ products: UnsafeMutablePointer<Float>, _ tileStride: Int, _ columns: Range<Int>
        ) {
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
