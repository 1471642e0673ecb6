import Kernels

/// A sum over taps, of which a convolution and its adjoint are made: position (i, j) of the target's grid is a weighted sum
/// over `taps` of the source,
///
///     target[i · targetStride + targetOffset, …] = Σ_t weights_t · source[i · sourceStride + t.y, j · sourceStride + t.x]
///
/// with zeros beyond the source's border. A convolution is one such sum. Its adjoint is one for each phase of the stride:
/// position a·stride + phase of the input receives from the same taps for every a.
struct Correlation: Sendable {
    struct Tap: Sendable {
        /// Row and column of the source, relative to the position.
        let y: Int
        let x: Int
        /// Row and column of the kernel.
        let kernelY: Int
        let kernelX: Int
    }

    /// Both directions: (vertical, horizontal).
    typealias Pair = (height: Int, width: Int)

    let sourceStride: Pair
    let targetStride: Pair
    let targetOffset: Pair
    let taps: [Tap]  // by y, then by x

    /// The convolution itself.
    static func forward(_ window: Window) -> Correlation {
        var taps: [Tap] = []
        for kernelY in 0..<window.kernelHeight {
            for kernelX in 0..<window.kernelWidth {
                taps.append(
                    Tap(
                        y: kernelY * window.dilationHeight - window.paddingHeight,
                        x: kernelX * window.dilationWidth - window.paddingWidth, kernelY: kernelY, kernelX: kernelX))
            }
        }
        return Correlation(
            sourceStride: (window.strideHeight, window.strideWidth), targetStride: (1, 1), targetOffset: (0, 0),
            taps: taps)
    }

    /// The adjoint, one correlation a phase; one without taps leaves zeros.
    static func adjoint(_ window: Window) -> [Correlation] {
        func taps(_ phase: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> [(place: Int, tap: Int)] {
            (0..<kernel).compactMap { tap in
                let distance = phase + padding - tap * dilation
                return distance % stride == 0 ? (distance / stride, tap) : nil
            }.sorted { $0.place < $1.place }
        }
        var phases: [Correlation] = []
        for y in 0..<window.strideHeight {
            let rows = taps(y, window.kernelHeight, window.strideHeight, window.paddingHeight, window.dilationHeight)
            for x in 0..<window.strideWidth {
                let columns = taps(x, window.kernelWidth, window.strideWidth, window.paddingWidth, window.dilationWidth)
                phases.append(
                    Correlation(
                        sourceStride: (1, 1), targetStride: (window.strideHeight, window.strideWidth),
                        targetOffset: (y, x),
                        taps: rows.flatMap { row in
                            columns.map { Tap(y: row.place, x: $0.place, kernelY: row.tap, kernelX: $0.tap) }
                        }))
            }
        }
        return phases
    }

    /// Taps of one row that lie side by side, and are read as one run; 1 where they do not.
    var run: Int {
        guard let first = taps.first else { return 1 }
        let width = taps.prefix { $0.y == first.y }.count
        let isDense = taps.indices.allSatisfy { $0 % width == 0 || taps[$0].x == taps[$0 - 1].x + 1 }
        return isDense ? width : 1
    }

    /// Positions of the grid in a target of this extent.
    func grid(in target: Shape) -> Pair {
        (
            max(0, (target.height - targetOffset.height + targetStride.height - 1) / targetStride.height),
            max(0, (target.width - targetOffset.width + targetStride.width - 1) / targetStride.width)
        )
    }
}

/// A part of the source, with zeros beyond its border, that some rows of the grid look at.
struct SourceBand {
    /// The value that the tap (0, 0) of the first position reads.
    let origin: UnsafePointer<Float>
    /// Floats from one row of pixels to the next.
    let rowStride: Int

    /// Lends the band for rows `rows` of the grid: the source itself where no tap leaves it, else a copy with a border.
    static func with(
        _ source: UnsafePointer<Float>, _ shape: Shape, _ correlation: Correlation, rows: Range<Int>, columns: Int,
        _ body: (SourceBand) -> Void
    ) {
        let taps = correlation.taps
        let (minY, maxY) = (taps.map(\.y).min()!, taps.map(\.y).max()!)
        let (minX, maxX) = (taps.map(\.x).min()!, taps.map(\.x).max()!)
        let top = rows.lowerBound * correlation.sourceStride.height + minY
        let bottom = (rows.upperBound - 1) * correlation.sourceStride.height + maxY
        let right = (columns - 1) * correlation.sourceStride.width + maxX
        let rowStride = shape.width * shape.channels
        if top >= 0, bottom < shape.height, minX >= 0, right < shape.width {
            let first = rows.lowerBound * correlation.sourceStride.height
            return body(SourceBand(origin: source + first * rowStride, rowStride: rowStride))
        }
        let (height, width) = (bottom - top + 1, right - minX + 1)
        let left = min(max(0, -minX), width)
        let inside = max(0, min(shape.width, right + 1) - max(0, minX))
        var copy = FeatureMap(uninitialized: Shape(shape.channels, height, width))
        copy.withMutableElements { copy in
            let copy = copy.baseAddress!
            for row in 0..<height {
                let target = copy + row * width * shape.channels
                let y = top + row
                if y < 0 || y >= shape.height || inside == 0 {
                    target.update(repeating: 0, count: width * shape.channels)
                    continue
                }
                target.update(repeating: 0, count: left * shape.channels)
                (target + left * shape.channels).update(
                    from: source + y * rowStride + max(0, minX) * shape.channels, count: inside * shape.channels)
                (target + (left + inside) * shape.channels).update(
                    repeating: 0, count: (width - left - inside) * shape.channels)
            }
            body(
                SourceBand(
                    origin: copy - (minY * width + minX) * shape.channels, rowStride: width * shape.channels))
        }
    }
}
