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
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let value = try operation.activation(0)
        if kernel.count > 2 { return try pool(operation, value, kernel) { importer, plane throws(WeightsError) in try importer.maxPool(plane) } }
        let input = try image(operation, value)
        let geometry = try operation.geometry(kernel: kernel, rank: input.dims.count)
        let source = try padded(operation, input, geometry, with: -.infinity)
        let layer = MaxPooling(window: geometry.window, ceiling: try operation.integer("ceil_mode", 0) == 1)
        let shape = try shape(operation, layer, of: source)
        return try add(operation, layer, from: [source], dims: imageDims(shape, rank: input.dims.count), order: input.order)
    }

    fileprivate mutating func averagePool(_ operation: Operation) throws(WeightsError) -> Activation {
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let value = try operation.activation(0)
        if kernel.count > 2 { return try pool(operation, value, kernel) { importer, plane throws(WeightsError) in try importer.averagePool(plane) } }
        let input = try image(operation, value)
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

    /// A pool over three axes or more of which it changes at most two: the pool of an image whose rows and columns are those, and
    /// whose channels are all other axes.
    private mutating func pool(
        _ operation: Operation, _ value: Activation, _ kernel: [Int],
        _ planar: (inout GraphImporter, Operation) throws(WeightsError) -> Activation
    ) throws(WeightsError) -> Activation {
        let rank = value.dims.count
        guard rank == kernel.count + 2 else { throw operation.refuse("the kernel \(kernel) for \(value.dims)") }
        let (strides, pads) = (try operation.integers("strides"), try operation.integers("pads"))
        func changes(_ axis: Int) -> Bool {
            kernel[axis] != 1 || strides?[safe: axis] ?? 1 != 1 || pads?[safe: axis] ?? 0 != 0 || pads?[safe: axis + kernel.count] ?? 0 != 0
        }
        var axes = kernel.indices.filter(changes)
        guard axes.count <= 2 else { throw operation.refuse("pools over three axes are not supported") }
        for axis in kernel.indices.reversed() where axes.count < 2 && !axes.contains(axis) { axes.append(axis) }
        axes.sort()
        let (rows, columns) = (axes[0] + 2, axes[1] + 2)
        let others = value.order.filter { $0 != rows && $0 != columns }
        let order = [rows, columns] + others
        let channels = others.reduce(1) { $0 * value.dims[$1] }
        var source = try arranged(operation, value, to: order)
        let plane = Shape(channels, value.dims[rows], value.dims[columns])
        let planeDims = [1, channels, plane.height, plane.width]
        source = source.shape == plane
            ? Activation(source.node, dims: planeDims, order: Activation.imageOrder(4))
            : try add(
                operation, Reinterpretation(from: source.shape, to: plane), from: [source], dims: planeDims,
                order: Activation.imageOrder(4), suffix: "/plane")
        var inner = operation.along(axes)
        inner.inputs[0] = .activation(source)
        let pooled = try planar(&self, inner)
        var dims = value.dims
        (dims[rows], dims[columns]) = (pooled.shape.height, pooled.shape.width)
        let target = Activation.shape(dims, order)
        if target == pooled.shape { return Activation(pooled.node, dims: dims, order: order) }
        return try add(
            operation, Reinterpretation(from: pooled.shape, to: target), from: [pooled], dims: dims, order: order, suffix: "/axes")
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension Operation {
    /// The same pool over two of its axes.
    fileprivate func along(_ axes: [Int]) -> Operation {
        var operation = self
        let count = attributes["kernel_shape"]?.ints.count ?? 0
        for (name, attribute) in attributes where ["kernel_shape", "strides", "dilations", "pads"].contains(name) {
            let places = name == "pads" ? axes + axes.map { $0 + count } : axes
            var part = attribute
            part.ints = places.compactMap { attribute.ints[safe: $0] }
            operation.attributes[name] = part
        }
        return operation
    }
}
