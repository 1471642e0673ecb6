import Networks
import Tensors

/// What is computed while the graph is read: shapes, and all arithmetic on constants.
extension GraphImporter {
    /// The outputs of an operator that does not depend on the picture; nil for all others.
    func folded(_ operation: Operation) throws(WeightsError) -> [Value]? {
        switch operation.type {
        case "Constant": return [try literal(operation)]
        case "Shape":
            let value = try operation.input(0)
            let rank = value.dims.count
            func bound(_ name: String, _ standard: Int) throws(WeightsError) -> Int {
                let place = try operation.integer(name, standard)
                return min(max(place < 0 ? place + rank : place, 0), rank)
            }
            let (start, end) = (try bound("start", 0), try bound("end", rank))
            return [.constant(Constant(integers: Array(value.dims[start..<max(start, end)]), isSized: value.isActivation))]
        case "Size":
            let value = try operation.input(0)
            return [.constant(Constant([], .integers([value.dims.reduce(1, *)]), isSized: value.isActivation))]
        default: break
        }
        guard !operation.inputs.contains(where: { $0?.isActivation == true }), !operation.inputs.isEmpty else { return nil }
        if case .stored(let tensor) = operation.inputs[0] {
            // Weights under another name stay where they are.
            if operation.type == "Identity" || operation.type == "Dropout" { return [.stored(tensor)] }
            if operation.type == "Cast", !tensor.type.isInteger, [1, 10, 11, 16].contains(try operation.integer("to", 1)) { return [.stored(tensor)] }
        }
        var inputs: [Constant?] = []
        for index in operation.inputs.indices { inputs.append(try operation.constant(index)) }
        guard let results = try computed(operation, inputs) else { return nil }
        let isSized = inputs.contains { $0?.isSized == true }
        return results.map { result in
            var result = result
            result.isSized = isSized
            return .constant(result)
        }
    }

    private func literal(_ operation: Operation) throws(WeightsError) -> Value {
        for (name, attribute) in operation.attributes {
            switch name {
            case "value":
                guard attribute.hasT else { throw operation.refuse("attribute value is no tensor") }
                let tensor = try StoredTensor(attribute.t, in: operation.mapping, external: operation.external)
                if tensor.count > 1024 { return .stored(tensor) }
                return .constant(try operation.tensors.constant(tensor))
            case "value_float": return .constant(Constant([], .floats([attribute.f])))
            case "value_int": return .constant(Constant([], .integers([Int(attribute.i)])))
            case "value_floats": return .constant(Constant([attribute.floats.count], .floats(attribute.floats)))
            case "value_ints": return .constant(Constant(integers: attribute.ints.map { Int($0) }))
            default: continue
            }
        }
        throw operation.refuse("this kind of constant is not supported")
    }

