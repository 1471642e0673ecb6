import Tensors

/// Lucid's blur: the mean over the part of a square window that is inside the picture; the window's outermost ring counts half
/// (tensorflow/lucid, optvis/objectives.py, _tf_blur).
struct SoftBlur {
    private let extent: Int
    private let shape: Shape
    private let totals: [Float]  // the weights inside the picture, by position

    init(extent: Int, _ shape: Shape) {
        self.extent = extent
        self.shape = shape
        let ones = [Float](repeating: 1, count: shape.area)
        var totals = [Float](repeating: 0, count: shape.area)
        ones.withUnsafeBufferPointer { ones in
            totals.withUnsafeMutableBufferPointer {
                Self.sum(ones.baseAddress!, into: $0.baseAddress!, extent, shape.height, shape.width)
            }
        }
        self.totals = totals
    }

    func callAsFunction(_ image: Tensor) -> Tensor {
        var result = sums(image)
        divide(&result)
        return result
    }

    func adjoint(_ gradient: Tensor) -> Tensor {
        var scaled = gradient
        divide(&scaled)
        return sums(scaled)
    }

    private func divide(_ tensor: inout Tensor) {
        tensor.withMutableElements { values in
            for i in values.indices { values[i] /= totals[i % totals.count] }
        }
    }

    /// The weighted sums; the window is symmetric, so this is its own adjoint.
    private func sums(_ image: Tensor) -> Tensor {
        var result = Tensor(shape)
        result.withMutableElements { result in
            image.withElements { image in
                for channel in 0..<shape.channels {
                    Self.sum(
                        image.baseAddress! + channel * shape.area, into: result.baseAddress! + channel * shape.area, extent,
                        shape.height, shape.width)
                }
            }
        }
        return result
    }

    private static func sum(
        _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ extent: Int, _ height: Int, _ width: Int
    ) {
        let radius = extent / 2
        for dy in -radius...radius {
            for dx in -radius...radius {
                let weight: Float = max(abs(dy), abs(dx)) == radius ? 0.5 : 1
                let columns = max(0, -dx)..<max(max(0, -dx), min(width, width - dx))
                for y in max(0, -dy)..<max(max(0, -dy), min(height, height - dy)) {
                    addScaled(
                        source + (y + dy) * width + columns.lowerBound + dx, to: target + y * width + columns.lowerBound,
                        count: columns.count, by: weight)
                }
            }
        }
    }
}
