import Kernels

/// A convolution (or, from `adjoint`, the way back through one) as products of the source where it lies and filters packed
/// once: im2col without the copies, exact for every window, stride, dilation and grouping.
///
/// Each result is a single sum in the order of the taps, so it depends neither on the threads nor on how work is cut.
public struct DirectConvolution: Sendable {
    /// Channels of the target.
    public let targetChannels: Int
    private let sourceChannels: Int
    private let groups: Int
    private let phases: [Phase]
    private let biases: [Float]?  // padded to what the kernels may read

    private enum Kind: Sendable {
        case packed, thin, depthwise
    }

    /// One correlation with its filters, in the order in which the kernel reads them.
    private struct Phase: Sendable {
        let correlation: Correlation
        let kind: Kind
        /// Floats that are read as one run.
        let segmentLength: Int
        let segments: [Correlation.Tap]  // the first of each run
        let filters: Tensor  // all groups, one after the other
        let filtersInGroup: Int  // floats
    }

    /// Sums of at most this many filters run along the depth.
    private static let thinColumns = 3
    /// Below this the lanes along the depth would be empty.
    private static let thinDepth = 16
    /// Floats of filters that a core keeps near while rows pass.
    private static let filterFloats = 64 * 1024
    /// Floats of source that one piece of work covers.
    private static let sourceFloats = 128 * 1024
    /// Pieces that give several threads enough to do.
    private static let wantedPieces = 8
    /// Multiplications that are not worth a hand-over to another thread.
    private static let smallWork = 200_000
    /// The kernels read biases a vector at a time; no panel is wider.
    private static let biasPadding = 32

    /// The convolution: from `inputChannels` to as many channels as there are filters.
    ///
    /// - Parameters:
    ///   - weights: `[filters, inputChannels / groups, kernelHeight, kernelWidth]`
    ///   - biases: `[filters]`
    public static func forward(
        weights: [Float], biases: [Float], inputChannels: Int, groups: Int, window: Window
    ) -> DirectConvolution {
        let depth = inputChannels / groups
        return DirectConvolution(
            correlations: [.forward(window)], from: inputChannels, to: biases.count, groups: groups, biases: biases,
            weights: WeightOrder(
                weights: weights, group: biases.count / groups * depth * window.area, source: window.area,
                target: depth * window.area, kernelWidth: window.kernelWidth))
    }

    /// The adjoint of `forward` without its biases: from a gradient at the output to one at the input.
    public static func adjoint(
        weights: [Float], filters: Int, inputChannels: Int, groups: Int, window: Window
    ) -> DirectConvolution {
        let depth = inputChannels / groups
        return DirectConvolution(
            correlations: Correlation.adjoint(window), from: filters, to: inputChannels, groups: groups, biases: nil,
            weights: WeightOrder(
                weights: weights, group: filters / groups * depth * window.area, source: depth * window.area,
                target: window.area, kernelWidth: window.kernelWidth))
    }

    /// Where the weight of a tap lies: strides of `[filters, inputChannels / groups, kernelHeight, kernelWidth]` as seen
    /// from one side or the other.
    private struct WeightOrder {
        let weights: [Float]
        let group: Int
        let source: Int
        let target: Int
        let kernelWidth: Int

        /// `[taps, sources, targets]` of one group.
        func matrix(_ group: Int, _ taps: [Correlation.Tap], sources: Int, targets: Int) -> Tensor {
            var matrix = Tensor(uninitialized: Shape(taps.count, sources, targets))
            matrix.withMutableElements { matrix in
                weights.withUnsafeBufferPointer { weights in
                    var place = 0
                    for tap in taps {
                        let first = group * self.group + tap.kernelY * kernelWidth + tap.kernelX
                        for source in 0..<sources {
                            for target in 0..<targets {
                                matrix[place] = weights[first + source * self.source + target * self.target]
                                place += 1
                            }
                        }
                    }
                }
            }
            return matrix
        }
    }

