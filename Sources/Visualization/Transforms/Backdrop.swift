import Tensors

/// Lays a picture with an opacity over a random background, a new one at each step: a·rgb + (1 − a)·background with the
/// opacity a in the last channel. The parts that the network needs must become opaque (tensorflow/lucid,
/// transform.collapse_alpha_random).
public struct Backdrop: Transform {
    public static let name = "backdrop"
    public static let usage = "backdrop"
    public static let help = "a random background behind a picture with an opacity"

    public init(_ argument: TransformArgument) throws(TransformError) {
        try argument.none()
    }

    /// Standard deviation of the background before the sigmoid.
    public static let deviation: Float = 0.5

    /// There is nothing to choose.
    public init() {}

    public var text: String { "backdrop" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let own = RandomGenerator(seed: generator.next())
        return { image, workers in
            let shape = image.shape
            let colours = shape.channels - 1
            let canvas = FourierImage(channels: colours, height: shape.height, width: shape.width)
            var generator = own
            var values = canvas.values(from: canvas.initial(using: &generator), workers: workers).output
            values.scale(by: Backdrop.deviation * Float(Double(values.shape.count).squareRoot() / max(norm(values), 1e-6)))
            let background = ColourMap(channels: colours)(values, workers: workers).output
            return composite(image, over: background)
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        let opaque = Shape(shape.channels - 1, shape.height, shape.width)
        return (opaque, opaque)
    }
}

/// a·rgb + (1 − a)·background, differentiable in the colours and the opacity.
///
/// - Parameters:
///   - image: `[colours + 1, height, width]`, the opacity last.
///   - background: `[colours, height, width]`
package func composite(_ image: Tensor, over background: Tensor) -> ValueAndPullback<Tensor, Tensor> {
    let shape = background.shape
    let area = shape.area
    var result = Tensor(uninitialized: shape)
    result.withMutableElements { result in
        image.withElements { image in
            background.withElements { background in
                for i in 0..<shape.count {
                    let alpha = image[shape.count + i % area]
                    result[i] = alpha * image[i] + (1 - alpha) * background[i]
                }
            }
        }
    }
    return ValueAndPullback(result) { gradient in
        var back = Tensor(image.shape)
        back.withMutableElements { back in
            gradient.withElements { gradient in
                image.withElements { image in
                    background.withElements { background in
                        for i in 0..<shape.count {
                            back[i] = image[shape.count + i % area] * gradient[i]
                            back[shape.count + i % area] += (image[i] - background[i]) * gradient[i]
                        }
                    }
                }
            }
        }
        return back
    }
}
