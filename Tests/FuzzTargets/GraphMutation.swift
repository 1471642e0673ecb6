import ONNX
import Tensors
import TestSupport

/// Graphs of ONNX with a few things in them changed that leave them graphs: operators exchanged, attributes and extents changed,
/// branches cut, inputs swapped, weights of other types.
struct GraphMutation {
    private var generator: RandomGenerator
    private var graph: WireMessage

    /// Graphs that are changed, in a fixed order.
    private static let originals = OperatorGolden.all.sorted { $0.key < $1.key }.map(\.value.model)

    /// A mutant, the same for the same bytes: the first two choose the graph, all of them what becomes of it.
    static func mutant(_ bytes: [UInt8]) -> [UInt8] {
        let number = Int(bytes.first ?? 0) << 8 | Int(bytes.dropFirst().first ?? 0)
        // FNV-1a
        let seed = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        guard var model = WireMessage(originals[number % originals.count]), let place = model.places(7).first,
            let graph = WireMessage(model.bytes(place))
        else { preconditionFailure("a golden is no model") }
        var mutation = GraphMutation(generator: RandomGenerator(seed: seed), graph: graph)
        for _ in 0...mutation.below(4) { mutation.mutate() }
        model.fields[place].value = .bytes(mutation.graph.bytes)
        if mutation.below(8) == 0, let opset = model.places(8).first {
            let version = 7 + mutation.below(20)
            model.change(opset) { message in for place in message.places(2) { message.fields[place].value = .varint(UInt64(version)) } }
        }
        return model.bytes
    }

    // Fields of GraphProto: 1 nodes, 5 initializers, 11 inputs, 12 outputs. Of NodeProto: 1 inputs, 2 outputs, 4 the operator,
    // 5 attributes. Of AttributeProto: 2 a float, 3 a whole number, 4 a text, 7 floats, 8 whole numbers. Of TensorProto: 1 extents,
    // 2 the type, 9 the values.

    private mutating func below(_ bound: Int) -> Int { generator.integer(below: max(bound, 1)) }

    private mutating func any<Element>(_ list: [Element]) -> Element? { list.isEmpty ? nil : list[below(list.count)] }

    /// A number that code may stumble over, as a varint.
    private mutating func number() -> UInt64 {
        let numbers = [0, 1, 2, 3, 4, 5, 7, 8, 16, 63, 64, 255, 1000, 100_000, 1 << 31, 1 << 40, 1 << 62, .max, -1, -2, -3, -4, -1 << 31, .min]
        return UInt64(bitPattern: Int64(any(numbers)!))
    }

    private mutating func float() -> [UInt8] {
        let numbers: [Float] = [0, -0.0, 1, -1, 0.5, 2, 6, 1e-30, 1e30, .infinity, -.infinity, .nan, 255, 1e-5]
        return withUnsafeBytes(of: any(numbers)!.bitPattern.littleEndian) { Array($0) }
    }

    private static let texts = [
        "", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "DCR", "CRD", "nearest", "linear", "cubic", "half_pixel", "align_corners",
        "asymmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "round_prefer_ceil", "floor", "ceil", "constant", "edge", "reflect",
        "wrap", "not_larger", "not_smaller", "tanh", "add", "mul", "max", "ij,jk->ik", "bij,bkj->bik", "nchw,oc->nohw",
    ]

    private static let operators = ONNXModel.operatorNames + ["LSTM", "If", "NonMaxSuppression", "Nothing"]

    private mutating func mutate() {
        let nodes = graph.places(1)
        switch below(12) {
        case 0, 1:
            let name = any(Self.operators)!
            change(any(nodes)) { node, _ in for place in node.places(4) { node.set(place, name) } }
        case 2, 3: change(any(nodes)) { $1.rewire(&$0) }
        case 4:
            guard nodes.count > 1, let node = any(nodes) else { return }
            graph.fields.remove(at: node)
        case 5:
            guard let a = any(nodes), let b = any(nodes) else { return }
            graph.fields.swapAt(a, b)
        case 6, 7:
            change(any(nodes)) { node, mutation in
                guard let attribute = mutation.any(node.places(5)) else { return }
                if mutation.below(6) == 0 { node.fields.remove(at: attribute) } else { node.change(attribute) { mutation.change(attribute: &$0) } }
            }
        case 8:
            // An attribute of another node.
            guard let other = any(nodes).flatMap({ WireMessage(graph.bytes($0)) }), let place = any(other.places(5)) else { return }
            change(any(nodes)) { node, _ in node.fields.append(other.fields[place]) }
        case 9, 10: change(any(graph.places(5))) { $1.change(tensor: &$0) }
        default:
            guard let place = any(graph.places(11) + graph.places(12)) else { return }
            if graph.fields[place].number == 12, let name = any(names) { return graph.change(place) { $0.set($0.places(1).first ?? 0, name) } }
            let (axis, extent) = (below(4), UInt64([1, 2, 3, 5, 16, 64, 0, 1000][below(8)]))
            // ValueInfoProto 2 type, TypeProto 1 tensor, 2 shape, TensorShapeProto 1 extents, 1 value
            graph.change(place) { value in
                value.changeFirst(2) { $0.changeFirst(1) { $0.changeFirst(2) { shape in
                    guard axis < shape.fields.count else { return }
                    shape.change(axis) { $0.fields = $0.fields.map { .init(number: $0.number, value: .varint(extent)) } }
                } } }
            }
        }
    }

