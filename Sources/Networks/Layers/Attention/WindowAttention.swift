import Tensors

/// Multi-head self-attention within square windows of a map (Liu et al. 2021, arXiv:2103.14030), as torchvision's
/// ShiftedWindowAttention: the map is padded below and at the right to whole windows and rolled by `shift` positions, so that
/// the windows of every second layer lie across the borders of the others.
///
/// To each score comes a trained value that depends on the two positions' distance. Positions that only rolling brought
/// together have their score lowered by 100. Padding has the biases as its queries, keys and values.
public struct WindowAttention: Layer {
    /// Channels of the input and the output.
    public let channels: Int
    /// Heads, which divide the channels.
    public let heads: Int
    /// Positions on a side of a window.
    public let side: Int
    /// Positions by which the windows are shifted; none along an axis that one window covers.
    public let shift: Int
    let inputWeights: Parameter  // [3 · channels, channels]: queries, keys, values
    let inputBiases: Parameter  // [3 · channels]
    let outputWeights: Parameter  // [channels, channels]
    let outputBiases: Parameter  // [channels]
    let positionBiases: Parameter  // [(2 · side − 1)², heads]: by the distance downwards, then to the right

    /// - Parameters:
    ///   - heads: must divide `channels`.
    ///   - inputWeights: `[3 · channels, channels]` for queries, keys and values, with `inputBiases` `[3 · channels]`.
    ///   - outputWeights: `[channels, channels]`, with `outputBiases` `[channels]`.
    ///   - positionBiases: `[(2 · side − 1)², heads]`, by the distance downwards, then to the right.
    public init(
        channels: Int, heads: Int, side: Int, shift: Int, inputWeights: Parameter, inputBiases: Parameter,
        outputWeights: Parameter, outputBiases: Parameter, positionBiases: Parameter
    ) {
        precondition(channels % heads == 0, "heads must divide the channels")
        precondition(positionBiases.shape == [(2 * side - 1) * (2 * side - 1), heads], "the table is for another window")
        (self.channels, self.heads, self.side, self.shift) = (channels, heads, side, shift)
        (self.inputWeights, self.inputBiases) = (inputWeights, inputBiases)
        (self.outputWeights, self.outputBiases, self.positionBiases) = (outputWeights, outputBiases, positionBiases)
    }

    public var traits: LayerTraits { .seesWholeInput }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try only(inputs, channels: channels)
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    /// The two linear maps, and the two products of each head in each window.
    public func multiplyAdds(for inputs: [Shape]) -> Int {
        let windows = Windows(inputs[0], side: side, shift: shift)
        let inside = windows.count * windows.positions
        return inputs[0].area * channels * 4 * channels + inside * channels * 2 * windows.positions
    }

    public var parameters: [Parameter] { [inputWeights, inputBiases, outputWeights, outputBiases, positionBiases] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let attention = AttentionHeads(channels: channels, heads: heads)
        let (weights, biases) = (attention.scaled(try preparation.read(inputWeights)), attention.scaled(try preparation.read(inputBiases)))
        return PreparedWindowAttention(
            heads: attention, side: side, shift: shift, inputMap: preparation.map(weights, biases, channels: channels),
            outputMap: preparation.map(try preparation.read(outputWeights), try preparation.read(outputBiases), channels: channels),
            padding: biases, positionBiases: spread(try preparation.read(positionBiases)))
    }

    /// The table as what is added to the scores: `[heads, side², side²]`.
    private func spread(_ table: [Float]) -> [Float] {
        let positions = side * side
        var result = [Float](repeating: 0, count: heads * positions * positions)
        for query in 0..<positions {
            for key in 0..<positions {
                let down = query / side - key / side + side - 1
                let right = query % side - key % side + side - 1
                for head in 0..<heads {
                    result[(head * positions + query) * positions + key] = table[(down * (2 * side - 1) + right) * heads + head]
                }
            }
        }
        return result
    }
}

/// The windows of a map.
private struct Windows {
    /// Positions in a window.
    let positions: Int
    /// Windows in all.
    let count: Int
    /// The position in the map of each position of each window; nil for padding.
    let sources: [Int?]
    /// The part of the rolled map that each belongs to: parts do not see each other.
    let parts: [Int]

