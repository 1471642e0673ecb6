import Networks
import Tensors

/// Values at places that a table lists: parts that are taken out of a value one by one, or put into it.
extension Operator {
    static let places: [Operator] = [
        taking("GatherElements") { try $0.elementPlaces($1) },
        taking("GatherND") { try $0.blockPlaces($1) },
        Operator("ScatterND", constant: { try $0.scattered() }, layer: { try $0.scatter($1) }),
    ]

    /// - Parameter places: for data of these extents the extents of the output, and for each of its values that value's number.
    private static func taking(
        _ name: String, _ places: @escaping @Sendable (Operation, _ dims: [Int]) throws -> (dims: [Int], numbers: [Int])
    ) -> Operator {
        Operator(
            name,
            constant: { operation in
                let value = try operation.constant(0)
                let (dims, numbers) = try places(operation, value.dims)
                switch value.values {
                case .integers(let values): return Constant(dims, .integers(numbers.map { values[$0] }))
                case .floats(let values): return Constant(dims, .floats(numbers.map { values[$0] }))
                }
            },
            layer: { importer, operation in
                let value = try operation.activation(0)
                let (dims, numbers) = try places(operation, value.dims)
                return try importer.chosen(operation, value, numbers, dims: dims, isSized: try operation.constant(1).isSized)
            })
    }
}

extension Operation {
    /// The number of an index below 0 from the end.
    private func place(_ index: Int, of extent: Int) throws(WeightsError) -> Int {
        guard index >= -extent, index < extent else { throw refuse("index \(index) of an axis of \(extent)") }
        return index < 0 ? index + extent : index
    }

    /// GatherElements: the indices along one axis stand where their values go.
    fileprivate func elementPlaces(_ dims: [Int]) throws(WeightsError) -> (dims: [Int], numbers: [Int]) {
        let indices = try constant(1)
        let axis = try axis(default: 0, of: dims.count)
        guard indices.dims.count == dims.count, indices.dims.indices.allSatisfy({ $0 == axis || indices.dims[$0] <= dims[$0] }) else {
            throw refuse("indices of \(indices.dims) for \(dims)")
        }
        let (own, strides) = (rowMajorStrides(indices.dims), rowMajorStrides(dims))
        var numbers: [Int] = []
        for (number, index) in indices.integers.enumerated() {
            var place = 0
            for other in dims.indices where other != axis { place += number / own[other] % indices.dims[other] * strides[other] }
            numbers.append(place + (try self.place(index, of: dims[axis])) * strides[axis])
        }
        return (indices.dims, numbers)
    }

    /// GatherND: each row of the indices names a block, behind as many axes as are the same on both sides.
    fileprivate func blockPlaces(_ dims: [Int]) throws(WeightsError) -> (dims: [Int], numbers: [Int]) {
        let indices = try constant(1)
        let shared = try integer("batch_dims", 0)
        guard let depth = indices.dims.last, depth > 0, shared >= 0, shared + depth <= dims.count, shared < indices.dims.count,
            dims[..<shared] == indices.dims[..<shared]
        else { throw refuse("indices of \(indices.dims) for \(dims)") }
        let result = indices.dims.dropLast() + dims[(shared + depth)...]
        guard Constant.fits(Array(result)) else { throw refuse("a value of \(Array(result)) is too large") }
        let strides = rowMajorStrides(dims)
        let block = dims[(shared + depth)...].reduce(1, *)
        let (rows, whole) = (indices.dims[shared...].dropLast().reduce(1, *), dims[shared...].reduce(1, *))
        var numbers: [Int] = []
        let places = indices.integers
        for row in 0..<places.count / depth {
            var start = row / max(rows, 1) * whole
            for axis in 0..<depth { start += try place(places[row * depth + axis], of: dims[shared + axis]) * strides[shared + axis] }
            numbers += start..<start + block
        }
        return (Array(result), numbers)
    }

