extension Tensor {
    /// The window whose upper left corner is (left, top).
    public func cropped(top: Int, left: Int, height: Int, width: Int, workers: Workers = .one) -> Tensor {
        precondition(top >= 0 && left >= 0 && top + height <= shape.height && left + width <= shape.width)
        var result = Tensor(uninitialized: Shape(shape.channels, height, width))
        result.withMutableElements { target in
            withElements { source in
                let (target, source) = (target.baseAddress!, source.baseAddress!)
                eachRowOfPlanes(result: shape.channels, height, width, workers) { channel, y in
                    let from = source + (channel * shape.height + top + y) * shape.width + left
                    (target + (channel * height + y) * width).update(from: from, count: width)
                }
            }
        }
        return result
    }

    /// A larger picture of one value with this one in it, its upper left corner at (left, top). With `value` 0 this is
    /// the adjoint of `cropped`.
    public func padded(top: Int, left: Int, height: Int, width: Int, value: Float, workers: Workers = .one) -> Tensor {
        precondition(top >= 0 && left >= 0 && top + shape.height <= height && left + shape.width <= width)
        var result = Tensor(uninitialized: Shape(shape.channels, height, width))
        result.withMutableElements { target in
            withElements { source in
                let (target, source) = (target.baseAddress!, source.baseAddress!)
                eachRowOfPlanes(result: shape.channels, height, width, workers) { channel, y in
                    let row = target + (channel * height + y) * width
                    guard y >= top, y < top + shape.height else { return row.update(repeating: value, count: width) }
                    row.update(repeating: value, count: left)
                    (row + left).update(
                        from: source + (channel * shape.height + y - top) * shape.width, count: shape.width)
                    (row + left + shape.width).update(repeating: value, count: width - left - shape.width)
                }
            }
        }
        return result
    }

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

private func eachRowOfPlanes(
    result channels: Int, _ height: Int, _ width: Int, _ workers: Workers, _ body: (_ channel: Int, _ y: Int) -> Void
) {
    eachRows(channels * height, of: width, workers) { rows in
        for row in rows { body(row / height, row % height) }
    }
}

extension Tensor {
    /// Every plane moved down by `rows` and to the right by `columns`; pixels that leave on one side come back on the other.
    public func rolled(rows: Int, columns: Int) -> Tensor {
        let (height, width) = (shape.height, shape.width)
        guard shape.count > 0 else { return self }
        func below(_ bound: Int, _ value: Int) -> Int { ((value % bound) + bound) % bound }
        let shift = below(width, columns)
        var result = Tensor(uninitialized: shape)
        result.withMutableElements { result in
            withElements { values in
                for channel in 0..<shape.channels {
                    for y in 0..<height {
                        let source = values.baseAddress! + (channel * height + y) * width
                        let target = result.baseAddress! + (channel * height + below(height, y + rows)) * width
                        (target + shift).update(from: source, count: width - shift)
                        target.update(from: source + width - shift, count: shift)
                    }
                }
            }
        }
        return result
    }
}

extension Tensor {
    /// A window of the picture repeated without end in all directions.
    ///
    /// - Parameters: top and left may be any numbers.
    public func wrapped(top: Int, left: Int, height: Int, width: Int) -> Tensor {
        var result = Tensor(uninitialized: Shape(shape.channels, height, width))
        result.withMutableElements { result in
            withElements { values in
                shape.eachWrappedRun(top: top, left: left, height: height, width: width) { inside, outside, count in
                    (result.baseAddress! + outside).update(from: values.baseAddress! + inside, count: count)
                }
            }
        }
        return result
    }

    /// Puts a part of another picture at the place that `wrapped` would have taken it from.
    ///
    /// - Parameters:
    ///   - corner: the part's upper left corner in the other picture.
    ///   - height, width: extents of the part, at most this picture's.
    ///   - top, left: the place of its corner in this picture; any numbers.
    public mutating func setWrapped(
        _ other: Tensor, from corner: (top: Int, left: Int), height: Int, width: Int, top: Int, left: Int
    ) {
        precondition(height <= shape.height && width <= shape.width, "each pixel is set once")
        let part = other.cropped(top: corner.top, left: corner.left, height: height, width: width)
        let places = self.shape
        withMutableElements { values in
            part.withElements { part in
                places.eachWrappedRun(top: top, left: left, height: height, width: width) { inside, outside, count in
                    (values.baseAddress! + inside).update(from: part.baseAddress! + outside, count: count)
                }
            }
        }
    }
}

extension Shape {
    /// Calls `body` with the runs of neighbouring values of a window that may lie across the borders: the place where each begins
    /// in the picture and in the window, and its length.
    fileprivate func eachWrappedRun(
        top: Int, left: Int, height: Int, width: Int, _ body: (_ inside: Int, _ outside: Int, _ count: Int) -> Void
    ) {
        func below(_ bound: Int, _ value: Int) -> Int { ((value % bound) + bound) % bound }
        for channel in 0..<channels {
            for y in 0..<height {
                let row = (channel * self.height + below(self.height, top + y)) * self.width
                var x = 0
                while x < width {
                    let column = below(self.width, left + x)
                    let count = min(width - x, self.width - column)
                    body(row + column, (channel * height + y) * width + x, count)
                    x += count
                }
            }
        }
    }
}
