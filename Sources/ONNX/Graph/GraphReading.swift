import Networks
import Tensors

extension ONNXGraph {
    /// A graph as a network.
    struct Imported {
        let network: Network
        /// Extents of the output; nil where it was not understood, or does not depend on the picture.
        let outputDims: [Int]?
        /// The nodes that were not understood, without those behind them.
        let roots: [Root]

        /// Whether another size of the picture may help.
        var dependsOnSize: Bool { roots.contains { !$0.isUnknown } }
    }

    /// A node that was not understood.
    struct Root {
        let error: WeightsError
        /// Its operator is not known, at any size.
        let isUnknown: Bool
    }

    /// The network for pictures of this size: every node that can be understood. The others are named in the network's remarks.
    ///
    /// - Parameter replacement: values for weights that the file names but does not hold.
    /// - Throws: where nothing can be drawn.
    func network(_ input: Input, _ given: HeldInputs, size: Network.Size, replacement: (any WeightStore)?) throws(WeightsError) -> Imported {
        let reader = TensorReader(file: path, replacement: replacement)
        let isGrey = input.channels == 1
        var importer = GraphImporter(size: size, inputChannels: isGrey ? 3 : input.channels, reader: reader, opset: opset)
        var values: [String: Value] = tensors.mapValues { .stored($0) }
        let picture = isGrey ? grey(&importer) : importer.builder.image
        let dims = input.isChannelsLast ? [1, size.height, size.width, input.channels] : [1, input.channels, size.height, size.width]
        let order = input.isChannelsLast ? [0, 1, 2, 3] : Activation.imageOrder(4)
        for other in model.graph.input where given.holds(other.name) {
            values[other.name] = .constant(try given.constant(of: other, in: self, size: size))
        }
        values[input.name] = .activation(Activation(picture, dims: dims, order: order))

        var last: Activation?
        var roots: [Root] = []
        /// The reason why a value is not known, by its name.
        var blocked: [String: String] = [:]
        for node in try sorted() {
            let name = name(of: node)
            if let reason = node.input.lazy.compactMap({ blocked[$0] }).first {
                for output in node.output { blocked[output] = reason }
                importer.remarks.unread.append(UnreadLayer(name: printable(name), module: modulePath(of: node), reason: reason))
                continue
            }
            let outputs: [Value]
            let count = importer.builder.lastIndex + 1
            do {
                outputs = try importer.outputs(of: try operation(node, name, values, reader))
            } catch {
                importer.forget(from: count)
                roots.append(Root(error: error, isUnknown: !isKnown(node) || Operator.all[node.opType] == nil))
                for output in node.output where !output.isEmpty { blocked[output] = error.reason }
                importer.remarks.unread.append(UnreadLayer(name: printable(name), module: modulePath(of: node), reason: error.reason))
                continue
            }
            for (output, value) in zip(node.output, outputs) where !output.isEmpty {
                guard values.updateValue(value, forKey: output) == nil else {
                    throw WeightsError(file: path, reason: "node \(shown(name)): its output \(shown(output)) has been computed already")
                }
                if output == model.graph.output.first?.name, case .activation(let result) = value { last = result }
            }
            for output in node.output.dropFirst(outputs.count) where !output.isEmpty {
                blocked[output] = "node \(shown(name)) (\(shown(node.opType))): its output \(shown(output)) is not computed"
            }
        }
        guard importer.builder.lastIndex >= (isGrey ? 1 : 0) else {
            if let root = roots.first { throw root.error }
            if let reason = blocked[model.graph.output.first?.name ?? ""] { throw WeightsError(file: path, reason: reason) }
            throw WeightsError(file: path, reason: "its output \(shown(model.graph.output.first?.name ?? "")) does not depend on the picture")
        }
        if let last { importer.endWith(last, name: model.graph.output.first?.name ?? "output") }
        if last == nil, roots.isEmpty, blocked[model.graph.output.first?.name ?? ""] == nil {
            throw WeightsError(file: path, reason: "its output \(shown(model.graph.output.first?.name ?? "")) does not depend on the picture")
        }
        importer.builder.onlySize = size
        if let height = input.height, let width = input.width { importer.remarks.ownSize = Network.Size(height: height, width: width) }
        importer.remarks.isGrey = isGrey
        importer.remarks.unreadEnd = last == nil ? blocked[model.graph.output.first?.name ?? ""] ?? roots.first?.error.reason : nil
        importer.builder.remarks = importer.remarks
        return Imported(network: try importer.builder.network(), outputDims: last?.dims, roots: roots)
    }

    /// The brightness of a picture, for networks that see no colours (ITU-R BT.601).
    private func grey(_ importer: inout GraphImporter) -> NetworkBuilder.Value {
        let weights = Parameter("grey", shape: [1, 3, 1, 1], values: [0.299, 0.587, 0.114])
        let layer = Convolution(inputChannels: 3, filters: 1, window: Window(kernel: 1), weights: weights, biases: nil)
        return importer.builder.add("grey", layer, from: [importer.builder.image], channels: 1)
    }
}
