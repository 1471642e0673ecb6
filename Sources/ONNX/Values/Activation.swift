import Networks
import Tensors

/// A value that is computed from the picture: the node that computes it, its extents as ONNX has them, and the order of its
/// axes in memory.
///
/// Images of ONNX are `[1, channels, height, width]`; the engine holds the channels of a position side by side, so their
/// order is 0, 2, 3, 1. A transposition then often moves nothing: only the order changes.
struct Activation {
    /// The node, or the picture.
    let node: NetworkBuilder.Value
    /// Extents as ONNX has them.
    let dims: [Int]
    /// Axes from the slowest in memory to the fastest.
    let order: [Int]

    init(_ node: NetworkBuilder.Value, dims: [Int], order: [Int]) {
        self.node = node
        self.dims = dims
        self.order = order
    }

    /// Its shape as the engine sees it.
    var shape: Shape { Self.shape(dims, order) }

    /// The fastest axis is the channels, the one before it the width, all others the height.
    static func shape(_ dims: [Int], _ order: [Int]) -> Shape {
        let extents = order.map { dims[$0] }
        return Shape(extents.last ?? 1, extents.dropLast(2).reduce(1, *), extents.dropLast().last ?? 1)
    }

    /// The order of images: batch, then space, then channels.
    static func imageOrder(_ rank: Int) -> [Int] { rank < 3 ? Array(0..<rank) : [0] + Array(2..<rank) + [1] }

    /// Axes of more than one index, in memory's order; the others do not change where values lie.
    var moving: [Int] { order.filter { dims[$0] != 1 } }

    /// For each axis how far apart neighbours lie in memory.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: dims.count)
        var distance = 1
        for axis in order.reversed() {
            strides[axis] = distance
            distance *= dims[axis]
        }
        return strides
    }

    var count: Int { dims.reduce(1, *) }

    /// The map that leaves its values where they are.
    var indexMap: IndexMap { IndexMap(dims, strides: strides) }

    /// The axes of rows and columns, where the axes before them have the extent 1: it lies in memory as an image does.
    var spatialAxes: (rows: Int, columns: Int)? {
        guard order.count >= 3, order.dropLast(3).allSatisfy({ dims[$0] == 1 }) else { return nil }
        return (order[order.count - 3], order[order.count - 2])
    }

    /// The same value with axes of extent 1 before its first.
    func withLeadingOnes(to rank: Int) -> Activation {
        let added = rank - dims.count
        return Activation(node, dims: [Int](repeating: 1, count: added) + dims, order: Array(0..<added) + order.map { $0 + added })
    }

    /// The same value with an axis of extent 1 after its last.
    var withLastOne: Activation { Activation(node, dims: dims + [1], order: [dims.count] + order) }

    /// The order with this axis moved to the end.
    func order(endingWith axis: Int) -> [Int] { order.filter { $0 != axis } + [axis] }
}