    /// Changes a node or a tensor of the graph.
    private mutating func change(_ place: Int?, _ body: (inout WireMessage, inout GraphMutation) -> Void) {
        guard let place, var message = WireMessage(graph.bytes(place)) else { return }
        body(&message, &self)
        graph.fields[place].value = .bytes(message.bytes)
    }

    /// Every name of a value.
    private var names: [String] {
        graph.places(1).compactMap { WireMessage(graph.bytes($0)) }.flatMap { node in node.places(2).map { node.text($0) } }
            + graph.places(5).compactMap { WireMessage(graph.bytes($0)) }.flatMap { tensor in tensor.places(8).map { tensor.text($0) } } + ["x"]
    }

    /// Exchanges, replaces, takes away or adds inputs.
    private mutating func rewire(_ node: inout WireMessage) {
        let inputs = node.places(1)
        guard let a = any(inputs), let b = any(inputs), let name = any(names) else { return }
        switch below(5) {
        case 0: node.fields.swapAt(a, b)
        case 1: node.fields.remove(at: a)
        case 2: node.set(a, "")
        case 3: node.fields.insert(.init(number: 1, value: .bytes(Array(name.utf8))), at: a)
        default: node.set(a, name)
        }
    }

    private mutating func change(attribute: inout WireMessage) {
        guard let place = any(attribute.fields.indices.filter { [2, 3, 4, 7, 8].contains(attribute.fields[$0].number) }) else { return }
        switch attribute.fields[place].number {
        case 3: attribute.fields[place].value = .varint(number())
        case 4: attribute.set(place, any(Self.texts)!)
        case 2: attribute.fields[place].value = .fixed(float())
        case 8:
            switch below(4) {
            case 0: attribute.fields.remove(at: place)
            case 1: attribute.fields.insert(attribute.fields[place], at: place)
            default: attribute.fields[place] = .init(number: 8, value: .varint(number()))
            }
        default: attribute.fields[place] = .init(number: 7, value: .fixed(float()))
        }
    }

    private mutating func change(tensor: inout WireMessage) {
        switch below(4) {
        case 0:
            let type = UInt64(below(20))
            for place in tensor.places(2) { tensor.fields[place].value = .varint(type) }
        case 1:
            guard let place = any(tensor.places(1)) else { return }
            switch below(3) {
            case 0: tensor.fields.remove(at: place)
            case 1: tensor.fields.insert(.init(number: 1, value: .varint(1)), at: place)
            default: tensor.fields.swapAt(place, any(tensor.places(1))!)
            }
        case 2:
            guard let place = tensor.places(9).first else { return }
            let bytes = tensor.bytes(place)
            tensor.fields[place].value = .bytes(below(2) == 0 ? Array(bytes.dropLast(min(bytes.count, 8))) : bytes + bytes)
        default:
            guard let place = tensor.places(9).first else { return }
            var bytes = tensor.bytes(place)
            let isWhole = tensor.places(2).contains { if case .varint(7) = tensor.fields[$0].value { true } else { false } }
            let value = isWhole ? withUnsafeBytes(of: number().littleEndian) { Array($0) } : float()
            guard bytes.count >= value.count else { return }
            let start = below(bytes.count / value.count) * value.count
            bytes.replaceSubrange(start..<start + value.count, with: value)
            tensor.fields[place].value = .bytes(bytes)
        }
    }
}

extension WireMessage {
    fileprivate mutating func changeFirst(_ number: Int, _ body: (inout WireMessage) -> Void) {
        guard let place = places(number).first else { return }
        change(place, body)
    }
}
