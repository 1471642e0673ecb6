import Tensors

/// Tells when a render has come to rest, by what its plan asks for.
struct Convergence: Sendable {
    private let plan: RenderPlan
    private var scores: [Float] = []
    private var structures: [[Float]] = []

    /// Steps that are compared with as many before, or that lie between two pictures that are compared.
    private static let window = 50
    /// Pixels on a side of the squares whose means are the picture's structure, and of those whose means are taken off.
    private static let (fine, coarse) = (4, 16)

    init(_ plan: RenderPlan) { self.plan = plan }

    /// Takes a step in.
    ///
    /// - Parameter pictures: those that the step began with, `[channels, height, width]`.
    /// - Returns: whether this is enough.
    mutating func note(_ score: Float, _ pictures: [Tensor]) -> Bool {
        isSettled(score) || isStill(pictures)
    }

    /// Whether the mean score has stopped rising: |mean of 50 − mean of the 50 before| ≤ share · |mean of the 50 before|.
    private mutating func isSettled(_ score: Float) -> Bool {
        guard let tolerance = plan.untilConverged else { return false }
        scores.append(score)
        guard scores.count >= 2 * Self.window else { return false }
        let before = scores[(scores.count - 2 * Self.window)..<(scores.count - Self.window)].reduce(0, +)
        let now = scores[(scores.count - Self.window)...].reduce(0, +)
        return abs(now - before) <= tolerance * abs(before)
    }

    /// Whether the shapes have stopped changing: the correlation with the picture 50 steps before is at least 1 − share. The score
    /// goes on rising with contrast long after that.
    private mutating func isStill(_ pictures: [Tensor]) -> Bool {
        guard let share = plan.untilStill else { return false }
        structures.append(pictures.flatMap(Self.structure))
        guard structures.count > Self.window else { return false }
        let (before, now) = (structures.removeFirst(), structures.last!)
        let product = (dot(before, before) * dot(now, now)).squareRoot()
        return product > 0 && dot(before, now) >= Double(1 - share) * product
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

    /// The picture's mean over channels between two scales: means of small squares less those of the large squares around.
    private static func structure(of picture: Tensor) -> [Float] {
        let (height, width, channels) = (picture.shape.height, picture.shape.width, picture.shape.channels)
        func means(_ side: Int) -> (values: [Float], columns: Int) {
            let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
            var (sums, counts) = ([Float](repeating: 0, count: rows * columns), [Float](repeating: 0, count: rows * columns))
            picture.withElements { values in
                for channel in 0..<channels {
                    for y in 0..<height {
                        for x in 0..<width {
                            sums[y / side * columns + x / side] += values[(channel * height + y) * width + x]
                            counts[y / side * columns + x / side] += 1
                        }
                    }
                }
            }
            return (zip(sums, counts).map { $0 / $1 }, columns)
        }
        let (small, large) = (means(fine), means(coarse))
        let ratio = coarse / fine
        return small.values.enumerated().map { index, value in
            value - large.values[index / small.columns / ratio * large.columns + index % small.columns / ratio]
        }
    }
}
