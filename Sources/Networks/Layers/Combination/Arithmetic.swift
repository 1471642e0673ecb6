import Tensors

/// Two operands element by element, of which each may have the extent 1 along any axis and is then repeated along it; one
/// of them may be a constant.
public struct Arithmetic: Layer {
    /// A function of two numbers a and b; truths are 1 and 0.
    public enum Operation: String, Sendable {
        /// a + b
        case add
        /// a − b
        case subtract
        /// a · b
        case multiply
        /// a / b
        case divide
        /// The larger one.
        case maximum
        /// The smaller one.
        case minimum
        /// aᵇ
        case power
        /// The remainder of a when whole multiples of b are taken off, with the sign of a or that of b.
        case remainder, modulo
        /// Whether the two are the same number.
        case equal
        /// a < b
        case less
        /// a > b
        case greater
        /// a ≤ b
        case lessOrEqual
        /// a ≥ b
        case greaterOrEqual
        /// Neither is 0.
        case and
        /// One is not 0, or both.
        case or
        /// Exactly one is not 0.
        case xor
    }

    /// a ∘ b
    public let operation: Operation
    /// A constant operand, `[height, width, channels]` in this order in memory; nil where both operands are inputs.
    let constant: Parameter?
    private let constantShape: Shape
    /// The constant is a, not b.
    fileprivate let constantIsFirst: Bool

    /// A function of two inputs.
    public init(_ operation: Operation) {
        self.operation = operation
        constant = nil
        constantShape = Shape(1, 1, 1)
        constantIsFirst = false
    }

    /// A function of one input and a constant.
    ///
    /// - Parameters:
    ///   - constant: as many values as `shape`, the channels of a position side by side.
    ///   - constantIsFirst: the constant is a.
    public init(_ operation: Operation, constant: Parameter, shape: Shape, constantIsFirst: Bool = false) {
        precondition(constant.count == shape.count)
        self.operation = operation
        self.constant = constant
        constantShape = shape
        self.constantIsFirst = constantIsFirst
    }

    private func operands(_ inputs: [Shape]) throws(ShapeError) -> (Shape, Shape) {
        guard inputs.count == (constant == nil ? 2 : 1) else {
            throw ShapeError("expected \(constant == nil ? "two inputs" : "one input"), got \(inputs.count)")
        }
        guard constant != nil else { return (inputs[0], inputs[1]) }
        return constantIsFirst ? (constantShape, inputs[0]) : (inputs[0], constantShape)
    }

    /// A constant of several positions, or an input of one, has no part that belongs to a part of the picture.
    public var traits: LayerTraits { .seesWholeInput }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let (a, b) = try operands(inputs)
        func extent(_ a: Int, _ b: Int) throws(ShapeError) -> Int {
            guard a == b || a == 1 || b == 1 else {
                throw ShapeError("\(operation.rawValue): \(inputs.last!) does not fit \(constant == nil ? inputs[0] : constantShape)")
            }
            return a == 1 ? b : a
        }
        return Shape(try extent(a.channels, b.channels), try extent(a.height, b.height), try extent(a.width, b.width))
    }

    /// Positions stay where they are, but one that is repeated is seen from everywhere.
    public func window(for inputs: [Shape]) -> Window? {
        guard let output = try? outputShape(for: inputs) else { return nil }
        let isLocal = inputs.allSatisfy { $0.height == output.height && $0.width == output.width }
            && (constant == nil || constantShape.area == 1)
        return isLocal ? nil : .whole(of: inputs[0])
    }

    public var parameters: [Parameter] { constant.map { [$0] } ?? [] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        guard let constant else { return PreparedArithmetic(layer: self, constant: nil) }
        let read = try preparation.read(constant)
        var values = FeatureMap(uninitialized: constantShape)
        values.withMutableElements { $0.baseAddress!.update(from: read, count: read.count) }
        return PreparedArithmetic(layer: self, constant: values)
    }
}

private struct PreparedArithmetic: PreparedLayer {
    let layer: Arithmetic
    let constant: FeatureMap?

