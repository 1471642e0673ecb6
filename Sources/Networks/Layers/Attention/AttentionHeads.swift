import Tensors

/// The heads of an attention between positions: each head h computes softmax(Q_h · K_hᵀ + biases_h) · V_h from its `width` =
/// channels / heads channels of the queries Q, keys K and values V.
///
/// The positions may be in groups of the same number, one after the other, which do not see each other.
struct AttentionHeads {
    /// Channels of all heads.
    let channels: Int
    let heads: Int

    private var width: Int { channels / heads }

    /// Weights or biases of the queries, the keys and the values, one after the other: those of the queries times 1/√width.
    func scaled(_ values: [Float]) -> [Float] {
        var values = values
        let scale = 1 / Float(width).squareRoot()
        for i in 0..<values.count / 3 { values[i] *= scale }
        return values
    }

    /// From queries, keys and values side by side to the heads' outputs side by side, and each head's attention
    /// `[groups · heads, positions, positions]`.
    ///
    /// - Parameter biases: adds to the scores `[positions, positions]` of a group and a head.
    func attend(
        _ triples: FeatureMap, groups: Int = 1, _ workers: Workers,
        biases: (_ group: Int, _ head: Int, _ scores: UnsafeMutablePointer<Float>) -> Void = { _, _, _ in }
    ) -> (FeatureMap, Tensor) {
        let (shape, positions) = (triples.shape, triples.shape.area / groups)
        var mixed = FeatureMap(uninitialized: Shape(channels, shape.height, shape.width))
        var attention = Tensor(uninitialized: Shape(groups * heads, positions, positions))
        mixed.withMutableElements { mixed in
            attention.withMutableElements { attention in
                triples.withElements { triples in
                    let (mixed, attention, triples) = (mixed.baseAddress!, attention.baseAddress!, triples.baseAddress!)
                    workers.forEach(groups * heads) { index in
                        let (group, head) = index.quotientAndRemainder(dividingBy: heads)
                        let first = group * positions
                        let (queries, keys, values) = parts(triples + first * 3 * channels, head, positions)
                        let probabilities = attention + index * positions * positions
                        multiply(queries, keys.transpose, into: probabilities, resultStride: positions)
                        biases(group, head, probabilities)
                        softmax(probabilities, rows: positions, columns: positions)
                        multiply(
                            Matrix(probabilities, rows: positions, columns: positions), values,
                            into: mixed + first * channels + head * width, resultStride: channels)
                    }
                }
            }
        }
        return (mixed, attention)
    }

    /// ∂/∂triples of what has the gradient `gradient` at the heads' outputs.
    func pullback(_ gradient: FeatureMap, triples: FeatureMap, attention: Tensor, groups: Int = 1, _ workers: Workers) -> FeatureMap {
        let positions = triples.shape.area / groups
        var result = FeatureMap(uninitialized: triples.shape)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                triples.withElements { triples in
                    attention.withElements { attention in
                        let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                        let (triples, attention) = (triples.baseAddress!, attention.baseAddress!)
                        workers.forEach(groups * heads) { index in
                            let (group, head) = index.quotientAndRemainder(dividingBy: heads)
                            let first = group * positions
                            let (queries, keys, values) = parts(triples + first * 3 * channels, head, positions)
                            let outer = Matrix(
                                gradient + first * channels + head * width, rows: positions, columns: width, stride: channels)
                            let probabilities = attention + index * positions * positions
                            let target = result + first * 3 * channels + head * width
                            multiply(
                                Matrix(probabilities, rows: positions, columns: positions).transpose, outer,
                                into: target + 2 * channels, resultStride: 3 * channels)
                            var scores = Tensor(uninitialized: Shape(1, positions, positions))
                            scores.withMutableElements { scores in
                                let scores = scores.baseAddress!
                                multiply(outer, values.transpose, into: scores, resultStride: positions)
                                softmaxPullback(scores, probabilities: probabilities, rows: positions, columns: positions)
                                let square = Matrix(scores, rows: positions, columns: positions)
                                multiply(square, keys, into: target, resultStride: 3 * channels)
                                multiply(square.transpose, queries, into: target + channels, resultStride: 3 * channels)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// The queries, keys and values of one head, each positions × width.
    private func parts(_ triples: UnsafePointer<Float>, _ head: Int, _ positions: Int) -> (Matrix, Matrix, Matrix) {
        func part(_ index: Int) -> Matrix {
            Matrix(triples + index * channels + head * width, rows: positions, columns: width, stride: 3 * channels)
        }
        return (part(0), part(1), part(2))
    }
}
