import Kernels

/// The work of a direct convolution, and how it is cut into pieces for the threads.
extension DirectConvolution {
    /// The memory that one use of the convolution reads and writes.
    struct Maps {
        let source: UnsafePointer<Float>
        let sourceShape: Shape
        let target: UnsafeMutablePointer<Float>
        let targetShape: Shape
        let rectifying: Bool
        let mask: UnsafePointer<UInt8>?
        let signs: UnsafeMutablePointer<UInt8>?
    }

    /// How a phase is cut into pieces of work: bands of lines for the cache, and filters as well if those are too few.
    struct Cut {
        /// A 1×1 kernel has no rows: its positions are one long line of lines of one position.
        let isLine: Bool
        let lines: Int
        /// Positions of a line.
        let positions: Int
        /// Groups that are multiplied one after the other.
        let parts: Int
        /// Filters of a part.
        let columns: Int
        /// Filters that cannot be parted.
        let panel: Int
        /// Floats of a sum.
        let depth: Int
        /// Pieces along the lines.
        let bands: Int
        /// Pieces along the filters.
        let cuts: Int
        /// Panels whose filters stay near while lines pass.
        let blockPanels: Int

        /// Floats of filters that a core keeps near while rows pass.
        private static let filterFloats = 64 * 1024
        /// Floats of source that one piece of work covers.
        private static let sourceFloats = 128 * 1024
        /// Pieces that give several threads enough to do.
        private static let wantedPieces = 8
        /// Positions of a long line that one piece has at least.
        private static let shortestLine = 12
        /// Multiplications that are not worth a hand-over to another thread.
        private static let smallWork = 200_000

        init(_ phase: Phase, _ maps: Maps, groups: Int) {
            let correlation = phase.correlation
            let grid = correlation.grid(in: maps.targetShape)
            isLine =
                correlation.taps.count == 1 && correlation.taps[0].y == 0 && correlation.taps[0].x == 0
                && correlation.sourceStride == (1, 1) && correlation.targetStride == (1, 1)
                && maps.sourceShape.area == maps.targetShape.area
            lines = isLine ? grid.height * grid.width : grid.height
            positions = isLine ? 1 : grid.width
            parts = phase.kind == .depthwise ? 1 : groups
            columns = maps.targetShape.channels / parts
            panel = phase.kind == .packed ? kernels_panel_width() : columns
            depth = phase.segments.count * phase.segmentLength
            let isSmall = lines * positions * parts * columns * depth < Self.smallWork
            let lineFloats =
                positions * correlation.sourceStride.height * correlation.sourceStride.width * maps.sourceShape.channels
            let tallest = max(1, Self.sourceFloats / lineFloats)
            let enough = min(Self.wantedPieces, lines / (isLine ? Self.shortestLine : 1))
            bands = isSmall ? 1 : min(lines, max((lines + tallest - 1) / tallest, enough))
            let panels = (columns + panel - 1) / panel
            cuts = isSmall || bands >= Self.wantedPieces || parts > 1 ? 1 : min(panels, (Self.wantedPieces + bands - 1) / bands)
            blockPanels = max(1, Self.filterFloats / max(1, depth * panel))
        }

        func lines(of band: Int) -> Range<Int> { lines * band / bands..<lines * (band + 1) / bands }

        func panels(of cut: Int) -> Range<Int> {
            let panels = (columns + panel - 1) / panel
            return panels * cut / cuts..<panels * (cut + 1) / cuts
        }
    }
}
