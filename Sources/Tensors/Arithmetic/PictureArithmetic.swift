extension Tensor {
    /// Σ|x| / count, summed in double precision; 0 for nothing.
    public func meanMagnitude() -> Float {
        guard shape.count > 0 else { return 0 }
        let sum = withElements { values in
            var sum = 0.0
            // A row's sum in floats, the whole in a double: exact enough and fast.
            for start in stride(from: 0, to: values.count, by: 1024) {
                var part: Float = 0
                for i in start..<min(start + 1024, values.count) { part += abs(values[i]) }
                sum += Double(part)
            }
            return sum
        }
        return Float(sum / Double(shape.count))
    }

    /// The mean over channels, `[1, height, width]`.
    public func meanOverChannels() -> Tensor {
        var result = Tensor(Shape(1, shape.height, shape.width))
        let area = shape.area
        result.withMutableElements { result in
            withElements { values in
                for channel in 0..<shape.channels {
                    for i in 0..<area { result[i] += values[channel * area + i] }
                }
                for i in 0..<area { result[i] /= Float(shape.channels) }
            }
        }
        return result
    }

    /// Multiplies every channel by one plane, `[1, height, width]`.
    public mutating func scaleEachChannel(by plane: Tensor) {
        precondition(plane.shape == Shape(1, shape.height, shape.width), "\(plane.shape) does not cover \(shape)")
        let area = shape.area
        withMutableElements { values in
            plane.withElements { plane in
                for start in stride(from: 0, to: values.count, by: area) {
                    for i in 0..<area { values[start + i] *= plane[i] }
                }
            }
        }
    }

    /// Brings every value into 0…1.
    public mutating func clamp() {
        withMutableElements { values in
            for i in values.indices { values[i] = max(0, min(1, values[i])) }
        }
    }
}