    /// nil where the operator is not one of arithmetic or movement.
    private func computed(_ operation: Operation, _ inputs: [Constant?]) throws(WeightsError) -> [Constant]? {
        func input(_ index: Int) throws(WeightsError) -> Constant {
            guard index < inputs.count, let constant = inputs[index] else { throw operation.refuse("input \(index) is missing") }
            return constant
        }
        switch operation.type {
        case "Identity", "Dropout": return [try input(0)]
        case "Cast":
            let (value, type) = (try input(0), try operation.integer("to", 1))
            if [1, 10, 11, 16].contains(type) { return [Constant(value.dims, .floats(value.floats))] }
            if type == 9 { return [Constant(value.dims, .integers(value.floats.map { $0 == 0 ? 0 : 1 }))] }
            return [Constant(value.dims, .integers(value.integers))]
        case "CastLike":
            let value = try input(0)
            return [Constant(value.dims, try input(1).isInteger ? .integers(value.integers) : .floats(value.floats))]
        case "ConstantOfShape":
            let dims = try input(0).integers
            guard dims.allSatisfy({ $0 >= 0 && $0 < 1 << 26 }), fits(dims) else { throw operation.refuse("the shape \(dims)") }
            var fill = Constant([], .floats([0]))
            if let attribute = operation.attributes["value"], attribute.hasT {
                fill = try operation.tensors.constant(try StoredTensor(attribute.t, in: operation.mapping, external: operation.external))
            }
            guard fill.count == 1 else { throw operation.refuse("a value of \(fill.count) numbers") }
            let count = dims.reduce(1, *)
            return [
                Constant(
                    dims, fill.isInteger ? .integers([Int](repeating: fill.integers[0], count: count)) : .floats([Float](repeating: fill.floats[0], count: count)))
            ]
        case "Range":
            let (start, limit, delta) = (try input(0), try input(1), try input(2))
            guard start.count == 1, limit.count == 1, delta.count == 1, delta.floats[0] != 0 else { throw operation.refuse("three numbers are expected") }
            let span = (Double(limit.floats[0]) - Double(start.floats[0])) / Double(delta.floats[0])
            guard span.isFinite, span < Double(TensorReader.mostConstantValues) else { throw operation.refuse("a range of \(span) numbers") }
            let count = span > 0 ? Int(span.rounded(.up)) : 0
            if start.isInteger { return [Constant(integers: (0..<count).map { start.integers[0] &+ $0 &* delta.integers[0] })] }
            return [Constant([count], .floats((0..<count).map { start.floats[0] + Float($0) * delta.floats[0] }))]
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze":
            let value = try input(0)
            return [value.reshaped(try reshapedDims(operation, value.dims))]
        case "Transpose":
            let value = try input(0)
            var movement = Movement(value.dims)
            movement.transpose(try transposition(operation, rank: value.dims.count))
            return [value.moved(movement)]
        case "Slice":
            let value = try input(0)
            var movement = Movement(value.dims)
            for cut in try cuts(operation, value.dims).cuts { movement.choose(cut.indices, axis: cut.axis) }
            return [value.moved(movement)]
        case "Gather":
            let (value, indices) = (try input(0), try input(1))
            let axis = try operation.axis(try operation.integer("axis", 0), of: value.dims.count)
            guard !value.dims.isEmpty else { throw operation.refuse("a single number") }
            var movement = Movement(value.dims)
            movement.choose(try gathered(operation, indices, extent: value.dims[axis]), axis: axis)
            guard fits(movement.dims) else { throw operation.refuse("too many indices") }
            return [value.moved(movement).reshaped(value.dims[..<axis] + indices.dims + value.dims[(axis + 1)...])]
        case "Expand", "Tile":
            let value = try input(0)
            var movement = Movement(value.dims)
            try repeated(operation, &movement)
            guard fits(movement.dims) else { throw operation.refuse("too many repetitions") }
            return [value.moved(movement)]
        case "Pad":
            let value = try input(0)
            var movement = Movement(value.dims)
            try framed(operation, try frame(operation, rank: value.dims.count), &movement)
            guard fits(movement.dims) else { throw operation.refuse("too much padding") }
            return [value.moved(movement)]
        case "Split":
            let value = try input(0)
            let axis = try operation.axis(try operation.integer("axis", 0), of: value.dims.count)
            var (results, start): ([Constant], Int) = ([], 0)
            for length in try parts(operation, extent: value.dims[axis]) {
                var movement = Movement(value.dims)
                movement.choose(Array(start..<start + length), axis: axis)
                results.append(value.moved(movement))
                start += length
            }
            return results
        case "Concat":
            let all = inputs.compactMap { $0 }
            guard let first = all.first(where: { !$0.dims.isEmpty }) else { throw operation.refuse("nothing to concatenate") }
            let axis = try operation.axis(try operation.integer("axis", 0), of: first.dims.count)
            return [try concatenated(operation, all, axis)]
        case "Where":
            let (condition, a, b) = (try input(0), try input(1), try input(2))
            let dims = try broadcast(operation, try broadcast(operation, condition.dims, a.dims), b.dims)
            guard fits(dims) else { throw operation.refuse("too large: \(dims)") }
            let (test, left, right) = (spread(condition, dims).integers, spread(a, dims), spread(b, dims))
            if a.isInteger, b.isInteger {
                let (x, y) = (left.integers, right.integers)
                return [Constant(dims, .integers(test.indices.map { test[$0] != 0 ? x[$0] : y[$0] }))]
            }
            let (x, y) = (left.floats, right.floats)
            return [Constant(dims, .floats(test.indices.map { test[$0] != 0 ? x[$0] : y[$0] }))]
        case "MatMul": return [try product(operation, try input(0), try input(1))]
        case "Clip":
            let value = try input(0)
            func bound(_ attribute: String, _ index: Int, _ standard: Float) -> Float {
                index < inputs.count ? inputs[index]?.floats.first ?? standard : operation.number(attribute, standard)
            }
            let (low, high) = (bound("min", 1, -.infinity), bound("max", 2, .infinity))
            let results = value.floats.map { min(max($0, low), high) }
            return [Constant(value.dims, value.isInteger ? .integers(results.map(wholeNumber)) : .floats(results))]
        case "ScatterND": return [try scattered(operation, try input(0), try input(1), try input(2))]
        case "NonZero":
            let value = try input(0)
            let strides = rowMajorStrides(value.dims)
            let places = value.floats.enumerated().filter { $0.element != 0 }.map(\.offset)
            let rows = value.dims.indices.map { axis in places.map { $0 / strides[axis] % value.dims[axis] } }
            return [Constant([value.dims.count, places.count], .integers(rows.flatMap { $0 }))]
        case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean": return [try reduced(operation, try input(0))]
        case "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or":
            var result = try input(0)
            for index in 1..<max(inputs.count, 2) { result = try binary(operation, result, try input(index)) }
            return [result]
        default: return try unary(operation, try input(0)).map { [$0] }
        }
    }