    private init(
        correlations: [Correlation], from sourceChannels: Int, to targetChannels: Int, groups: Int, biases: [Float]?,
        weights: WeightOrder
    ) {
        self.sourceChannels = sourceChannels
        self.targetChannels = targetChannels
        self.groups = groups
        self.biases = biases.map { $0 + [Float](repeating: 0, count: Self.biasPadding) }
        let (depth, columns) = (sourceChannels / groups, targetChannels / groups)
        phases = correlations.map { correlation in
            let isDepthwise = depth == 1 && columns == 1
            let run = groups == 1 && !isDepthwise ? correlation.run : 1
            let length = run * depth
            let taps = correlation.taps
            let whole = taps.count * depth
            let kind: Kind =
                isDepthwise ? .depthwise : columns <= Self.thinColumns && length >= Self.thinDepth ? .thin : .packed
            let size: Int
            switch kind {
            case .depthwise: size = taps.count
            case .thin: size = whole * columns
            case .packed: size = whole * kernels_packed_columns(columns)
            }
            var filters = Tensor(uninitialized: Shape(1, 1, size * groups))
            filters.withMutableElements { filters in
                guard size > 0 else { return }
                for group in 0..<groups {
                    let place = filters.baseAddress! + group * size
                    weights.matrix(group, taps, sources: depth, targets: columns).withElements { matrix in
                        let matrix = matrix.baseAddress!
                        switch kind {
                        case .depthwise:  // [taps, channels]
                            kernels_copy_columns(matrix, taps.count, 1, 1, filters.baseAddress! + group, groups)
                        case .thin:  // [columns, depth]
                            kernels_transpose(matrix, whole, columns, columns, place, whole)
                        case .packed:
                            kernels_pack(matrix, whole, columns, columns, place)
                        }
                    }
                }
            }
            return Phase(
                correlation: correlation, kind: kind, segmentLength: length,
                segments: stride(from: 0, to: taps.count, by: run).map { taps[$0] }, filters: filters,
                filtersInGroup: size)
        }
    }

    /// - Parameters:
    ///   - source: `[height, width, sourceChannels]`
    ///   - target: the shape of the result.
    ///   - rectifying: negative results become −0.0.
    ///   - signed: find out on the way which results are positive.
    ///   - mask: of the result's shape; results are 0 where it is not positive.
    public func callAsFunction(
        _ source: FeatureMap, to target: Shape, rectifying: Bool = false, signed: Bool = false, mask: SignMap? = nil,
        workers: Workers
    ) -> FeatureMap {
        precondition(source.shape.channels == sourceChannels && target.channels == targetChannels)
        var result = FeatureMap(target, signed: signed && !sharesBytes) { result, signs in
            source.withElements { elements in
                let elements = elements.baseAddress!
                func run(_ mask: UnsafePointer<UInt8>?) {
                    for phase in phases {
                        compute(
                            phase, elements, source.shape, into: result, target, rectifying: rectifying, mask: mask,
                            signs: signs, workers)
                    }
                }
                if let mask, !sharesBytes {
                    mask.positive.withUnsafeBufferPointer { run($0.baseAddress!) }
                } else {
                    run(nil)
                }
            }
        }
        if let mask, sharesBytes { result.mask(mask, workers: workers) }
        return result
    }

    /// The channels of a group may begin within a byte of the signs.
    private var sharesBytes: Bool { groups > 1 && groups != targetChannels }

