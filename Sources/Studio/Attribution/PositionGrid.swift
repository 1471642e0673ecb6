import Images
import Networks
import Tensors

/// The positions of a layer as rows and columns, and where they look in the network's picture.
struct PositionGrid {
    let rows: ReceptiveField.Axis
    let columns: ReceptiveField.Axis
    /// Tokens before those of the patches, and the patches on a side; nil of a layer that has rows and columns itself.
    private let tokens: (others: Int, side: Int)?
    /// Rows of the layer are positions that look at its columns.
    private let isOfPairs: Bool

    /// - Throws: a usage problem for a layer without positions.
    init(of layer: LayerName, in model: Model, _ picture: Picture) throws(Problem) {
        try self.init(of: layer, in: model, height: picture.height, width: picture.width)
    }

    /// - Throws: a usage problem for a layer without positions.
    init(of layer: LayerName, in model: Model, height: Int, width: Int) throws(Problem) {
        var shape: Shape
        do { shape = try model.network.seenShape(of: layer, height: height, width: width) } catch {
            throw .usage("\(model.name) cannot take \(width)x\(height) pixels: \(error)")
        }
        isOfPairs = model.network.traits(of: layer).contains(.pairsPositions)
        if isOfPairs { shape = Shape(shape.channels, 1, shape.width) }
        guard shape.area > 1 else {
            throw .usage("\(layer) of \(model.name) has no positions to map; name a layer before it", setting: "layer")
        }
        if shape.height > 1, shape.width > 1 {
            let field: ReceptiveField
            do { field = try model.network.receptiveField(of: layer, height: height, width: width) } catch {
                throw .usage("\(layer) cannot be placed: \(error)", setting: "layer")
            }
            (rows, columns, tokens) = (field.rows, field.columns, nil)
            return
        }
        // A transformer's tokens: those of square patches, row by row, perhaps after a class token.
        let side = Int(Double(shape.area).squareRoot())
        let others = shape.area - side * side
        guard others <= 1, width % side == 0, height % side == 0 else {
            throw .usage("the \(shape.area) positions of \(layer) lie in no square", setting: "layer")
        }
        func axis(_ extent: Int) -> ReceptiveField.Axis {
            ReceptiveField.Axis(extent: extent / side, step: extent / side, firstCentre: Double(extent / side) / 2)
        }
        (rows, columns, tokens) = (axis(height), axis(width), (others, side))
    }

    /// Whether each position is a token, which may see the whole picture wherever it lies.
    var isOfTokens: Bool { tokens != nil }

    /// Rows and columns of positions of a layer of this shape.
    func count(_ shape: Shape) -> (rows: Int, columns: Int) { tokens.map { ($0.side, $0.side) } ?? (shape.height, shape.width) }

    /// Where the layer has the position of a row and a column.
    func position(row: Int, column: Int) -> ActivationRequest.Position {
        guard let tokens else { return ActivationRequest.Position(x: column, y: row) }
        // Of the axis that tokens do not lie along the only place is meant.
        let token = tokens.others + row * tokens.side + column
        return ActivationRequest.Position(x: token, y: token)
    }

    /// A map over the positions as `[1, rows, columns]`; of pairs over those that are looked at, by all together.
    func map(_ map: Tensor) -> Tensor {
        guard let tokens else { return map }
        var values = map.elements
        if isOfPairs {
            let width = map.shape.width
            values = (0..<width).map { column in
                Float((0..<map.shape.height).reduce(0.0) { $0 + Double(values[$1 * width + column]) })
            }
        }
        return Tensor(Shape(1, tokens.side, tokens.side), Array(values[tokens.others...]))
    }

    /// Where the positions look in the photograph, in its pixels.
    func placement(in square: ClassifiedSquare) -> MapOverlay.Placement { square.placement(rows: rows, columns: columns) }

    /// The position that looks at each pixel of a picture, row by row; those of a layer with so many columns.
    func cells(height: Int, width: Int, rowCount: Int, columnCount: Int) -> [Int] {
        (0..<height).flatMap { y in
            (0..<width).map { x in rows.position(of: y, count: rowCount) * columnCount + columns.position(of: x, count: columnCount) }
        }
    }
}

extension ClassifiedSquare {
    /// Where positions of the network's picture lie in the photograph.
    func placement(rows: ReceptiveField.Axis = .init(), columns: ReceptiveField.Axis = .init()) -> MapOverlay.Placement {
        let (across, down) = (width / Double(picture.width), height / Double(picture.height))
        return MapOverlay.Placement(
            firstColumn: left + columns.firstCentre * across, columnStep: Double(columns.step) * across,
            firstRow: top + rows.firstCentre * down, rowStep: Double(rows.step) * down, left: left, top: top, right: left + width,
            bottom: top + height)
    }
}

extension ReceptiveField.Axis {
    /// The position whose middle is the nearest to a pixel's.
    func position(of pixel: Int, count: Int) -> Int {
        min(max(Int(((Double(pixel) + 0.5 - firstCentre) / Double(step)).rounded()), 0), count - 1)
    }
}
