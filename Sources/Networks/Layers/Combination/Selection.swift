import Tensors

/// At each place the value of one operand where a condition is not 0, else that of another. A constant operand is one number for
/// all places or a number for each.
public struct Selection: Layer {
    /// One of the three operands.
    public enum Operand: Sendable {
        /// The next input of the layer, of the output's shape.
        case input
        /// Known numbers, in the output's order in memory.
        case constant(Parameter)

        fileprivate var isInput: Bool { if case .input = self { true } else { false } }
        fileprivate var parameter: Parameter? { if case .constant(let parameter) = self { parameter } else { nil } }
    }

    /// The condition, the value where it holds, and the value where it does not.
    let operands: [Operand]

    /// Takes the first where the condition is not 0, and the second where it is.
    public init(where condition: Operand, _ first: Operand, else second: Operand) { operands = [condition, first, second] }

    /// A constant of many positions has no part that belongs to a part of the picture.
    public var traits: LayerTraits { parameters.contains { $0.count > 1 } ? .seesWholeInput : [] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let wanted = operands.count(where: \.isInput)
        guard let shape = inputs.first, inputs.count == wanted else { throw ShapeError("expected \(wanted) inputs, got \(inputs.count)") }
        for other in inputs where other != shape { throw ShapeError("\(other) does not fit \(shape)") }
        for constant in parameters where constant.count != 1 && constant.count != shape.count {
            throw ShapeError("made for \(constant.count) values, got \(shape)")
        }
        return shape
    }

    public func window(for inputs: [Shape]) -> Window? { traits.contains(.seesWholeInput) ? .whole(of: inputs[0]) : nil }

    public var parameters: [Parameter] { operands.compactMap(\.parameter) }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        var constants: [[Float]?] = []
        for operand in operands { constants.append(try preparation.read(operand.parameter)) }
        return PreparedSelection(constants: constants)
    }
}

private struct PreparedSelection: PreparedLayer {
    /// For each operand its numbers; nil for an input.
    let constants: [[Float]?]

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        var rest = inputs[...]
        let operands = constants.map { numbers in numbers ?? rest.removeFirst().withElements { Array($0) } }
        func number(_ operand: Int, _ place: Int) -> Float { operands[operand][operands[operand].count == 1 ? 0 : place] }
        var output = FeatureMap(uninitialized: shape)
        output.withMutableElements { output in
            for place in output.indices { output[place] = number(number(0, place) != 0 ? 1 : 2, place) }
        }
        return LayerResult(output) { gradient in
            constants.indices.filter { constants[$0] == nil }.map { operand in
                var part = FeatureMap(shape)  // The condition is a step and has no gradient.
                if operand == 0 { return part }
                part.withMutableElements { part in
                    gradient.withElements { gradient in
                        for place in part.indices where (number(0, place) != 0) == (operand == 1) { part[place] = gradient[place] }
                    }
                }
                return part
            }
        }
    }
}