    private func compute(
        _ phase: Phase, _ source: UnsafePointer<Float>, _ sourceShape: Shape,
        into target: UnsafeMutablePointer<Float>, _ targetShape: Shape, rectifying: Bool, mask: UnsafePointer<UInt8>?,
        signs: UnsafeMutablePointer<UInt8>?, _ workers: Workers
    ) {
        let correlation = phase.correlation
        let grid = correlation.grid(in: targetShape)
        guard grid.height > 0, grid.width > 0 else { return }
        let (stride, offset) = (correlation.targetStride, correlation.targetOffset)
        if correlation.taps.isEmpty {
            for i in 0..<grid.height {
                let y = i * stride.height + offset.height
                for j in 0..<grid.width {
                    let x = j * stride.width + offset.width
                    (target + (y * targetShape.width + x) * targetChannels).update(repeating: 0, count: targetChannels)
                }
            }
            return
        }
        // A 1×1 kernel has no rows: its positions are one long line.
        let isLine =
            correlation.taps.count == 1 && correlation.taps[0].y == 0 && correlation.taps[0].x == 0
            && correlation.sourceStride == (1, 1) && stride == (1, 1) && sourceShape.area == targetShape.area
        let lines = isLine ? grid.height * grid.width : grid.height
        let positions = isLine ? 1 : grid.width
        let columns = phase.kind == .depthwise ? targetChannels : targetChannels / groups
        let panel = phase.kind == .packed ? kernels_panel_width() : columns
        let depth = phase.segments.count * phase.segmentLength
        let parts = phase.kind == .depthwise ? 1 : groups
        let maskBytes = (targetChannels + 7) / 8

        // Rows for the cache; then filters as well if there are too few pieces.
        let work = lines * positions * parts * columns * depth
        let rowFloats = positions * correlation.sourceStride.height * correlation.sourceStride.width * sourceChannels
        let tallest = max(1, Self.sourceFloats / rowFloats)
        let bandCount = work < Self.smallWork
            ? 1 : min(lines, max((lines + tallest - 1) / tallest, min(Self.wantedPieces, lines / (isLine ? 12 : 1))))
        let panels = (columns + panel - 1) / panel
        let cuts = bandCount >= Self.wantedPieces || work < Self.smallWork || parts > 1
            ? 1 : min(panels, (Self.wantedPieces + bandCount - 1) / bandCount)
        let blockPanels = max(1, Self.filterFloats / max(1, depth * panel))

        workers.forEach(bandCount * cuts) { piece in
            let (band, cut) = (piece / cuts, piece % cuts)
            let rows = lines * band / bandCount..<lines * (band + 1) / bandCount
            let mine = panels * cut / cuts..<panels * (cut + 1) / cuts
            func products(origin: UnsafePointer<Float>, rowStride: Int) {
                let offsets = phase.segments.map { $0.y * rowStride + $0.x * sourceChannels }
                offsets.withUnsafeBufferPointer { offsets in
                    phase.filters.withElements { filters in
                        for part in 0..<parts {
                            for block in Swift.stride(from: mine.lowerBound, to: mine.upperBound, by: blockPanels) {
                                let first = block * panel
                                let last = min(min(block + blockPanels, mine.upperBound) * panel, columns)
                                var product = kernels_product()
                                product.offsets = offsets.baseAddress!
                                product.segments = phase.segments.count
                                product.segment_length = phase.kind == .depthwise ? 1 : phase.segmentLength
                                product.filters = filters.baseAddress! + part * phase.filtersInGroup + first * depth
                                product.columns = last - first
                                product.rectify = rectifying ? 1 : 0
                                product.input_stride = correlation.sourceStride.width * sourceChannels
                                product.output_stride = stride.width * targetChannels
                                product.mask_stride = stride.width * maskBytes
                                let channel = part * columns + first
                                func multiply(_ row: Int, _ count: Int) {
                                    product.rows = count
                                    let line = row - rows.lowerBound
                                    product.input =
                                        origin + (isLine ? line * sourceChannels : line * correlation.sourceStride.height * rowStride)
                                        + part * (sourceChannels / groups)
                                    let position =
                                        isLine
                                        ? row : (row * stride.height + offset.height) * targetShape.width + offset.width
                                    product.output = target + position * targetChannels + channel
                                    product.mask = mask.map { $0 + position * maskBytes + channel / 8 }
                                    product.signs = signs.map { $0 + position * maskBytes + channel / 8 }
                                    switch phase.kind {
                                    case .packed: kernels_multiply(&product)
                                    case .thin: kernels_thin_product(&product)
                                    case .depthwise: kernels_depthwise(&product)
                                    }
                                }
                                func multiplyAll() {
                                    if isLine { multiply(rows.lowerBound, rows.count) } else {
                                        for row in rows { multiply(row, positions) }
                                    }
                                }
                                if let biases {
                                    biases.withUnsafeBufferPointer {
                                        product.bias = $0.baseAddress! + channel
                                        multiplyAll()
                                    }
                                } else {
                                    multiplyAll()
                                }
                            }
                        }
                    }
                }
            }
            if isLine {
                products(origin: source + rows.lowerBound * sourceChannels, rowStride: 0)
            } else {
                SourceBand.with(source, sourceShape, correlation, rows: rows, columns: positions) {
                    products(origin: $0.origin, rowStride: $0.rowStride)
                }
            }
        }
    }
}
