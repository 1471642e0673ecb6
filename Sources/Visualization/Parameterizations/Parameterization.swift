import Tensors

/// The pictures that are drawn together as blocks of parameters: one canvas for each, the detail that they share, and the
/// colour map.
public struct Parameterization: Sendable {
    /// Pictures that are drawn together.
    public let count: Int
    private let canvas: any Canvas
    private let shared: SharedDetail?
    private let colour: ColourMap
    private let isAligned: Bool

    /// - Parameters:
    ///   - canvas: how each picture is written.
    ///   - colour: from the canvas's values to a picture in 0…1.
    ///   - count: how many pictures are drawn.
    ///   - shared: detail that all of them have in common.
    ///   - isAligned: whether all of them begin from the same noise.
    public init(_ canvas: any Canvas, colour: ColourMap, count: Int = 1, shared: SharedDetail? = nil, isAligned: Bool = false) {
        self.isAligned = isAligned
        self.canvas = canvas
        self.colour = colour
        self.count = count
        self.shared = shared
    }

    /// The parameters to start from: a block for each picture, then the shared ones.
    public func initial(using generator: inout RandomGenerator) -> [Tensor] {
        var blocks: [Tensor] = []
        for index in 0..<count { blocks.append(isAligned && index > 0 ? blocks[0] : canvas.initial(using: &generator)) }
        return blocks + (shared?.initial(using: &generator) ?? [])
    }

    /// The parameters that come nearest to pictures in 0…1.
    ///
    /// - Parameter isInterrupted: asked now and then.
    /// - Returns: nil if it was interrupted.
    public func parameters(of pictures: [Tensor], workers: Workers, isInterrupted: () -> Bool = { false }) -> [Tensor]? {
        var blocks: [Tensor] = []
        for picture in pictures {
            let values = colour.inverse(picture, workers: workers)
            guard let block = canvas.parameters(of: values, workers: workers, isInterrupted: isInterrupted) else { return nil }
            blocks.append(block)
        }
        return blocks + (shared?.empty() ?? [])
    }

    /// The parameters of the same pictures as a smaller parameterization's, without shared detail; nil where the canvas cannot take
    /// them over.
    func parameters(from blocks: [Tensor], of smaller: Parameterization, workers: Workers) -> [Tensor]? {
        guard shared == nil, smaller.shared == nil else { return nil }
        var result: [Tensor] = []
        for block in blocks {
            guard let own = canvas.parameters(from: block, of: smaller.canvas, workers: workers) else { return nil }
            result.append(own)
        }
        return result
    }

    /// The pictures `[channels, height, width]` in 0…1 that the blocks of parameters stand for.
    public func pictures(from blocks: [Tensor], workers: Workers) -> ValueAndPullback<[Tensor], [Tensor]> {
        let details = shared.map { $0.values(from: Array(blocks[count...]), count: count, workers: workers) }
        let maps = (0..<count).map { index in
            let values = canvas.values(from: blocks[index], workers: workers)
            guard let details else { return (values, values.then { colour($0, workers: workers) }) }
            var sum = values.output
            sum.add(details.output[index])
            return (values, colour(sum, workers: workers))
        }
        return ValueAndPullback(maps.map { $0.1.output }) { gradients in
            guard let details else { return zip(maps, gradients).map { $0.1.pullback($1) } }
            let inner = zip(maps, gradients).map { $0.1.pullback($1) }
            return zip(maps, inner).map { $0.0.pullback($1) } + details.pullback(inner)
        }
    }
}

extension Parameterization {
    /// The same pictures, finished: without the way back, which takes memory.
    public func finished(from blocks: [Tensor], workers: Workers) -> [Tensor] {
        guard shared == nil else { return pictures(from: blocks, workers: workers).output }
        return blocks.prefix(count).map { colour(canvas.output(from: $0, workers: workers), workers: workers).output }
    }
}

/// Detail that pictures drawn together have in common, so that they line up: enlargements of small pictures that all of
/// them share, or that blend from one to another along the row (tensorflow/lucid, param/lowres.py).
public struct SharedDetail: Sendable {
    private let shape: Shape
    /// The shape of a small picture; and 1 if all pictures share it, 2 if they blend from a first to a second.
    private let layers: [(shape: Shape, ends: Int)]

    /// Parts of a half, a quarter, an eighth and a sixteenth of the extents; of the two smallest one more that blends.
    public init(channels: Int, height: Int, width: Int) {
        shape = Shape(channels, height, width)
        func part(_ divisor: Int) -> Shape { Shape(channels, max(1, height / divisor), max(1, width / divisor)) }
        layers = [(part(2), 1), (part(4), 1), (part(8), 1), (part(8), 2), (part(16), 1), (part(16), 2)]
    }

    func initial(using generator: inout RandomGenerator) -> [Tensor] {
        layers.flatMap { layer in
            (0..<layer.ends).map { _ in
                Tensor(layer.shape, generator.normal(count: layer.shape.count, standardDeviation: PixelImage.initialDeviation))
            }
        }
    }

    func empty() -> [Tensor] { layers.flatMap { layer in (0..<layer.ends).map { _ in Tensor(layer.shape) } } }

    /// The values that are added to each picture's own.
    func values(from blocks: [Tensor], count: Int, workers: Workers) -> ValueAndPullback<[Tensor], [Tensor]> {
        let scalings = layers.flatMap { layer in
            (0..<layer.ends).map { _ in
                BilinearScaling(fromHeight: layer.shape.height, width: layer.shape.width, toHeight: shape.height, width: shape.width)
            }
        }
        let large = zip(scalings, blocks).map { $0($1, workers: workers) }
        /// The share that a block has in a picture.
        let shares = (0..<count).map { picture -> [Float] in
            let along = Float(picture) / Float(max(count - 1, 1))
            return layers.flatMap { $0.ends == 1 ? [1] : [1 - along, along] }
        }
        let pictures = shares.map { shares in
            var sum = Tensor(shape)
            for (share, image) in zip(shares, large) { sum.add(image, scaledBy: share) }
            return sum
        }
        return ValueAndPullback(pictures) { gradients in
            scalings.enumerated().map { block, scaling in
                var sum = Tensor(shape)
                for (shares, gradient) in zip(shares, gradients) { sum.add(gradient, scaledBy: shares[block]) }
                return scaling.adjoint(sum, workers: workers)
            }
        }
    }
}
