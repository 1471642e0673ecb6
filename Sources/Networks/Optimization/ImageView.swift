import Tensors

/// The part of an image that a pass through the network reads, and where each layer's output then lies in what it
/// would be for the whole image.
struct ImageView {
    let rows: Range<Int>
    let columns: Range<Int>
    /// The place of each step's output.
    let places: [Activation.Place]
    let isWhole: Bool
}

extension PreparedNetwork {
    /// The part of an image that the requested positions can see: the union of their receptive fields.
    ///
    /// The network on that part alone gives exactly what it gives on the whole: every position on the way between a
    /// requested unit and the image has all that it sees inside the part, and where it sees beyond the image's border, the
    /// part ends there too. For the grids of strided layers to fall on the same positions, the part begins at a multiple
    /// of all strides.
    func view(of image: Shape) -> ImageView {
        let (known, error) = self.shapes(for: image)
        precondition(error == nil, "unchecked shape")
        let shapes = known.map(\.output)
        let whole = ImageView(
            rows: 0..<image.height, columns: 0..<image.width,
            places: shapes.map { Activation.Place(height: $0.height, width: $0.width) }, isWhole: true)
        guard let positions else { return whole }

        let strides = self.strides(known.map(\.inputs), in: image)
        guard let pixels = self.pixels(seenFrom: positions, known) else { return whole }
        let grid = strides.reduce((height: 1, width: 1)) {
            (
                commonMultiple($0.height, $1.height, atMost: image.height), commonMultiple($0.width, $1.width, atMost: image.width)
            )
        }
        let rows = pixels.rows.lowerBound / grid.height * grid.height..<pixels.rows.upperBound
        let columns = pixels.columns.lowerBound / grid.width * grid.width..<pixels.columns.upperBound
        return ImageView(
            rows: rows, columns: columns,
            places: steps.indices.map { index in
                Activation.Place(
                    top: rows.lowerBound / strides[index].height, left: columns.lowerBound / strides[index].width,
                    height: shapes[index].height, width: shapes[index].width)
            },
            isWhole: rows.count == image.height && columns.count == image.width)
    }

    /// Pixels from one position of each step to the next; the image's extent for all that is longer. A global pool counts as a
    /// stride of its map's side, and the product over many has no bound.
    ///
    /// - Parameter inputs: the shapes of every step's inputs.
    private func strides(_ inputs: [[Shape]], in image: Shape) -> [(height: Int, width: Int)] {
        var strides: [(height: Int, width: Int)] = []
        for step in steps {
            let window = step.layer.window(for: inputs[strides.count])
            let before = step.inputs.map { $0 < 0 ? (height: 1, width: 1) : strides[$0] }
            let (height, width) = before.reduce((1, 1)) {
                (commonMultiple($0.0, $1.height, atMost: image.height), commonMultiple($0.1, $1.width, atMost: image.width))
            }
            strides.append(
                (min(height * (window?.strideHeight ?? 1), image.height), min(width * (window?.strideWidth ?? 1), image.width)))
        }
        return strides
    }

    /// The pixels that the requested positions see; nil for all of them.
    private func pixels(
        seenFrom positions: [Int: Set<ActivationRequest.Position>], _ shapes: [(inputs: [Shape], output: Shape)]
    ) -> (rows: Range<Int>, columns: Range<Int>)? {
        var fields = [(rows: Range<Int>, columns: Range<Int>)?](repeating: nil, count: steps.count)
        var pixels: (rows: Range<Int>, columns: Range<Int>)?
        for (index, step) in steps.enumerated().reversed() {
            for position in positions[index] ?? [] {
                let row = position.row(height: shapes[index].output.height)
                let column = position.column(width: shapes[index].output.width)
                extend(&fields[index], by: (row..<row + 1, column..<column + 1))
            }
            guard let field = fields[index] else { continue }
            let inputs = shapes[index].inputs
            let window = step.layer.window(for: inputs)
            for (input, shape) in zip(step.inputs, inputs) {
                var seen = field
                if let window {
                    if step.layer.traits.contains(.seesWholeInput)
                        || window.kernelHeight >= shape.height && window.kernelWidth >= shape.width
                    {
                        return nil
                    }
                    seen.rows = window.rows(seenBy: field.rows, of: shape.height)
                    seen.columns = window.columns(seenBy: field.columns, of: shape.width)
                }
                if input < 0 { extend(&pixels, by: seen) } else { extend(&fields[input], by: seen) }
            }
        }
        return pixels
    }
}

private func extend(
    _ field: inout (rows: Range<Int>, columns: Range<Int>)?, by other: (rows: Range<Int>, columns: Range<Int>)
) {
    guard let mine = field else {
        field = other
        return
    }
    field = (
        min(mine.rows.lowerBound, other.rows.lowerBound)..<max(mine.rows.upperBound, other.rows.upperBound),
        min(mine.columns.lowerBound, other.columns.lowerBound)..<max(mine.columns.upperBound, other.columns.upperBound)
    )
}

/// The least common multiple of two strides that are at most `most`; `most` where it would be longer.
private func commonMultiple(_ a: Int, _ b: Int, atMost most: Int) -> Int {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return min(a / x * b, most)
}
