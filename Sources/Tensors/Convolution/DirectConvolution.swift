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
    /// Positions of a long line that one piece has at least.
    private static let shortestLine = 12
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
                    let maps = Maps(
                        source: elements, sourceShape: source.shape, target: result, targetShape: target,
                        rectifying: rectifying, mask: mask, signs: signs)
                    for phase in phases { compute(phase, maps, workers) }
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
    private var sharesBytes: Bool { groups > 1 && !(sourceChannels == groups && targetChannels == groups) }

    /// What one use of the convolution reads and writes.
    private struct Maps {
        let source: UnsafePointer<Float>
        let sourceShape: Shape
        let target: UnsafeMutablePointer<Float>
        let targetShape: Shape
        let rectifying: Bool
        let mask: UnsafePointer<UInt8>?
        let signs: UnsafeMutablePointer<UInt8>?
    }

    /// How a phase is cut into pieces of work: bands of lines for the cache, and filters as well if those are too few.
    private struct Cut {
        /// A 1×1 kernel has no rows: its positions are one long line of lines of one position.
        let isLine: Bool
        let lines: Int
        /// Of a line.
        let positions: Int
        /// Groups that are multiplied one after the other.
        let parts: Int
        /// Filters of a part.
        let columns: Int
        /// Filters that cannot be parted.
        let panel: Int
        let depth: Int
        let bands: Int
        let cuts: Int
        /// Panels whose filters stay near while lines pass.
        let blockPanels: Int

        init(_ phase: Phase, _ maps: Maps, groups: Int) {
            let correlation = phase.correlation
            let grid = correlation.grid(in: maps.targetShape)
            isLine =
                correlation.taps.count == 1 && correlation.taps[0].y == 0 && correlation.taps[0].x == 0
                && correlation.sourceStride == (1, 1) && correlation.targetStride == (1, 1)
                && maps.sourceShape.area == maps.targetShape.area
            lines = isLine ? grid.height * grid.width : grid.height
            positions = isLine ? 1 : grid.width
            parts = phase.kind == .depthwise ? 1 : groups
            columns = maps.targetShape.channels / parts
            panel = phase.kind == .packed ? kernels_panel_width() : columns
            depth = phase.segments.count * phase.segmentLength
            let isSmall = lines * positions * parts * columns * depth < smallWork
            let lineFloats =
                positions * correlation.sourceStride.height * correlation.sourceStride.width * maps.sourceShape.channels
            let tallest = max(1, sourceFloats / lineFloats)
            bands =
                isSmall
                ? 1 : min(lines, max((lines + tallest - 1) / tallest, min(wantedPieces, lines / (isLine ? shortestLine : 1))))
            let panels = (columns + panel - 1) / panel
            cuts = isSmall || bands >= wantedPieces || parts > 1 ? 1 : min(panels, (wantedPieces + bands - 1) / bands)
            blockPanels = max(1, filterFloats / max(1, depth * panel))
        }

        func lines(of band: Int) -> Range<Int> { lines * band / bands..<lines * (band + 1) / bands }

        func panels(of cut: Int) -> Range<Int> {
            let panels = (columns + panel - 1) / panel
            return panels * cut / cuts..<panels * (cut + 1) / cuts
        }
    }

    private func compute(_ phase: Phase, _ maps: Maps, _ workers: Workers) {
        let grid = phase.correlation.grid(in: maps.targetShape)
        guard grid.height > 0, grid.width > 0 else { return }
        if phase.correlation.taps.isEmpty { return clear(phase.correlation, grid, maps) }
        let cut = Cut(phase, maps, groups: groups)
        workers.forEach(cut.bands * cut.cuts) { piece in
            let lines = cut.lines(of: piece / cut.cuts)
            let panels = cut.panels(of: piece % cut.cuts)
            if cut.isLine {
                let band = SourceBand(origin: maps.source + lines.lowerBound * sourceChannels, rowStride: 0)
                multiply(phase, maps, cut, band, lines, panels)
            } else {
                SourceBand.with(
                    maps.source, maps.sourceShape, phase.correlation, rows: lines, columns: cut.positions
                ) { multiply(phase, maps, cut, $0, lines, panels) }
            }
        }
    }

    /// What no tap reaches is zero.
    private func clear(_ correlation: Correlation, _ grid: Correlation.Pair, _ maps: Maps) {
        for i in 0..<grid.height {
            for j in 0..<grid.width {
                let place = maps.target + position(i, j, correlation, maps) * targetChannels
                place.update(repeating: 0, count: targetChannels)
            }
        }
    }

    /// Where a position of the grid lies in the target.
    private func position(_ i: Int, _ j: Int, _ correlation: Correlation, _ maps: Maps) -> Int {
        (i * correlation.targetStride.height + correlation.targetOffset.height) * maps.targetShape.width
            + j * correlation.targetStride.width + correlation.targetOffset.width
    }

    /// One piece of work: some lines times some panels of every part, a block of panels at a time.
    private func multiply(
        _ phase: Phase, _ maps: Maps, _ cut: Cut, _ band: SourceBand, _ lines: Range<Int>, _ panels: Range<Int>
    ) {
        let correlation = phase.correlation
        let maskBytes = (targetChannels + 7) / 8
        let offsets = phase.segments.map { $0.y * band.rowStride + $0.x * sourceChannels }
        var product = kernels_product()
        product.segments = phase.segments.count
        product.segment_length = phase.segmentLength
        product.rectify = maps.rectifying ? 1 : 0
        product.input_stride = correlation.sourceStride.width * sourceChannels
        product.output_stride = correlation.targetStride.width * targetChannels
        product.mask_stride = correlation.targetStride.width * maskBytes

        func multiplyLine(from input: UnsafePointer<Float>, to position: Int, count: Int, channel: Int) {
            product.rows = count
            product.input = input
            product.output = maps.target + position * targetChannels + channel
            product.mask = maps.mask.map { $0 + position * maskBytes + channel / 8 }
            product.signs = maps.signs.map { $0 + position * maskBytes + channel / 8 }
            switch phase.kind {
            case .packed: kernels_multiply(&product)
            case .thin: kernels_thin_product(&product)
            case .depthwise: kernels_depthwise(&product)
            }
        }
        func multiplyBlock(part: Int, channel: Int) {
            let input = band.origin + part * (sourceChannels / groups)
            if cut.isLine { return multiplyLine(from: input, to: lines.lowerBound, count: lines.count, channel: channel) }
            for line in lines {
                let row = (line - lines.lowerBound) * correlation.sourceStride.height * band.rowStride
                multiplyLine(
                    from: input + row, to: position(line, 0, correlation, maps), count: cut.positions, channel: channel)
            }
        }
        offsets.withUnsafeBufferPointer { offsets in
            phase.filters.withElements { filters in
                (biases ?? []).withUnsafeBufferPointer { biases in
                    product.offsets = offsets.baseAddress!
                    for part in 0..<cut.parts {
                        for block in stride(from: panels.lowerBound, to: panels.upperBound, by: cut.blockPanels) {
                            let first = block * cut.panel
                            let last = min(min(block + cut.blockPanels, panels.upperBound) * cut.panel, cut.columns)
                            product.columns = last - first
                            product.filters =
                                filters.baseAddress! + part * phase.filtersInGroup
                                + (phase.kind == .packed ? first * cut.depth : 0)
                            let channel = part * cut.columns + first
                            product.bias = self.biases == nil ? nil : biases.baseAddress! + channel
                            multiplyBlock(part: part, channel: channel)
                        }
                    }
                }
            }
        }
    }
}