    /// The last two axes multiplied, over all others of the left; the right is one matrix.
    private func product(_ operation: Operation, _ a: Constant, _ b: Constant) throws(WeightsError) -> Constant {
        guard a.dims.count >= 1, b.dims.count == 2, let depth = a.dims.last, depth == b.dims[0], depth > 0 else {
            throw operation.refuse("\(a.dims) times \(b.dims)")
        }
        let (left, right, columns) = (a.floats, b.floats, b.dims[1])
        let dims = a.dims.dropLast() + [columns]
        guard fits(Array(dims)), left.count / depth < (1 << 36) / max(right.count, 1) else { throw operation.refuse("too large: \(dims)") }
        var results = [Float](repeating: 0, count: left.count / depth * columns)
        for row in 0..<left.count / depth {
            for k in 0..<depth {
                let factor = left[row * depth + k]
                for column in 0..<columns { results[row * columns + column] += factor * right[k * columns + column] }
            }
        }
        return Constant(Array(dims), .floats(results))
    }

    /// The first constant with parts replaced: where each row of `indices` points comes a part of `updates`.
    private func scattered(_ operation: Operation, _ data: Constant, _ indices: Constant, _ updates: Constant) throws(WeightsError) -> Constant {
        guard operation.text("reduction", "none") == "none", let depth = indices.dims.last, depth > 0, depth <= data.dims.count else {
            throw operation.refuse("indices of \(indices.dims) for \(data.dims)")
        }
        let (strides, places) = (rowMajorStrides(data.dims), indices.integers)
        let block = data.dims[depth...].reduce(1, *)
        guard updates.count == places.count / depth * block else { throw operation.refuse("updates of \(updates.dims)") }
        var starts: [Int] = []
        for row in 0..<places.count / depth {
            var start = 0
            for axis in 0..<depth {
                let place = places[row * depth + axis]
                guard place >= -data.dims[axis], place < data.dims[axis] else { throw operation.refuse("index \(place) of an axis of \(data.dims[axis])") }
                start += (place < 0 ? place + data.dims[axis] : place) * strides[axis]
            }
            starts.append(start)
        }
        func replaced<Number>(_ numbers: [Number], _ new: [Number]) -> [Number] {
            var result = numbers
            for (row, start) in starts.enumerated() { for i in 0..<block { result[start + i] = new[row * block + i] } }
            return result
        }
        if data.isInteger { return Constant(data.dims, .integers(replaced(data.integers, updates.integers))) }
        return Constant(data.dims, .floats(replaced(data.floats, updates.floats)))
    }

    private func fits(_ dims: [Int]) -> Bool {
        var count = 1
        for extent in dims {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= TensorReader.mostConstantValues else { return false }
            count = product
        }
        return true
    }

    private func spread(_ value: Constant, _ dims: [Int]) -> Constant {
        if value.dims == dims { return value }
        var movement = Movement(value.dims)
        movement.expand(to: dims)
        return value.moved(movement)
    }

    private func concatenated(_ operation: Operation, _ all: [Constant], _ axis: Int) throws(WeightsError) -> Constant {
        let first = all[0]
        for value in all {
            guard value.dims.count == first.dims.count, value.dims.count > axis,
                value.dims.indices.allSatisfy({ $0 == axis || value.dims[$0] == first.dims[$0] })
            else { throw operation.refuse("\(value.dims) does not fit \(first.dims)") }
        }
        var dims = first.dims
        dims[axis] = all.reduce(0) { $0 + $1.dims[axis] }
        let outer = first.dims[..<axis].reduce(1, *)
        func joined<Number>(_ lists: [[Number]]) -> [Number] {
            (0..<outer).flatMap { i in
                zip(all, lists).flatMap { value, list in
                    let block = value.count / max(outer, 1)
                    return list[i * block..<(i + 1) * block]
                }
            }
        }
        if all.allSatisfy(\.isInteger) { return Constant(dims, .integers(joined(all.map(\.integers)))) }
        return Constant(dims, .floats(joined(all.map(\.floats))))
    }

