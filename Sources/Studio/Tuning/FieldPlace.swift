import Images
import Networks
import Tensors

/// The middle position of a layer, and where it looks.
struct FieldPlace {
    let position: ActivationRequest.Position
    /// The middle of what it sees, in pixels; a pixel's own middle is 0.5.
    let centre: (x: Double, y: Double)
    /// Pixels on the longer side of what it sees, at most the picture's.
    let extent: Int
    /// Of the picture: the one that the layer takes, or that the network was trained on.
    let size: Network.Size

    /// - Throws: a usage problem for a layer whose positions lie nowhere.
    init(in layer: LayerName, of model: Model) throws(Problem) {
        let crop = model.preprocessing.crop
        size = model.network.onlySize(for: layer) ?? Network.Size(height: crop, width: crop)
        let shape: Shape
        do { shape = try model.network.shape(of: layer, height: size.height, width: size.width) } catch {
            throw .usage("\(model.name) cannot take \(size) pixels: \(error)", setting: "model")
        }
        guard shape.area > 1 else {
            (position, centre) = (ActivationRequest.Position(x: 0, y: 0), (Double(size.width) / 2, Double(size.height) / 2))
            extent = max(size.height, size.width)
            return
        }
        let grid = try PositionGrid(of: layer, in: model, height: size.height, width: size.width)
        let (row, column) = (grid.count(shape).rows / 2, grid.count(shape).columns / 2)
        position = grid.position(row: row, column: column)
        centre = (grid.columns.centre(of: column), grid.rows.centre(of: row))
        extent = grid.isOfTokens ? max(size.height, size.width) : min(max(grid.rows.extent, grid.columns.extent), max(size.height, size.width))
    }
}
