import Tensors

/// The softmax of self-attention by itself: softmax(Q_h · K_hᵀ / √width) of each head h, `[heads, positions, positions]`; a row is the
/// position that looks, a column the one that it looks at. `SelfAttention` has the weights, and counts them as its own.
public struct AttentionProbabilities: Layer {
    /// Channels of the input.
    public let channels: Int
    /// Heads, which are the output's channels.
    public let heads: Int
    private let weights: Parameter  // [3 · channels, channels]: queries, keys, values
    private let biases: Parameter  // [3 · channels]

    init(channels: Int, heads: Int, weights: Parameter, biases: Parameter) {
        (self.channels, self.heads, self.weights, self.biases) = (channels, heads, weights, biases)
    }

    public var traits: LayerTraits { [.seesWholeInput, .pairsPositions] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: channels)
        return Shape(heads, input.area, input.area)
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public func multiplyAdds(for inputs: [Shape]) -> Int { inputs[0].area * channels * (2 * channels + inputs[0].area) }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let attention = AttentionHeads(channels: channels, heads: heads)
        let (weights, biases) = (attention.scaled(try preparation.read(weights)), attention.scaled(try preparation.read(biases)))
        let map = preparation.map(Array(weights[..<(2 * channels * channels)]), Array(biases[..<(2 * channels)]), channels: channels)
        return PreparedProbabilities(channels: channels, heads: heads, map: map)
    }
}

private struct PreparedProbabilities: PreparedLayer {
    let channels: Int
    let heads: Int
    let map: any ConvolutionAlgorithm  // to queries and keys side by side

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (shape, workers) = (inputs[0].shape, pass.workers)
        let positions = shape.area
        let pairs = map.forward(
            inputs[0], output: Shape(2 * channels, shape.height, shape.width), rectifying: false, signed: false, workers: workers)
        var attention = Tensor(uninitialized: Shape(heads, positions, positions))
        attention.withMutableElements { attention in
            pairs.withElements { pairs in
                let (attention, pairs) = (attention.baseAddress!, pairs.baseAddress!)
                workers.forEach(heads) { head in
                    let (queries, keys) = parts(pairs, head, positions)
                    let own = attention + head * positions * positions
                    multiply(queries, keys.transpose, into: own, resultStride: positions)
                    softmax(own, rows: positions, columns: positions)
                }
            }
        }
        let result = attention
        return LayerResult(FeatureMap(result, workers: workers)) { gradient in
            var scores = gradient.planes(workers: workers)
            var pulled = FeatureMap(uninitialized: pairs.shape)
            pulled.withMutableElements { pulled in
                scores.withMutableElements { scores in
                    result.withElements { attention in
                        pairs.withElements { pairs in
                            let (pulled, scores) = (pulled.baseAddress!, scores.baseAddress!)
                            let (attention, pairs) = (attention.baseAddress!, pairs.baseAddress!)
                            workers.forEach(heads) { head in
                                let (queries, keys) = parts(pairs, head, positions)
                                let own = scores + head * positions * positions
                                softmaxPullback(
                                    own, probabilities: attention + head * positions * positions, rows: positions, columns: positions)
                                let square = Matrix(own, rows: positions, columns: positions)
                                let target = pulled + head * (channels / heads)
                                multiply(square, keys, into: target, resultStride: 2 * channels)
                                multiply(square.transpose, queries, into: target + channels, resultStride: 2 * channels)
                            }
                        }
                    }
                }
            }
            return [map.backward(pulled, inputShape: shape, mask: nil, workers: workers)]
        }
    }

    /// The queries and keys of one head, each positions × width.
    private func parts(_ pairs: UnsafePointer<Float>, _ head: Int, _ positions: Int) -> (Matrix, Matrix) {
        let width = channels / heads
        func part(_ index: Int) -> Matrix {
            Matrix(pairs + index * channels + head * width, rows: positions, columns: width, stride: 2 * channels)
        }
        return (part(0), part(1))
    }
}

/// What is made of a softmax that is read: each head's mixture of values, side by side, and a linear map.
struct PreparedMixture: PreparedLayer {
    let channels: Int
    let heads: Int
    let valueMap: any ConvolutionAlgorithm
    let outputMap: any ConvolutionAlgorithm

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (shape, workers) = (inputs[0].shape, pass.workers)
        let (positions, width) = (shape.area, channels / heads)
        let values = valueMap.forward(inputs[0], output: shape, rectifying: false, signed: false, workers: workers)
        let attention = inputs[1].planes(workers: workers)
        /// Calls the body with each head's softmax, and pointers to its part of the values and of a map to be written.
        func eachHead(
            writing map: inout FeatureMap,
            _ body: (_ head: Int, _ probabilities: Matrix, _ values: Matrix, _ target: UnsafeMutablePointer<Float>) -> Void
        ) {
            map.withMutableElements { map in
                attention.withElements { attention in
                    values.withElements { values in
                        let (map, attention, values) = (map.baseAddress!, attention.baseAddress!, values.baseAddress!)
                        workers.forEach(heads) { head in
                            body(
                                head, Matrix(attention + head * positions * positions, rows: positions, columns: positions),
                                Matrix(values + head * width, rows: positions, columns: width, stride: channels), map + head * width)
                        }
                    }
                }
            }
        }
        var mixed = FeatureMap(uninitialized: shape)
        eachHead(writing: &mixed) { multiply($1, $2, into: $3, resultStride: channels) }
        let output = outputMap.forward(mixed, output: shape, rectifying: false, signed: false, workers: workers)
        return LayerResult(output) { gradient in
            let outer = outputMap.backward(gradient, inputShape: shape, mask: nil, workers: workers)
            var (atValues, atAttention) = (FeatureMap(uninitialized: shape), Tensor(uninitialized: attention.shape))
            outer.withElements { outer in
                let outer = outer.baseAddress!
                atAttention.withMutableElements { atAttention in
                    let atAttention = atAttention.baseAddress!
                    eachHead(writing: &atValues) { head, probabilities, values, target in
                        let own = Matrix(outer + head * width, rows: positions, columns: width, stride: channels)
                        multiply(probabilities.transpose, own, into: target, resultStride: channels)
                        multiply(own, values.transpose, into: atAttention + head * positions * positions, resultStride: positions)
                    }
                }
            }
            return [
                valueMap.backward(atValues, inputShape: shape, mask: nil, workers: workers), FeatureMap(atAttention, workers: workers),
            ]
        }
    }
}
