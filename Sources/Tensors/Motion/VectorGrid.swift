/// The displacement of every block of a picture: blocks are 16 pixels long, their centres 8 apart, the first at 3.5.
struct VectorGrid: Sendable {
    /// (dx, dy) in pixels.
    typealias Vector = SIMD2<Float>

    /// Pixels from one block to the next.
    static let step = 8
    /// The centre of the first block; 0 is the middle of the first pixel.
    private static let firstCentre: Float = 3.5

    let rows: Int
    let columns: Int
    var vectors: [Vector]  // [rows, columns]

    /// No motion in a picture of these extents.
    init(height: Int, width: Int) {
        rows = (height + Self.step - 1) / Self.step
        columns = (width + Self.step - 1) / Self.step
        vectors = [Vector](repeating: .zero, count: rows * columns)
    }

    /// The vector of a block; beyond the grid that of the nearest block.
    subscript(row: Int, column: Int) -> Vector {
        vectors[min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)]
    }

    /// A grid of the same extents, each vector made by `body`, rows at the same time.
    func map(workers: Workers, _ body: (_ row: Int, _ column: Int) -> Vector) -> VectorGrid {
        var result = self
        result.vectors.withUnsafeMutableBufferPointer { target in
            let target = target.baseAddress!
            workers.forEach(rows) { row in
                for column in 0..<columns { target[row * columns + column] = body(row, column) }
            }
        }
        return result
    }

    /// The same motion in the picture of twice the size, whose extents are given.
    func doubled(height: Int, width: Int) -> VectorGrid {
        var result = VectorGrid(height: height, width: width)
        for row in 0..<result.rows {
            for column in 0..<result.columns {
                // A pixel's middle at c is at (c − 0.5) / 2 in the smaller picture, so block i's at i / 2 − 0.25 of its blocks.
                let vector = interpolated(Float(row) / 2 - 0.25, Float(column) / 2 - 0.25)
                result.vectors[row * result.columns + column] = 2 * vector
            }
        }
        return result
    }

    /// The middle one of each block and its eight neighbours, dx and dy each for itself.
    func medians() -> VectorGrid {
        var result = self
        for row in 0..<rows {
            for column in 0..<columns { result.vectors[row * columns + column] = median(row, column) }
        }
        return result
    }

    /// The middle one of a block and its eight neighbours, dx and dy each for itself.
    func median(_ row: Int, _ column: Int) -> Vector {
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: 9) { window in
            for i in 0..<9 { window.initializeElement(at: i, to: self[row + i / 3 - 1, column + i % 3 - 1]) }
            // The rounds of a selection sort that bring the middle one to its place.
            for i in 0..<5 {
                for j in i + 1..<9 {
                    let (low, high) = (pointwiseMin(window[i], window[j]), pointwiseMax(window[i], window[j]))
                    (window[i], window[j]) = (low, high)
                }
            }
            return window[4]
        }
    }

    /// Between the four blocks around a place that is given in blocks; beyond the outermost centres theirs.
    private func interpolated(_ row: Float, _ column: Float) -> Vector {
        let (row, column) = (max(row, 0), max(column, 0))
        let (top, left) = (Int(row), Int(column))
        let (down, across) = (row - Float(top), column - Float(left))
        let upper = self[top, left] + across * (self[top, left + 1] - self[top, left])
        let lower = self[top + 1, left] + across * (self[top + 1, left + 1] - self[top + 1, left])
        return upper + down * (lower - upper)
    }

    /// The vectors of a row of pixels, bilinear between the blocks' centres.
    func interpolate(
        row y: Int, _ width: Int, down: UnsafeMutablePointer<Float>, across: UnsafeMutablePointer<Float>
    ) {
        let row = (Float(y) - Self.firstCentre) / Float(Self.step)
        for block in -1..<columns {
            let left = interpolated(row, Float(block))
            let right = interpolated(row, Float(block + 1))
            // The pixels from this block's centre to the next one's.
            let first = Self.step * block + Self.step / 2
            for x in max(first, 0)..<max(min(first + Self.step, width), max(first, 0)) {
                let vector = left + (Float(x - first) + 0.5) / Float(Self.step) * (right - left)
                (across[x], down[x]) = (vector.x, vector.y)
            }
        }
    }
}
