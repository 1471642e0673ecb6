extension Tensor {
    /// The window whose upper left corner is (left, top).
    public func cropped(top: Int, left: Int, height: Int, width: Int) -> Tensor {
        precondition(top >= 0 && left >= 0 && top + height <= shape.height && left + width <= shape.width)
        var result = Tensor(uninitialized: Shape(shape.channels, height, width))
        result.withMutableElements { target in
            withElements { source in
                for channel in 0..<shape.channels {
                    for y in 0..<height {
                        let from = source.baseAddress! + (channel * shape.height + top + y) * shape.width + left
                        (target.baseAddress! + (channel * height + y) * width).update(from: from, count: width)
                    }
                }
            }
        }
        return result
    }

    /// A larger picture of one value with this one in it, its upper left corner at (left, top). With `value` 0 this is
    /// the adjoint of `cropped`.
    public func padded(top: Int, left: Int, height: Int, width: Int, value: Float) -> Tensor {
        precondition(top >= 0 && left >= 0 && top + shape.height <= height && left + shape.width <= width)
        var result = Tensor(Shape(shape.channels, height, width), repeating: value)
        result.withMutableElements { target in
            withElements { source in
                for channel in 0..<shape.channels {
                    for y in 0..<shape.height {
                        let to = target.baseAddress! + (channel * height + top + y) * width + left
                        to.update(from: source.baseAddress! + (channel * shape.height + y) * shape.width, count: shape.width)
                    }
                }
            }
        }
        return result
    }
}

extension Tensor {
    /// Left and right exchanged; its own adjoint.
    public func mirrored() -> Tensor {
        var result = Tensor(uninitialized: shape)
        let width = shape.width
        result.withMutableElements { target in
            withElements { source in
                for row in 0..<shape.channels * shape.height {
                    for x in 0..<width { target[row * width + x] = source[row * width + width - 1 - x] }
                }
            }
        }
        return result
    }
}
