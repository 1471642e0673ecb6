import Images
import Networks
import Tensors

/// The part of a photograph that stands on a sheet, and where it lies.
struct ExemplarTile {
    let picture: Picture
    /// Of the largest value; nil where there are no positions.
    let row: Int?
    let column: Int?
    /// What that position sees, in pixels of the seen square; it may reach beyond.
    let field: Field?

    struct Field: Encodable, Sendable, Equatable {
        let left: Int
        let top: Int
        let right: Int
        let bottom: Int
    }

    /// Of what is not above the threshold, and beyond a photograph's edge.
    private static let (dimmed, beyond): (Float, Float) = (0.35, 0.5)

    /// - Parameters:
    ///   - square: the photograph as the network sees it.
    ///   - map: by position, `[1, rows, columns]`; nil where there are none.
    ///   - side: pixels of the tile's side.
    init(_ square: Picture, _ map: Tensor?, _ axes: (rows: ReceptiveField.Axis, columns: ReceptiveField.Axis)?, crop: ExemplarCrop, threshold: Float?, side: Int) {
        guard let map, let axes else {
            (row, column, field) = (nil, nil, nil)
            picture = square.resized(width: side, height: side)
            return
        }
        let values = map.elements
        let place = values.indices.max { (values[$0], -$0) < (values[$1], -$1) }!
        let (row, column) = (place / map.shape.width, place % map.shape.width)
        func range(_ axis: ReceptiveField.Axis, _ position: Int) -> (Int, Int) {
            let start = Int((axis.centre(of: position) - Double(axis.extent) / 2).rounded())
            return (start, start + axis.extent)
        }
        let ((top, bottom), (left, right)) = (range(axes.rows, row), range(axes.columns, column))
        let field = Field(left: left, top: top, right: right, bottom: bottom)
        (self.row, self.column, self.field) = (row, column, field)
        var shown = square
        switch crop {
        case .whole: break
        case .field: shown = Self.cut(square, field)
        case .mask:
            if let threshold { shown = Self.mask(square, map, axes, threshold) }
        }
        picture = shown.resized(width: side, height: side)
    }

    /// A rectangle, grey where it is beyond the picture.
    private static func cut(_ picture: Picture, _ field: Field) -> Picture {
        let (width, height) = (field.right - field.left, field.bottom - field.top)
        let planes = picture.planes()
        var cut = [Float](repeating: beyond, count: 3 * width * height)
        for channel in 0..<3 {
            for y in max(0, field.top)..<max(0, field.top, min(picture.height, field.bottom)) {
                for x in max(0, field.left)..<max(0, field.left, min(picture.width, field.right)) {
                    cut[(channel * height + y - field.top) * width + x - field.left] = planes[(channel * picture.height + y) * picture.width + x]
                }
            }
        }
        return Picture(planes: cut, channels: 3, width: width, height: height)
    }

    /// Dimmed where the map, interpolated between the middles of what positions see, is not above the threshold: all of a
    /// photograph that has nothing above it.
    private static func mask(
        _ picture: Picture, _ map: Tensor, _ axes: (rows: ReceptiveField.Axis, columns: ReceptiveField.Axis), _ threshold: Float
    ) -> Picture {
        func places(_ count: Int, _ axis: ReceptiveField.Axis, _ positions: Int) -> [(Int, Int, Float)] {
            (0..<count).map { pixel in
                let position = min(max((Double(pixel) + 0.5 - axis.firstCentre) / Double(axis.step), 0), Double(positions - 1))
                let lower = min(Int(position), max(positions - 2, 0))
                return (lower, min(lower + 1, positions - 1), Float(position - Double(lower)))
            }
        }
        let (down, across) = (places(picture.height, axes.rows, map.shape.height), places(picture.width, axes.columns, map.shape.width))
        let (values, columns, area) = (map.elements, map.shape.width, picture.width * picture.height)
        var planes = picture.planes()
        for (y, (above, below, share)) in down.enumerated() {
            for (x, (left, right, part)) in across.enumerated() {
                let upper = values[above * columns + left] + part * (values[above * columns + right] - values[above * columns + left])
                let lower = values[below * columns + left] + part * (values[below * columns + right] - values[below * columns + left])
                guard upper + share * (lower - upper) <= threshold else { continue }
                for channel in 0..<3 { planes[channel * area + y * picture.width + x] *= dimmed }
            }
        }
        return Picture(planes: planes, channels: 3, width: picture.width, height: picture.height)
    }
}
