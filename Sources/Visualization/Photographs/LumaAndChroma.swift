import Tensors

extension Tensor {
    /// Y of ITU-R BT.601 in each of three channels.
    func luma() -> Tensor {
        var result = self
        let area = shape.area
        result.withMutableElements { result in
            withElements { rgb in
                for i in 0..<area {
                    let y = 0.299 * rgb[i] + 0.587 * rgb[area + i] + 0.114 * rgb[2 * area + i]
                    (result[i], result[area + i], result[2 * area + i]) = (y, y, y)
                }
            }
        }
        return result
    }

    /// This picture's luma with the other's chroma: R − Y, G − Y and B − Y stay the other's.
    func coloured(as other: Tensor) -> Tensor {
        var result = luma()
        result.add(other)
        result.add(other.luma(), scaledBy: -1)
        result.clamp()
        return result
    }

    /// A grey picture with another's mean and deviation (Gatys et al. 2016, arXiv:1606.05897, section 3).
    func matched(to other: Tensor) -> Tensor {
        func statistics(_ picture: Tensor) -> (mean: Float, deviation: Float) {
            let sum = picture.withElements { $0.reduce(0.0) { $0 + Double($1) } }
            let mean = sum / Double(picture.shape.count)
            let variance = max(0, inner(picture, picture) / Double(picture.shape.count) - mean * mean)
            return (Float(mean), Float(variance.squareRoot()))
        }
        let (own, wanted) = (statistics(self), statistics(other))
        let factor = wanted.deviation / max(own.deviation, 1e-6)
        var result = self
        result.withMutableElements { values in
            for i in values.indices { values[i] = (values[i] - own.mean) * factor + wanted.mean }
        }
        return result
    }
}