    /// ScatterND: for each row of the indices where its block of the data begins, and the values of a block.
    private func blocks(_ dims: [Int]) throws(WeightsError) -> (starts: [Int], size: Int) {
        let (indices, updates) = (try constant(1), try input(2))
        guard let depth = indices.dims.last, depth > 0, depth <= dims.count else { throw refuse("indices of \(indices.dims) for \(dims)") }
        let (strides, places) = (rowMajorStrides(dims), indices.integers)
        let block = dims[depth...].reduce(1, *)
        guard updates.count == places.count / depth * block else { throw refuse("updates of \(updates.dims)") }
        var starts: [Int] = []
        for row in 0..<places.count / depth {
            var start = 0
            for axis in 0..<depth { start += try place(places[row * depth + axis], of: dims[axis]) * strides[axis] }
            starts.append(start)
        }
        return (starts, block)
    }

    /// Whole numbers and floats alike.
    private func reduction() throws(WeightsError) -> Arithmetic.Operation? {
        switch text("reduction", "none") {
        case "none": return nil
        case "add": return .add
        case "mul": return .multiply
        case "max": return .maximum
        case "min": return .minimum
        case let other: throw refuse("the reduction \(shown(other))")
        }
    }

    /// The first input with parts of the third in it, at the places that the rows of the second name.
    fileprivate func scattered() throws(WeightsError) -> Constant {
        let (data, updates, reduction) = (try constant(0), try constant(2), try reduction())
        let (starts, block) = try blocks(data.dims)
        func replaced<Number>(_ numbers: [Number], _ new: [Number], _ combine: (Number, Number) -> Number) -> [Number] {
            var result = numbers
            for (row, start) in starts.enumerated() {
                for i in 0..<block { result[start + i] = combine(result[start + i], new[row * block + i]) }
            }
            return result
        }
        if data.isInteger, reduction == nil { return Constant(data.dims, .integers(replaced(data.integers, updates.integers) { $1 })) }
        let results = replaced(data.floats, updates.floats) { reduction?.value($0, $1) ?? $1 }
        return Constant(data.dims, data.isInteger ? .integers(results.map(wholeNumber)) : .floats(results))
    }

    /// The same of values that depend on the picture: which of the data's values and, behind them, of the updates' each is.
    fileprivate func scatteredPlaces(_ dims: [Int]) throws(WeightsError) -> [Int] {
        guard try reduction() == nil else { throw refuse("the reduction \(shown(text("reduction", "none"))) of values that depend on the picture") }
        let (starts, block) = try blocks(dims)
        let count = dims.reduce(1, *)
        var numbers = Array(0..<count)
        for (row, start) in starts.enumerated() { for i in 0..<block { numbers[start + i] = count + row * block + i } }
        return numbers
    }
}

extension GraphImporter {
    /// The values of these numbers, counted row-major.
    fileprivate mutating func chosen(
        _ operation: Operation, _ value: Activation, _ numbers: [Int], dims: [Int], isSized: Bool
    ) throws(WeightsError) -> Activation {
        guard Constant.fits(value.dims), Constant.fits(dims), !numbers.isEmpty else { throw operation.refuse("\(dims) of a value of \(value.dims)") }
        let places = value.indexMap.places()
        let order = Array(dims.indices)
        let layer = Gather(from: value.shape, to: Activation.shape(dims, order), places: numbers.map { places[$0] })
        let source = isSized ? try fixed(operation, value) : value
        return try add(operation, layer, from: [source], dims: dims, order: order)
    }

    fileprivate mutating func scatter(_ operation: Operation) throws(WeightsError) -> Activation {
        let (data, updates) = (try operation.input(0), try operation.input(2))
        guard Constant.fits(data.dims), Constant.fits(updates.dims) else { throw operation.refuse("a value of \(data.dims) is too large") }
        let numbers = try operation.scatteredPlaces(data.dims)
        func row(_ value: Value, _ part: String) throws(WeightsError) -> Value {
            let dims = [1, value.count]
            guard case .activation(let activation) = value else { return .constant(try reader.constant(of: value).reshaped(dims)) }
            return .activation(try reshaped(operation.named(part), activation, to: dims))
        }
        var joining = operation.named("/joined")
        joining.inputs = [try row(data, "/data"), try row(updates, "/updates")]
        joining.attributes = [:]  // along axis 1
        let joined = try concatenation(joining)
        return try chosen(operation, joined, numbers, dims: data.dims, isSized: try operation.constant(1).isSized)
    }
}
