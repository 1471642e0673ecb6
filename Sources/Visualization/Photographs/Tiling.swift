/// How a picture that is too large for one pass is cut: every pixel belongs to one tile's core, and a tile sees a margin
/// around its core, so that what it computes there is nearly what the whole picture would give.
///
/// The cuts begin at an offset that changes from step to step, so that no seam stays in one place (tensorflow/lucid, "infinite
/// patterns").
package struct Tiling {
    /// A tile along one axis.
    package struct Piece: Equatable {
        /// The part whose result is kept.
        package let core: Range<Int>
        /// The part that the network sees: the core and a margin, as far as the picture reaches.
        package let seen: Range<Int>
    }

    /// Sides of tiles that make sense.
    package static let sides = 256...65_536
    /// Pixels that a tile sees beyond its core on every side.
    package static let margin = 64
    /// Cuts fall on multiples of this, so that the grids of strided layers fall where the whole picture's would.
    static let grid = 32
    /// Pixels that a tile sees at least on every axis, where the picture has as many.
    static let smallest = 192

    package let rows: [Piece]
    package let columns: [Piece]

    /// - Parameters:
    ///   - side: of a tile with its margins, in `sides`, or the one side that a network takes; nil for one tile of the whole picture.
    ///   - shift: any number; where the cuts begin along both axes.
    package init(height: Int, width: Int, side: Int?, shift: (rows: Int, columns: Int) = (0, 0)) {
        rows = Self.pieces(of: height, side: side, shift: shift.rows)
        columns = Self.pieces(of: width, side: side, shift: shift.columns)
    }

    private static func pieces(of extent: Int, side: Int?, shift: Int) -> [Piece] {
        guard let side, extent > side else { return [Piece(core: 0..<extent, seen: 0..<extent)] }
        // A tile that small is the one size that a network takes; it is seen in just that size.
        let isExact = side < sides.lowerBound
        let margin = isExact ? side / 8 : margin
        let grid = isExact ? 1 : grid
        let length = (side - 2 * margin) / grid * grid
        var pieces: [Piece] = []
        var start = 0
        var end = (shift / grid * grid) % length
        if end <= 0 { end += length }
        while start < extent {
            let core = start..<min(end, extent)
            var seen = max(0, core.lowerBound - margin)..<min(extent, core.upperBound + margin)
            if isExact {
                let first = max(0, min(core.lowerBound - margin, extent - side))
                seen = first..<first + side
            } else if seen.count < smallest {
                // A sliver at an end sees more of the picture.
                let upper = min(extent, seen.lowerBound + smallest)
                seen = min(seen.lowerBound, max(0, (upper - smallest) / grid * grid))..<upper
            }
            pieces.append(Piece(core: core, seen: seen))
            (start, end) = (core.upperBound, core.upperBound + length)
        }
        return pieces
    }
}
