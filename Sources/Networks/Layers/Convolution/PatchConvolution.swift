import Tensors

/// Convolution as OpenBLAS products over banded patches (im2col), one plane a channel: the plain path, exact for every
/// window, stride, dilation and grouping, and the reference for the faster ones.
///
/// Forward: a band of output rows = weights · patches. Backward: a band of image rows receives weightsᵀ · gradient,
/// scattered back. Both cut the work by shape alone and give each piece memory of its own.
struct PatchConvolution: ConvolutionAlgorithm {
    private let weights: [Float]  // [filters, channels / groups · window.area]
    private let biases: [Float]  // [filters]
    private let inputChannels: Int
    private let groups: Int
    private let window: Window

    /// Patches of one piece: 2 MiB, about a core's share of cache. A whole-image matrix made a 3×3 convolution three
    /// times slower than its products; bands cost a third on top of them.
    private static let patchFloats = 512 * 1024
    /// The narrowest product that still runs near sgemm's full rate.
    private static let fewestColumns = 100
    /// Below this many bands, filters (or channels) are cut as well, so that there is work for several threads.
    private static let wantedPieces = 8

    init(weights: [Float], biases: [Float], inputChannels: Int, groups: Int, window: Window) {
        self.weights = weights
        self.biases = biases
        self.inputChannels = inputChannels
        self.groups = groups
        self.window = window
    }

    private var filtersPerGroup: Int { biases.count / groups }
    private var channelsPerGroup: Int { inputChannels / groups }

    func forward(_ input: FeatureMap, output: Shape, rectifying: Bool, signed: Bool, workers: Workers) -> FeatureMap {
        var result = FeatureMap(forward(input.planes(workers: workers), workers: workers), workers: workers)
        if rectifying { result.rectify(workers: workers) }
        return result
    }

    func backward(_ gradient: FeatureMap, inputShape: Shape, mask: SignMap?, workers: Workers) -> FeatureMap {
        let planes = backward(gradient.planes(workers: workers), inputShape: inputShape, workers: workers)
        var result = FeatureMap(planes, workers: workers)
        if let mask { result.mask(mask, workers: workers) }
        return result
    }

    private func forward(_ input: Tensor, workers: Workers) -> Tensor {
        let (height, width) = (input.shape.height, input.shape.width)
        let (outputHeight, outputWidth) = (window.outputHeight(height), window.outputWidth(width))
        var output = Tensor(uninitialized: Shape(biases.count, outputHeight, outputWidth))
        let depth = channelsPerGroup * window.area
        let bands = Self.bands(of: outputHeight, width: outputWidth, depth: depth)
        let smallestBlock = window.isPointwise ? 32 : 128  // gathering patches anew must stay cheap beside the product
        let blocks = Self.blocks(of: filtersPerGroup, smallest: smallestBlock, bands: bands.count * groups)
        output.withMutableElements { output in
            input.withElements { input in
                weights.withUnsafeBufferPointer { weights in
                    workers.forEach(groups * bands.count * blocks.count) { piece in
                        let group = piece / (bands.count * blocks.count)
                        let rows = bands[piece / blocks.count % bands.count]
                        let block = blocks[piece % blocks.count]
                        let columns = rows.count * outputWidth
                        let channels = input.baseAddress! + group * channelsPerGroup * height * width
                        let firstFilter = group * filtersPerGroup + block.lowerBound
                        let left = Matrix(
                            weights.baseAddress! + firstFilter * depth, rows: block.count, columns: depth)
                        let target =
                            output.baseAddress! + (firstFilter * outputHeight + rows.lowerBound) * outputWidth
                        if window.isPointwise {
                            multiply(
                                left,
                                Matrix(
                                    channels + rows.lowerBound * width, rows: depth, columns: columns,
                                    stride: height * width),
                                into: target, resultStride: outputHeight * outputWidth)
                        } else {
                            var patches = Tensor(uninitialized: Shape(1, depth, columns))
                            patches.withMutableElements { patches in
                                gatherPatches(
                                    from: channels, channels: channelsPerGroup, height: height, width: width,
                                    window: window, rows: rows, into: patches.baseAddress!)
                                multiply(
                                    left, Matrix(patches.baseAddress!, rows: depth, columns: columns), into: target,
                                    resultStride: outputHeight * outputWidth)
                            }
                        }
                        for filter in 0..<block.count {
                            let row = target + filter * outputHeight * outputWidth
                            let bias = biases[firstFilter + filter]
                            for i in 0..<columns { row[i] += bias }
                        }
                    }
                }
            }
        }
        return output
    }

