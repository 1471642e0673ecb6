/// Scaling through a triangle filter whose reach grows with the reduction, so that a reduction averages and does not alias.
/// Pillow calls it BILINEAR, torchvision `antialias=True`; an enlargement is plain bilinear interpolation.
public struct TriangleScaling: Sendable {
    private let rows: TriangleFilter
    private let columns: TriangleFilter

    /// Between two extents in pixels, all at least 1.
    public init(fromHeight height: Int, width: Int, toHeight newHeight: Int, width newWidth: Int) {
        rows = TriangleFilter(from: height, to: newHeight)
        columns = TriangleFilter(from: width, to: newWidth)
    }

    /// Applies the map to every channel: along the rows, then along the columns.
    public func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor {
        let (channels, height, width) = (image.shape.channels, image.shape.height, image.shape.width)
        precondition(height == rows.old && width == columns.old, "the map was made for other extents")
        let (newHeight, newWidth) = (rows.spans.count, columns.spans.count)
        var narrowed = Tensor(uninitialized: Shape(channels, height, newWidth))
        narrowed.withMutableElements { result in
            image.withElements { image in
                let (result, image) = (result.baseAddress!, image.baseAddress!)
                workers.forEach(channels * height) { row in
                    let (source, target) = (image + row * width, result + row * newWidth)
                    for x in 0..<newWidth {
                        let span = columns.spans[x]
                        var sum: Float = 0
                        for tap in 0..<span.count { sum += source[span.first + tap] * columns.weights[span.weights + tap] }
                        target[x] = sum
                    }
                }
            }
        }
        var result = Tensor(uninitialized: Shape(channels, newHeight, newWidth))
        result.withMutableElements { result in
            narrowed.withElements { narrowed in
                let (result, narrowed) = (result.baseAddress!, narrowed.baseAddress!)
                workers.forEach(channels * newHeight) { row in
                    let (channel, y) = (row / newHeight, row % newHeight)
                    let target = result + row * newWidth
                    let span = rows.spans[y]
                    for x in 0..<newWidth { target[x] = 0 }
                    for tap in 0..<span.count {
                        let source = narrowed + (channel * height + span.first + tap) * newWidth
                        let weight = rows.weights[span.weights + tap]
                        for x in 0..<newWidth { target[x] += source[x] * weight }
                    }
                }
            }
        }
        return result
    }
}

extension Tensor {
    /// The picture in other extents, through a triangle filter; itself if it has them.
    public func scaled(toHeight height: Int, width: Int, workers: Workers) -> Tensor {
        if (height, width) == (shape.height, shape.width) { return self }
        let scaling = TriangleScaling(fromHeight: shape.height, width: shape.width, toHeight: height, width: width)
        return scaling(self, workers: workers)
    }
}

/// The old pixels along one axis that each new pixel is made of, with their weights, which sum to 1.
public struct TriangleFilter: Sendable {
    /// The old pixels of one new pixel.
    public struct Span: Sendable {
        /// The first old pixel.
        public let first: Int
        /// Old pixels.
        public let count: Int
        /// Where their weights begin in `weights`.
        public let weights: Int
    }

    /// Number of old pixels.
    public let old: Int
    /// One for each new pixel.
    public private(set) var spans: [Span] = []
    /// The weights of all spans, one after another.
    public private(set) var weights: [Float] = []

    /// Finds the weights between two numbers of pixels, both at least 1.
    public init(from old: Int, to new: Int) {
        self.old = old
        let scale = Double(old) / Double(new)
        let reach = max(scale, 1)  // half the triangle's base, in old pixels
        for index in 0..<new {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int(center - reach + 0.5))
            let last = min(old, Int(center + reach + 0.5))
            let raw = (first..<last).map { max(0, 1 - abs((Double($0) + 0.5 - center) / reach)) }
            let sum = raw.reduce(0, +)
            spans.append(Span(first: first, count: raw.count, weights: weights.count))
            weights += raw.map { Float($0 / sum) }
        }
    }
}
