import Networks

extension ONNXGraph {
    /// The picture as the graph wants it.
    struct Input {
        let name: String
        let channels: Int
        /// nil where the graph leaves it open.
        let height: Int?
        let width: Int?
        /// `[1, height, width, channels]`, as TensorFlow has images.
        let isChannelsLast: Bool
        /// The values that the graph itself scales, where its type or its first nodes tell; e.g. 0 to 255.
        var range: [Float]?
        /// How that is known: "its input is of whole numbers from 0 to 255".
        var reason = ""
    }

    /// - Parameter given: the inputs that are held at a value, and are not the picture.
    func input(given: [GivenInput] = []) throws(WeightsError) -> Input {
        func refuse(_ reason: String) -> WeightsError { WeightsError(file: path, reason: reason) }
        let all = model.graph.input.filter { tensors[$0.name] == nil && unreadable[$0.name] == nil }
        let held = Set(given.map(\.note.name))
        if let stray = held.first(where: { name in !all.contains { $0.name == name } }) {
            throw refuse("there is no input \(shown(stray)); there are \(all.map { shown($0.name) }.joined(separator: ", "))")
        }
        let inputs = all.filter { !held.contains($0.name) }
        guard inputs.count == 1, let input = inputs.first else {
            let names = inputs.prefix(5).map { input in
                let extents = input.type.tensorType.shape.dim.map { $0.hasDimValue ? "\($0.dimValue)" : "?" }.joined(separator: "×")
                return "\(shown(input.name)) \(extents)"
            }.joined(separator: ", ")
            throw refuse("the graph has \(inputs.count) inputs (\(names)); \(ONNXModel.severalInputs)")
        }
        let dims = input.type.tensorType.shape.dim.map { $0.hasDimValue && $0.dimValue > 0 ? Int(clamping: $0.dimValue) : nil }
        guard dims.count == 4 else {
            let axes = "\(dims.count) axes; a picture has four: batch, channels, height, width"
            throw refuse("the input \(shown(input.name)) has \(axes)")
        }
        if let channels = dims[1], dims[2] == 1, dims[3] == 1 {
            throw refuse("the input \(shown(input.name)) takes \(channels) channels of 1×1, no picture")
        }
        let isChannelsLast = isChannelsLast(input.name, dims)
        guard let channels = isChannelsLast ? dims[3] : dims[1] else {
            throw refuse("the input \(shown(input.name)) does not say how many channels it has")
        }
        guard channels <= 4096 else { throw refuse("the input \(shown(input.name)) has \(channels) channels, more than 4096") }
        let (height, width) = isChannelsLast ? (dims[1], dims[2]) : (dims[2], dims[3])
        for extent in [height, width] where extent ?? 1 > 1 << 20 {
            throw refuse("the input \(shown(input.name)) would be \(extent ?? 0) pixels on a side")
        }
        var found = Input(name: input.name, channels: channels, height: height, width: width, isChannelsLast: isChannelsLast)
        switch TensorType(rawValue: input.type.tensorType.elemType) {
        case .int8: (found.range, found.reason) = ([-128, 127], "its input is of whole numbers from -128 to 127")
        case .uint8: (found.range, found.reason) = ([0, 255], "its input is of whole numbers from 0 to 255")
        case let type? where type.isInteger: (found.range, found.reason) = ([0, 255], "its input is of whole numbers")
        default:
            if let range = scaledRange(input.name) {
                (found.range, found.reason) = (range, "its first nodes scale values from \(Int(range[0])) to \(Int(range[1]))")
            }
        }
        return found
    }

    /// Whether the channels are the last axis: where the first node tells so, else where only that axis can be colours.
    func isChannelsLast(_ name: String, _ dims: [Int?]) -> Bool {
        var name = name
        // Past a few nodes that keep the axes.
        for _ in 0..<8 {
            guard let node = model.graph.node.first(where: { $0.input.contains(name) }) else { break }
            switch node.opType {
            case "Transpose": return node.attribute.first { $0.name == "perm" }?.ints == [0, 3, 1, 2]
            // ONNX has no others with the channels last.
            case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "BatchNormalization": return false
            case "Cast", "Identity", "Sub", "Div", "Mul", "Add":
                name = node.output.first ?? ""
                continue
            default: break
            }
            break
        }
        func isColour(_ extent: Int?) -> Bool { extent == 3 || extent == 1 }
        if isColour(dims[1]) || isColour(dims[3]) { return !isColour(dims[1]) }
        return dims[1] == nil && dims[3] != nil
    }

    /// The range that the first nodes expect where they take a mean off or divide by a deviation; nil where they do neither.
    private func scaledRange(_ name: String) -> [Float]? {
        var name = name
        for _ in 0..<8 {
            let readers = model.graph.node.filter { $0.input.contains(name) }
            guard readers.count == 1, let node = readers.first else { return nil }
            switch node.opType {
            case "Cast", "Identity", "Transpose": break
            case "Sub", "Div", "Mul", "Add":
                guard let other = node.input.first(where: { $0 != name }), let numbers = numbers(other),
                    let largest = numbers.map(abs).max()
                else { return nil }
                // Means of 0…255 are about 100, of 0…1 about a half; deviations likewise.
                switch node.opType {
                case "Div" where node.input.first == name: return largest > 20 ? [0, 255] : [0, 1]
                case "Mul": return largest < 0.05 ? [0, 255] : [0, 1]
                default: return largest > 20 ? [0, 255] : [0, 1]
                }
            case "BatchNormalization":
                // Means of 0…255, which no other normalization of pictures has.
                return node.input.count == 5 && numbers(node.input[3])?.contains { abs($0) > 20 } == true ? [0, 255] : nil
            default: return nil
            }
            name = node.output.first ?? ""
        }
        return nil
    }

    /// A few numbers of a name in the graph; nil where it is no small constant.
    private func numbers(_ name: String) -> [Float]? {
        let tensor: StoredTensor?
        if let stored = tensors[name] {
            tensor = stored
        } else {
            let node = model.graph.node.first { $0.opType == "Constant" && $0.output.first == name }
            if let number = node?.attribute.first(where: { $0.name == "value_float" }) { return [number.f] }
            let value = node?.attribute.first { $0.name == "value" }
            tensor = value.flatMap { try? StoredTensor($0.t, in: mapping, external: external) }
        }
        guard let tensor, (1...64).contains(tensor.count) else { return nil }
        return try? tensor.floats(in: path)
    }
}
