import Networks
import Tensors

/// Pools: one number of the values under a window.
extension Operator {
    static let pools: [Operator] = [
        Operator("MaxPool", layer: { try $0.maxPool($1) }),
        Operator("AveragePool", layer: { try $0.averagePool($1) }),
        Operator("GlobalAveragePool", layer: { try $0.globalPool($1, AdaptiveAveragePooling(height: 1, width: 1)) }),
        Operator("GlobalMaxPool", layer: { try $0.globalPool($1, GlobalMaxPooling()) }),
    ]
}

extension GraphImporter {
    fileprivate mutating func maxPool(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        guard operation.outputs.count == 1 else { throw operation.refuse("the places of the largest values are not computed") }
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let geometry = try operation.geometry(kernel: kernel, rank: input.dims.count)
        guard geometry.window.area <= MaxPool.mostTaps else { throw operation.refuse("a pool of \(geometry.window.area) values") }
        let source = try padded(operation, input, geometry, with: -.infinity)
        let layer = MaxPooling(window: geometry.window, ceiling: try operation.integer("ceil_mode", 0) == 1)
        let shape = try shape(operation, layer, of: source)
        return try add(operation, layer, from: [source], dims: imageDims(shape, rank: input.dims.count), order: input.order)
    }

    fileprivate mutating func averagePool(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let geometry = try operation.geometry(kernel: kernel, rank: input.dims.count)
        var window = geometry.window
        guard window.dilationHeight == 1, window.dilationWidth == 1 else { throw operation.refuse("average pooling with dilation") }
        let countsPadding = try operation.integer("count_include_pad", 0) == 1
        var (source, after): (Activation, (height: Int, width: Int)) = (input, (window.paddingHeight, window.paddingWidth))
        switch geometry.margins {
        case .fixed(let top, let bottom, let left, let right):
            if !geometry.isEven {
                (window.paddingHeight, window.paddingWidth) = (top, left)
                after = (bottom, right)
            }
        case .same:
            // Its margins depend on the size, and how many values are under a window.
            let margins = geometry.margins.resolved(height: input.shape.height, width: input.shape.width)
            (window.paddingHeight, window.paddingWidth) = (margins.top, margins.left)
            after = (margins.bottom, margins.right)
            source = try fixed(operation, input)
        }
        let layer = AveragePooling(
            window: window, ceiling: try operation.integer("ceil_mode", 0) == 1, countsPadding: countsPadding, after: after)
        let shape = try shape(operation, layer, of: source)
        return try add(operation, layer, from: [source], dims: imageDims(shape, rank: input.dims.count), order: input.order)
    }

    fileprivate mutating func globalPool(_ operation: Operation, _ layer: any Layer) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 2 else { throw operation.refuse("nothing to pool in \(value.dims)") }
        let input = value.dims.count == 2 ? value : try image(operation, value)
        let dims = [1, value.dims[1]] + [Int](repeating: 1, count: value.dims.count - 2)
        return try add(operation, layer, from: [input], dims: dims, order: input.order)
    }
}