    private func backward(_ gradient: Tensor, inputShape: Shape, workers: Workers) -> Tensor {
        let (height, width) = (inputShape.height, inputShape.width)
        let (outputHeight, outputWidth) = (window.outputHeight(height), window.outputWidth(width))
        let depth = channelsPerGroup * window.area
        var result = Tensor(uninitialized: inputShape)
        // 16 channels a block keep the bands tall, so that few output rows are computed for two bands.
        let blocks =
            window.isPointwise
            ? Self.blocks(
                of: channelsPerGroup, smallest: 32,
                bands: Self.bands(of: height, width: width, depth: depth).count * groups)
            : Self.pieces(of: channelsPerGroup, size: 16)
        let bands = Self.bands(of: height, width: width, depth: blocks[0].count * window.area)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                weights.withUnsafeBufferPointer { weights in
                    workers.forEach(groups * bands.count * blocks.count) { piece in
                        let group = piece / (bands.count * blocks.count)
                        let imageRows = bands[piece / blocks.count % bands.count]
                        let block = blocks[piece % blocks.count]
                        let firstFilter = group * filtersPerGroup
                        let left = Matrix(
                            weights.baseAddress! + firstFilter * depth + block.lowerBound * window.area,
                            rows: block.count * window.area, columns: filtersPerGroup, stride: depth, transposed: true)
                        let source = gradient.baseAddress! + firstFilter * outputHeight * outputWidth
                        let target =
                            result.baseAddress! + (group * channelsPerGroup + block.lowerBound) * height * width
                        if window.isPointwise {
                            multiply(
                                left,
                                Matrix(
                                    source + imageRows.lowerBound * width, rows: filtersPerGroup,
                                    columns: imageRows.count * width, stride: height * width),
                                into: target + imageRows.lowerBound * width, resultStride: height * width)
                            return
                        }
                        scatter(left, source, onto: target, channels: block.count, imageRows, inputShape)
                    }
                }
            }
        }
        return result
    }

    /// Writes the gradients of some rows of some channels: the products for every output that sees them, each added where the value
    /// was read.
    ///
    /// - Parameters:
    ///   - weights: `[channels · kernel positions, filters]`.
    ///   - source: the group's gradients at the output, `[filters, output height, output width]`.
    ///   - target: `[channels, height, width]`.
    private func scatter(
        _ weights: Matrix, _ source: UnsafePointer<Float>, onto target: UnsafeMutablePointer<Float>, channels: Int,
        _ imageRows: Range<Int>, _ inputShape: Shape
    ) {
        let (height, width) = (inputShape.height, inputShape.width)
        for channel in 0..<channels {
            (target + (channel * height + imageRows.lowerBound) * width).update(repeating: 0, count: imageRows.count * width)
        }
        let rows = outputRows(touching: imageRows, height: height, window: window)
        if rows.isEmpty { return }
        let (outputHeight, outputWidth) = (window.outputHeight(height), window.outputWidth(width))
        let columns = rows.count * outputWidth
        var patches = Tensor(uninitialized: Shape(1, channels * window.area, columns))
        patches.withMutableElements { patches in
            multiply(
                weights,
                Matrix(
                    source + rows.lowerBound * outputWidth, rows: filtersPerGroup, columns: columns,
                    stride: outputHeight * outputWidth),
                into: patches.baseAddress!, resultStride: columns)
            scatterPatches(
                patches.baseAddress!, channels: channels, height: height, width: width, window: window, rows: rows,
                onto: target, imageRows: imageRows)
        }
    }

    /// Bands of rows whose patches of `depth` values a position fit `patchFloats`.
    private static func bands(of height: Int, width: Int, depth: Int) -> [Range<Int>] {
        let columns = max(fewestColumns, patchFloats / depth)
        let rows = max(1, min(columns / width, (height + wantedPieces - 1) / wantedPieces))
        let enough = max(rows, min(height, (fewestColumns + width - 1) / width))
        return pieces(of: height, size: enough)
    }

    /// Blocks of filters or channels: one where the bands suffice, else enough to give several threads work.
    private static func blocks(of count: Int, smallest: Int, bands: Int) -> [Range<Int>] {
        let wanted = (wantedPieces + bands - 1) / bands
        return pieces(of: count, size: max(smallest, (count + wanted - 1) / wanted))
    }

    /// 0 ..< count in nearly equal pieces of at most `size`.
    private static func pieces(of count: Int, size: Int) -> [Range<Int>] {
        let number = max(1, (count + size - 1) / size)
        return (0..<number).map { count * $0 / number..<count * ($0 + 1) / number }
    }
}
