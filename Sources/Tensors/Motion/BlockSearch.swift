/// Finds the blocks of one picture in another of the same size: one level of `MotionField`.
struct BlockSearch {
    typealias Vector = VectorGrid.Vector

    /// Pixels a side of a block.
    static let side = 16
    /// Pixels that a block may lie beyond the border, wholly outside included.
    static let reach = 20
    /// A block's first pixel lies so far before its centre's stride: block i begins at 8 i − 4.
    private static let lead = (side - VectorGrid.step) / 2
    /// The cost of a pixel of departure from the neighbours, as a mean absolute difference of the block's samples: less than
    /// noise, so that it decides only where the picture does not.
    private static let departure: Float = 0.001

    private let previous: LumaPlane
    private let current: LumaPlane

    init(from previous: LumaPlane, to current: LumaPlane) {
        precondition(Self.reach < LumaPlane.margin)  // one more for bilinear reading
        (self.previous, self.current) = (previous, current)
    }

    /// Every block's best whole vector near a first guess, near the guesses of its neighbours, or at rest.
    ///
    /// - Parameter radius: pixels up and down, left and right of the guess that are all tried.
    func matched(around guesses: VectorGrid, radius: Int, workers: Workers) -> VectorGrid {
        withPlanes { match in
            guesses.map(workers: workers) { row, column in
                let guess = guesses[row, column].rounded(.toNearestOrEven)
                var best = Choice(match, row, column, expected: guess)
                best.consider(.zero)
                for (down, across) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)] {
                    best.consider(guesses[row + down, column + across].rounded(.toNearestOrEven))
                }
                for down in -radius...radius {
                    for across in -radius...radius { best.consider(guess + Vector(Float(across), Float(down))) }
                }
                return best.vector
            }
        }
    }

    /// Every block's best among its own vector and those of its eight neighbours, and one pixel around that; departing from the
    /// neighbours' median costs a little.
    func agreed(_ vectors: VectorGrid, workers: Workers) -> VectorGrid {
        withPlanes { match in
            vectors.map(workers: workers) { row, column in
                var best = Choice(match, row, column, expected: vectors.median(row, column))
                best.consider(vectors[row, column])
                for i in 0..<9 { best.consider(vectors[row + i / 3 - 1, column + i % 3 - 1]) }
                let middle = best.vector
                for i in 0..<9 { best.consider(middle + Vector(Float(i % 3 - 1), Float(i / 3 - 1))) }
                return best.vector
            }
        }
    }

    /// Parts of a pixel: two steps of Gauss and Newton's method on the sum of squared differences (Lucas and Kanade 1981), each
    /// block's difference of mean brightness being left out. A parabola through three sums would move even a block that fits
    /// exactly; this does not.
    func refined(_ vectors: VectorGrid, workers: Workers) -> VectorGrid {
        withPlanes { match in
            vectors.map(workers: workers) { row, column in match.refined(vectors[row, column], row, column) }
        }
    }

    private func withPlanes<Result>(_ body: (BlockMatch) -> Result) -> Result {
        previous.withOrigin { old in
            current.withOrigin { new in
                body(
                    BlockMatch(
                        previous: old, current: new, height: current.height, width: current.width, stride: current.stride))
            }
        }
    }

    /// The cheapest of the vectors that a block has considered; of equals the first.
    private struct Choice {
        private let match: BlockMatch
        private let row: Int
        private let column: Int
        private let expected: Vector
        private var cost = Float.infinity
        private(set) var vector = Vector.zero

        init(_ match: BlockMatch, _ row: Int, _ column: Int, expected: Vector) {
            (self.match, self.row, self.column, self.expected) = (match, row, column, expected)
        }

        mutating func consider(_ candidate: Vector) {
            let candidate = match.limited(candidate, row, column)
            if candidate == vector && cost < .infinity { return }
            let away = candidate - expected
            let penalty = BlockSearch.departure * Float(BlockSearch.side * BlockSearch.side) * (abs(away.x) + abs(away.y))
            guard penalty < cost else { return }
            let cost = penalty + match.difference(candidate, row, column, limit: self.cost - penalty)
            if cost < self.cost { (self.cost, vector) = (cost, candidate) }
        }
    }

    /// The pixels of two planes, each with a margin around it.
    private struct BlockMatch {
        let previous: UnsafePointer<Float>
        let current: UnsafePointer<Float>
        let height: Int
        let width: Int
        let stride: Int

        /// The nearest vector that leaves the block within reach of the picture.
        func limited(_ vector: Vector, _ row: Int, _ column: Int) -> Vector {
            let first = Vector(Float(VectorGrid.step * column - lead), Float(VectorGrid.step * row - lead))
            let end = Vector(Float(width - side + reach), Float(height - side + reach))
            return pointwiseMax(pointwiseMin(vector, end - first), Vector(repeating: Float(-reach)) - first)
        }

        /// Σ |previous − current| over a block.
        ///
        /// - Parameter limit: a larger sum need not be exact.
        func difference(_ vector: Vector, _ row: Int, _ column: Int, limit: Float) -> Float {
            let place = (VectorGrid.step * row - lead) * stride + VectorGrid.step * column - lead
            var new = current + place
            var old = previous + place + Int(vector.y) * stride + Int(vector.x)
            var total: Float = 0
            for _ in 0..<side / 4 {
                var sums = SIMD16<Float>.zero
                for _ in 0..<4 {
                    sums += magnitude(load16(old) - load16(new))
                    old += stride
                    new += stride
                }
                total += sums.sum()
                if total > limit { break }
            }
            return total
        }

        /// A whole vector and the part of a pixel that fits still better.
        func refined(_ whole: Vector, _ row: Int, _ column: Int) -> Vector {
            /// Keeps directions in which the block has no slopes near 0: about the slopes of noise of 0.005.
            let stiffness: Float = 256 * 2.5e-5
            /// Pixels from the best whole vector; beyond that another whole vector would have been better.
            let farthest: Float = 1
            let origin = current + (VectorGrid.step * row - lead) * stride + VectorGrid.step * column - lead
            let around = previous + (origin - current)
            // The covariance of the slopes, of the current block.
            let samples = Float(side * side)
            var (sumX, sumY) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
            var (xx, xy, yy) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
            for y in 0..<side {
                let (across, down) = slopes(origin + y * stride)
                sumX += across
                sumY += down
                xx += across * across
                xy += across * down
                yy += down * down
            }
            let (totalX, totalY) = (sumX.sum(), sumY.sum())
            let a = max(xx.sum() - totalX * totalX / samples, 0) + stiffness
            let b = xy.sum() - totalX * totalY / samples
            let c = max(yy.sum() - totalY * totalY / samples, 0) + stiffness
            let determinant = a * c - b * b
            var part = Vector.zero
            for _ in 0..<2 {
                let place = limited(whole + part, row, column)
                let (left, top) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
                let (right, below) = (place.x - Float(left), place.y - Float(top))
                var (x, y, errors) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
                for line in 0..<side {
                    let old = around + (top + line) * stride + left
                    let upper = load16(old) + right * (load16(old + 1) - load16(old))
                    let lower = load16(old + stride) + right * (load16(old + stride + 1) - load16(old + stride))
                    let new = origin + line * stride
                    let error = load16(new) - (upper + below * (lower - upper))
                    let (across, down) = slopes(new)
                    x += across * error
                    y += down * error
                    errors += error
                }
                let total = errors.sum() / samples
                let (p, q) = (x.sum() - totalX * total, y.sum() - totalY * total)
                part += Vector(c * p - b * q, a * q - b * p) / determinant
                part = pointwiseMax(pointwiseMin(part, Vector(repeating: farthest)), Vector(repeating: -farthest))
            }
            return limited(whole + part, row, column)
        }

        /// Central differences of 16 pixels, along rows and along columns.
        @inline(__always)
        private func slopes(_ pixels: UnsafePointer<Float>) -> (across: SIMD16<Float>, down: SIMD16<Float>) {
            (0.5 * (load16(pixels + 1) - load16(pixels - 1)), 0.5 * (load16(pixels + stride) - load16(pixels - stride)))
        }
    }
}

@inline(__always)
private func load16(_ pixels: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pixels).loadUnaligned(as: SIMD16<Float>.self)
}

@inline(__always)
private func magnitude(_ values: SIMD16<Float>) -> SIMD16<Float> {
    unsafeBitCast(unsafeBitCast(values, to: SIMD16<UInt32>.self) & 0x7FFF_FFFF, to: SIMD16<Float>.self)
}