    init(_ shape: Shape, side: Int, shift: Int) {
        func whole(_ extent: Int) -> Int { (extent + side - 1) / side * side }
        let (height, width) = (whole(shape.height), whole(shape.width))
        let (down, right) = (height <= side ? 0 : shift, width <= side ? 0 : shift)
        /// Rows or columns that came over the border, those beside them in a window, and all others.
        func part(_ place: Int, _ extent: Int, _ shift: Int) -> Int {
            shift == 0 || place < extent - side ? 0 : place < extent - shift ? 1 : 2
        }
        positions = side * side
        count = height / side * (width / side)
        var (sources, parts): ([Int?], [Int]) = ([], [])
        for index in 0..<count * positions {
            let (window, inside) = index.quotientAndRemainder(dividingBy: positions)
            let row = window / (width / side) * side + inside / side
            let column = window % (width / side) * side + inside % side
            let (y, x) = ((row + down) % height, (column + right) % width)
            sources.append(y < shape.height && x < shape.width ? y * shape.width + x : nil)
            parts.append(3 * part(row, height, down) + part(column, width, right))
        }
        (self.sources, self.parts) = (sources, parts)
    }

    /// Lowers the scores `[positions, positions]` between the parts of a window.
    func separate(_ window: Int, _ scores: UnsafeMutablePointer<Float>) {
        let own = parts[window * positions..<(window + 1) * positions]
        guard own.contains(where: { $0 != own.first }) else { return }
        for (row, query) in own.enumerated() {
            for (column, key) in own.enumerated() where query != key { scores[row * positions + column] -= 100 }
        }
    }

    /// The map's positions in the order of the windows; padding has `padding`, or zeros.
    func gathered(_ map: FeatureMap, padding: [Float]?) -> FeatureMap {
        let channels = map.shape.channels
        var result = FeatureMap(uninitialized: Shape(channels, sources.count, 1))
        result.withMutableElements { result in
            map.withElements { map in
                for (index, source) in sources.enumerated() {
                    let target = result.baseAddress! + index * channels
                    if let source {
                        target.update(from: map.baseAddress! + source * channels, count: channels)
                    } else if let padding {
                        target.update(from: padding, count: channels)
                    } else {
                        target.update(repeating: 0, count: channels)
                    }
                }
            }
        }
        return result
    }

    /// The way back: without padding.
    func scattered(_ windows: FeatureMap, _ shape: Shape) -> FeatureMap {
        let channels = shape.channels
        var result = FeatureMap(uninitialized: shape)
        result.withMutableElements { result in
            windows.withElements { windows in
                for (index, source) in sources.enumerated() {
                    guard let source else { continue }
                    (result.baseAddress! + source * channels).update(from: windows.baseAddress! + index * channels, count: channels)
                }
            }
        }
        return result
    }
}

private struct PreparedWindowAttention: PreparedLayer {
    let heads: AttentionHeads
    let side: Int
    let shift: Int
    let inputMap: any ConvolutionAlgorithm
    let outputMap: any ConvolutionAlgorithm
    let padding: [Float]  // [3 · channels]
    let positionBiases: [Float]  // [heads, side², side²]

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (shape, workers) = (inputs[0].shape, pass.workers)
        let windows = Windows(shape, side: side, shift: shift)
        let projected = Shape(3 * heads.channels, shape.height, shape.width)
        let map = inputMap.forward(inputs[0], output: projected, rectifying: false, signed: false, workers: workers)
        let triples = windows.gathered(map, padding: padding)
        let scores = windows.positions * windows.positions
        let (mixed, attention) = heads.attend(triples, groups: windows.count, workers) { window, head, target in
            positionBiases.withUnsafeBufferPointer { biases in
                for i in 0..<scores { target[i] += biases[head * scores + i] }
            }
            windows.separate(window, target)
        }
        let output = outputMap.forward(
            windows.scattered(mixed, shape), output: shape, rectifying: false, signed: false, workers: workers)
        return LayerResult(output) { gradient in
            let mixedGradient = outputMap.backward(gradient, inputShape: shape, mask: nil, workers: workers)
            let triplesGradient = heads.pullback(
                windows.gathered(mixedGradient, padding: nil), triples: triples, attention: attention, groups: windows.count, workers)
            let mapGradient = windows.scattered(triplesGradient, projected)
            return [inputMap.backward(mapGradient, inputShape: shape, mask: nil, workers: workers)]
        }
    }
}
