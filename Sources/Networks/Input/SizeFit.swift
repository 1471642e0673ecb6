import Synchronization
import Tensors

/// The sizes of the picture that some layers of a network take. A network that joins a map with an earlier one of twice its extent
/// takes multiples of some number only; a picture between them is scaled to the next.
public struct SizeFit: Sendable {
    /// The one size that the layers take, where they take one.
    public let only: Network.Size?
    private let steps: [Step]
    /// Channels of the image.
    let channels: Int
    private let known = Known()

    /// A node that is needed.
    private struct Step: Sendable {
        let index: Int
        let layer: any Layer
        let inputs: [Int]
        /// Channels that the output must have, where it was asked for.
        let channels: Int?
    }

    /// Sizes that were looked for before.
    private final class Known: Sendable {
        let sizes = Mutex<[Network.Size: Network.Size?]>([:])
    }

    /// - Parameter layers: those that will be looked at; what lies behind them may refuse a size.
    public init(_ network: Network, layers: Set<LayerName>) {
        let asked = Set(network.nodes.indices.filter { layers.contains(LayerName(node: network.nodes[$0].name)) })
        var needed = asked
        for index in network.nodes.indices.reversed() where needed.contains(index) { needed.formUnion(network.nodes[index].inputs) }
        channels = network.inputChannels
        steps = network.nodes.indices.filter { needed.contains($0) }.map { index in
            let node = network.nodes[index]
            let channels = asked.contains(index) ? network.channels(of: LayerName(node: node.name)) : nil
            return Step(index: index, layer: node.layer, inputs: node.inputs, channels: channels)
        }
        guard let size = network.onlySize else {
            only = nil
            return
        }
        // Strides up to 32 divide the first; the second keeps every multiple.
        let takesOthers = Self.takes(steps, channels, size.height + 64, size.width + 96)
            || Self.takes(steps, channels, 2 * size.height, 3 * size.width)
        only = takesOthers ? nil : size
    }

    private static func takes(_ steps: [Step], _ channels: Int, _ height: Int, _ width: Int) -> Bool {
        guard height > 0, width > 0 else { return false }
        var shapes: [Int: Shape] = [-1: Shape(channels, height, width)]
        for step in steps {
            // A vector of every position has as many channels as there are positions: another size has others.
            guard let shape = try? step.layer.outputShape(for: step.inputs.map { shapes[$0]! }), shape.count > 0,
                step.channels.map({ $0 == shape.channels }) ?? true
            else { return false }
            shapes[step.index] = shape
        }
        return true
    }

    private func takes(_ height: Int, _ width: Int) -> Bool { Self.takes(steps, channels, height, width) }

    /// The size itself where the layers take it, else the next larger one that they take, or their one size. nil for a picture that is
    /// too small.
    public func next(_ size: Network.Size) -> Network.Size? {
        if let found = known.sizes.withLock({ $0[size] }) { return found }
        let found = search(size)
        known.sizes.withLock { $0[size] = found }
        return found
    }

    /// The shape of one layer's output for a picture of this size, scaled where it must be.
    public func shape(of layer: LayerName, in network: Network, height: Int, width: Int) throws(ShapeError) -> Shape {
        let asked = Network.Size(height: height, width: width)
        let size = next(asked) ?? asked
        return try network.shape(of: layer, height: size.height, width: size.width)
    }

    /// Numbers that sizes may be multiples of, and how far above a multiple they lie: 8k, 8k + 1.
    private static let multiples = [2, 4, 8, 16, 32, 64, 128, 12, 14, 24, 48, 96, 3, 5, 6, 7, 9, 10]

    private func search(_ size: Network.Size) -> Network.Size? {
        let (height, width) = (size.height, size.width)
        if takes(height, width) { return size }
        if let only { return only }
        for multiple in Self.multiples {
            for excess in [0, 1] {
                func lower(_ extent: Int) -> Int { (extent - excess) / multiple * multiple + excess }
                func upper(_ extent: Int) -> Int { max(extent - excess + multiple - 1, 0) / multiple * multiple + excess }
                // Where no smaller size is taken either, the picture is too small.
                guard takes(lower(height), lower(width)) else { continue }
                let (top, right) = (upper(height), upper(width))
                guard takes(top, right) else { continue }
                let nearest = (height...top).first { takes($0, right) } ?? top
                return Network.Size(height: nearest, width: (width...right).first { takes(nearest, $0) } ?? right)
            }
        }
        return nil
    }
}

extension Network {
    /// The size in which some layers see a picture of this size: its own, or the next larger that they take. nil where it is too small.
    public func seenSize(for layers: Set<LayerName>, height: Int, width: Int) -> Size? {
        SizeFit(self, layers: layers).next(Size(height: height, width: width))
    }

    /// The shape of one layer's output for a picture of this size, which is scaled to the next size that the layer takes.
    public func seenShape(of layer: LayerName, height: Int, width: Int) throws(ShapeError) -> Shape {
        try SizeFit(self, layers: [layer]).shape(of: layer, in: self, height: height, width: width)
    }
}
