import Tensors

extension Tensor {
    /// φ · x with φ = min(1, bound / r) for each channel, r its root mean square. Where φ < 1 the gradient is
    ///
    ///     φ · (g − x · Σ (g · x) / (N · r²))
    func bounded(by bounds: [Float]) -> ValueAndPullback<Tensor, Tensor> {
        let area = shape.area
        func each(_ tensor: inout Tensor, _ change: (_ channel: Int, _ values: inout UnsafeMutableBufferPointer<Float>.SubSequence) -> Void) {
            tensor.withMutableElements { elements in
                for channel in bounds.indices { change(channel, &elements[channel * area..<(channel + 1) * area]) }
            }
        }
        let squares = withElements { values in
            bounds.indices.map { channel in
                values[channel * area..<(channel + 1) * area].reduce(0.0) { $0 + Double($1) * Double($1) } / Double(area)
            }
        }
        let factors = zip(bounds, squares).map { $1 > Double($0) * Double($0) ? Double($0) / $1.squareRoot() : 1 }
        var result = self
        each(&result) { channel, part in for i in part.indices { part[i] *= Float(factors[channel]) } }
        return ValueAndPullback(result) { gradient in
            var back = gradient
            withElements { values in
                each(&back) { channel, part in
                    let factor = factors[channel]
                    let product = factor < 1 ? part.indices.reduce(0.0) { $0 + Double(part[$1]) * Double(values[$1]) } : 0
                    let pull = factor < 1 ? Float(product / (Double(area) * squares[channel])) : 0
                    for i in part.indices { part[i] = Float(factor) * (part[i] - pull * values[i]) }
                }
            }
            return back
        }
    }
}