    private var operation: Arithmetic.Operation { layer.operation }
    private var constantIsFirst: Bool { layer.constantIsFirst }

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        guard let shape = try? layer.outputShape(for: inputs.map(\.shape)) else { preconditionFailure("unchecked shape") }
        guard let constant else { return between(inputs[0], inputs[1], shape, pass, wanted: (true, true)) }
        if let step = channelwise(inputs[0], constant, shape, pass) { return step }
        return constantIsFirst
            ? between(constant, inputs[0], shape, pass, wanted: (false, true))
            : between(inputs[0], constant, shape, pass, wanted: (true, false))
    }

    /// A scale or a shift of each channel, where the constant is no more than that.
    private func channelwise(_ input: FeatureMap, _ constant: FeatureMap, _ shape: Shape, _ pass: Pass) -> LayerResult? {
        guard constant.shape.area == 1, input.shape == shape else { return nil }
        let given = constant.withElements { Array($0) }
        let numbers = given.count == 1 ? [Float](repeating: given[0], count: shape.channels) : given
        let ones = [Float](repeating: 1, count: shape.channels)
        let zeros = [Float](repeating: 0, count: shape.channels)
        let (scales, shifts): ([Float], [Float]) =
            switch (operation, constantIsFirst) {
            case (.add, _): (ones, numbers)
            case (.subtract, false): (ones, numbers.map { -$0 })
            case (.subtract, true): (ones.map { -$0 }, numbers)
            case (.multiply, _): (numbers, zeros)
            case (.divide, false): (numbers.map { 1 / $0 }, zeros)
            default: ([], [])
            }
        guard !scales.isEmpty, scales.allSatisfy(\.isFinite) else { return nil }
        let output = input.scaled(by: scales, shiftedBy: shifts, workers: pass.workers)
        return LayerResult(output) { gradient in
            if operation == .add || operation == .subtract && !constantIsFirst { return [gradient] }
            var result = gradient
            result.scale(by: scales, workers: pass.workers)
            return [result]
        }
    }

    /// Any two maps; gradients for those that are wanted.
    private func between(_ a: FeatureMap, _ b: FeatureMap, _ shape: Shape, _ pass: Pass, wanted: (a: Bool, b: Bool)) -> LayerResult {
        var output = FeatureMap(uninitialized: shape)
        let (strides, other) = (Strides(a.shape, shape), Strides(b.shape, shape))
        output.withMutableElements { output in
            a.withElements { a in
                b.withElements { b in
                    pass.workers.forEach(shape.height) { y in
                        for x in 0..<shape.width {
                            let target = (y * shape.width + x) * shape.channels
                            let (left, right) = (strides.offset(y, x), other.offset(y, x))
                            for c in 0..<shape.channels {
                                output[target + c] = operation.value(a[left + c * strides.channel], b[right + c * other.channel])
                            }
                        }
                    }
                }
            }
        }
        return LayerResult(output) { gradient in
            var results: [FeatureMap] = []
            if wanted.a { results.append(pulled(gradient, a, b, strides, other, shape, pass) { operation.derivatives($0, $1).a }) }
            if wanted.b { results.append(pulled(gradient, b, a, other, strides, shape, pass) { operation.derivatives($1, $0).b }) }
            return results
        }
    }

    /// The gradient of one operand, summed where it was repeated.
    private func pulled(
        _ gradient: FeatureMap, _ own: FeatureMap, _ other: FeatureMap, _ ownStrides: Strides, _ otherStrides: Strides,
        _ shape: Shape, _ pass: Pass, _ derivative: (Float, Float) -> Float
    ) -> FeatureMap {
        var result = FeatureMap(own.shape)
        let isRepeated = own.shape != shape
        result.withMutableElements { result in
            gradient.withElements { gradient in
                own.withElements { own in
                    other.withElements { other in
                        // Rows that share a sum are one piece of work.
                        (isRepeated ? Workers.one : pass.workers).forEach(shape.height) { y in
                            for x in 0..<shape.width {
                                let source = (y * shape.width + x) * shape.channels
                                let (mine, yours) = (ownStrides.offset(y, x), otherStrides.offset(y, x))
                                for c in 0..<shape.channels {
                                    let place = mine + c * ownStrides.channel
                                    result[place] += gradient[source + c]
                                        * derivative(own[place], other[yours + c * otherStrides.channel])
                                }
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private struct Strides {
        let row: Int
        let column: Int
        let channel: Int

        init(_ shape: Shape, _ output: Shape) {
            row = shape.height == 1 ? 0 : shape.width * shape.channels
            column = shape.width == 1 ? 0 : shape.channels
            channel = shape.channels == 1 ? 0 : 1
        }

        func offset(_ y: Int, _ x: Int) -> Int { y * row + x * column }
    }
}
