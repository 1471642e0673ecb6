/// A blur by normal weights along rows and columns, cut off at three deviations and normalized over the part of the window
/// that is inside the picture; and its adjoint.
public struct GaussianBlur: Sendable {
    private let height: Int
    private let width: Int
    private let weights: [Float]  // by distance in pixels, from 0
    private let rowTotals: [Float]
    private let columnTotals: [Float]

    /// - Parameter deviation: in pixels, above 0.
    public init(deviation: Float, height: Int, width: Int) {
        self.height = height
        self.width = width
        let radius = max(1, Int((3 * deviation).rounded(.up)))
        let weights = (0...radius).map { exponential(-Float($0 * $0) / (2 * deviation * deviation)) }
        self.weights = weights
        func totals(_ extent: Int) -> [Float] {
            (0..<extent).map { place in
                (max(0, place - radius)...min(extent - 1, place + radius)).reduce(0) { $0 + weights[abs($1 - place)] }
            }
        }
        rowTotals = totals(height)
        columnTotals = totals(width)
    }

    /// Blurs every channel.
    public func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor { apply(image, adjoint: false, workers) }

    /// The adjoint: the weights are divided before they are summed, not after.
    public func adjoint(_ gradient: Tensor, workers: Workers) -> Tensor { apply(gradient, adjoint: true, workers) }

    private func apply(_ image: Tensor, adjoint: Bool, _ workers: Workers) -> Tensor {
        precondition(image.shape.height == height && image.shape.width == width)
        var result = Tensor(image.shape)
        let (channels, area) = (image.shape.channels, image.shape.area)
        result.withMutableElements { result in
            image.withElements { image in
                let (result, image) = (result.baseAddress!, image.baseAddress!)
                workers.forEach(channels) { channel in
                    blur(image + channel * area, into: result + channel * area, adjoint: adjoint)
                }
            }
        }
        return result
    }

    /// One plane; `target` is zero.
    private func blur(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, adjoint: Bool) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * height * width) { scratch in
            let given = scratch.baseAddress!
            let across = given + height * width
            for y in 0..<height {
                for x in 0..<width {
                    let total = adjoint ? rowTotals[y] * columnTotals[x] : 1
                    given[y * width + x] = source[y * width + x] / total
                }
            }
            across.update(repeating: 0, count: height * width)
            for distance in (1 - weights.count)..<weights.count {
                let weight = weights[abs(distance)]
                let columns = max(0, -distance)..<max(max(0, -distance), min(width, width - distance))
                for y in 0..<height {
                    let place = y * width + columns.lowerBound
                    addScaled(given + place + distance, to: across + place, count: columns.count, by: weight)
                }
            }
            for distance in (1 - weights.count)..<weights.count {
                let weight = weights[abs(distance)]
                for y in max(0, -distance)..<max(max(0, -distance), min(height, height - distance)) {
                    addScaled(across + (y + distance) * width, to: target + y * width, count: width, by: weight)
                }
            }
            if adjoint { return }
            for y in 0..<height {
                for x in 0..<width { target[y * width + x] /= rowTotals[y] * columnTotals[x] }
            }
        }
    }
}