    private func reduced(_ operation: Operation, _ value: Constant) throws(WeightsError) -> Constant {
        var axes: [Int] = []
        for axis in try operation.integers(attribute: "axes", orInput: 1)?.integers ?? Array(value.dims.indices) {
            axes.append(try operation.axis(axis, of: value.dims.count))
        }
        let kept = value.dims.indices.filter { !axes.contains($0) }
        var movement = Movement(value.dims)
        movement.transpose(kept + value.dims.indices.filter { axes.contains($0) })
        let numbers = value.moved(movement).floats
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        guard count > 0 else { throw operation.refuse("nothing to reduce") }
        let results = stride(from: 0, to: numbers.count, by: count).map { start -> Float in
            let part = numbers[start..<start + count]
            switch operation.type {
            case "ReduceProd": return part.reduce(1, *)
            case "ReduceSum": return part.reduce(0, +)
            case "ReduceMean": return part.reduce(0, +) / Float(count)
            case "ReduceMax": return part.reduce(-.infinity, max)
            default: return part.reduce(.infinity, min)
            }
        }
        let keeps = try operation.integer("keepdims", 1) == 1
        let dims = keeps ? value.dims.indices.map { axes.contains($0) ? 1 : value.dims[$0] } : kept.map { value.dims[$0] }
        return Constant(dims, value.isInteger && operation.type != "ReduceMean" ? .integers(results.map(wholeNumber)) : .floats(results))
    }

    private func binary(_ operation: Operation, _ a: Constant, _ b: Constant) throws(WeightsError) -> Constant {
        let dims = try broadcast(operation, a.dims, b.dims)
        guard fits(dims) else { throw operation.refuse("too large: \(dims)") }
        let (left, right) = (spread(a, dims), spread(b, dims))
        func compared(_ test: (Float, Float) -> Bool) -> Constant {
            Constant(dims, .integers(zip(left.floats, right.floats).map { test($0, $1) ? 1 : 0 }))
        }
        switch operation.type {
        case "Equal":
            if a.isInteger, b.isInteger { return Constant(dims, .integers(zip(left.integers, right.integers).map { $0 == $1 ? 1 : 0 })) }
            return compared(==)
        case "Less": return compared(<)
        case "Greater": return compared(>)
        case "LessOrEqual": return compared(<=)
        case "GreaterOrEqual": return compared(>=)
        case "And": return compared { $0 != 0 && $1 != 0 }
        case "Or": return compared { $0 != 0 || $1 != 0 }
        default: break
        }
        if a.isInteger, b.isInteger, operation.type != "Pow" {
            let usesFloor = try operation.integer("fmod", 0) == 0
            let results = zip(left.integers, right.integers).map { x, y -> Int in
                switch operation.type {
                case "Add": return x &+ y
                case "Sub": return x &- y
                case "Mul": return x &* y
                case "Max": return max(x, y)
                case "Min": return min(x, y)
                case "Mod":
                    guard y != 0, !(x == .min && y == -1) else { return 0 }
                    let rest = x % y
                    return usesFloor && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
                default: return y == 0 || x == .min && y == -1 ? 0 : x / y
                }
            }
            return Constant(dims, .integers(results))
        }
        let results = zip(left.floats, right.floats).map { x, y -> Float in
            switch operation.type {
            case "Add": x + y
            case "Sub": x - y
            case "Mul": x * y
            case "Max": max(x, y)
            case "Min": min(x, y)
            case "Mod": x.truncatingRemainder(dividingBy: y)
            case "Pow": ScalarFunction.power(y).value(x)
            default: x / y
            }
        }
        return Constant(dims, operation.type == "Pow" && a.isInteger ? .integers(results.map(wholeNumber)) : .floats(results))
    }

    private func unary(_ operation: Operation, _ value: Constant) throws(WeightsError) -> Constant? {
        let function: (Float) -> Float
        switch operation.type {
        case "Floor": function = { $0.rounded(.down) }
        case "Ceil": function = { $0.rounded(.up) }
        case "Round": function = { $0.rounded(.toNearestOrEven) }
        case "Not": return Constant(value.dims, .integers(value.integers.map { $0 == 0 ? 1 : 0 }))
        case "Sign": function = { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
        case "Relu": function = { max($0, 0) }
        case "Sigmoid": function = { 1 / (1 + ScalarFunction.exp.value(-$0)) }
        case "Sqrt": function = ScalarFunction.squareRoot.value
        case "Neg": function = ScalarFunction.negative.value
        case "Abs": function = ScalarFunction.absolute.value
        case "Reciprocal": function = ScalarFunction.reciprocal.value
        case "Exp": function = ScalarFunction.exp.value
        case "Log": function = ScalarFunction.log.value
        case "Erf": function = ScalarFunction.erf.value
        case "Tanh": function = ScalarFunction.tanh.value
        case "Sin": function = ScalarFunction.sine.value
        case "Cos": function = ScalarFunction.cosine.value
        default: return nil
        }
        let results = value.floats.map(function)
        return Constant(value.dims, value.isInteger ? .integers(results.map(wholeNumber)) : .floats(results))
    }
}
