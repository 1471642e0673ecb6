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

    private init(
        correlations: [Correlation], from sourceChannels: Int, to targetChannels: Int, groups: Int, biases: [Float]?,
        weights: WeightOrder
    ) {
        self.sourceChannels = sourceChannels
        self.targetChannels = targetChannels
        self.groups = groups
        self.biases = biases.map { $0 + [Float](repeating: 0, count: Self.biasPadding) }
        let (depth, columns) = (sourceChannels / groups, targetChannels / groups)
        phases = correlations.map { Phase($0, depth: depth, columns: columns, groups: groups, weights: weights) }
    }

    /// - Parameters:
    ///   - source: `[height, width, sourceChannels]`
    ///   - target: the shape of the result.
    ///   - rectifying: negative results become −0.0.
    ///   - signed: find the signs of the results as well.
    ///   - mask: signs of the result's shape; results are 0 where it is not positive.
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

    /// Sets positions that no tap reaches to zero.
    private func clear(_ correlation: Correlation, _ grid: Correlation.Pair, _ maps: Maps) {
        for i in 0..<grid.height {
            for j in 0..<grid.width {
                let place = maps.target + position(i, j, correlation, maps) * targetChannels
                place.update(repeating: 0, count: targetChannels)
            }
        }
    }

    /// The place of a position of the grid in the target.
    private func position(_ i: Int, _ j: Int, _ correlation: Correlation, _ maps: Maps) -> Int {
        (i * correlation.targetStride.height + correlation.targetOffset.height) * maps.targetShape.width
            + j * correlation.targetStride.width + correlation.targetOffset.width
    }

    /// The strides of a phase, for its kernel.
    private func product(_ phase: Phase, rectifying: Bool) -> kernels_product {
        var product = kernels_product()
        product.segments = phase.segments.count
        product.segment_length = phase.segmentLength
        product.rectify = rectifying ? 1 : 0
        product.input_stride = phase.correlation.sourceStride.width * sourceChannels
        product.output_stride = phase.correlation.targetStride.width * targetChannels
        product.mask_stride = phase.correlation.targetStride.width * ((targetChannels + 7) / 8)
        return product
    }

    /// One piece of work: some lines times some panels of every part, a block of panels at a time.
    private func multiply(
        _ phase: Phase, _ maps: Maps, _ cut: Cut, _ band: SourceBand, _ lines: Range<Int>, _ panels: Range<Int>
    ) {
        let correlation = phase.correlation
        let maskBytes = (targetChannels + 7) / 8
        let offsets = phase.segments.map { $0.y * band.rowStride + $0.x * sourceChannels }
        var product = product(phase, rectifying: maps.rectifying)
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
