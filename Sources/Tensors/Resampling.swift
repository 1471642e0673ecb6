/// A linear map from pictures of one size to pictures of another in which every output pixel is a weighted sum of four
/// input pixels: bilinear scaling and rotation are both of this kind. The same map serves every channel.
public struct BilinearGather: Sendable {
    /// Rows of the pictures that the map takes.
    public let inputHeight: Int
    /// Columns of the pictures that the map takes.
    public let inputWidth: Int
    /// Rows of the pictures that it makes.
    public let outputHeight: Int
    /// Columns of the pictures that it makes.
    public let outputWidth: Int
    private let taps: [Tap]  // [outputHeight, outputWidth]

    /// The four neighbours of one output pixel. `corner` is the upper left one; the steps lead to its neighbours and are
    /// 0 where there is none, where the weight is 0 as well or the border is repeated.
    private struct Tap: Sendable {
        var corner: Int32
        var stepX: Int32
        var stepY: Int32
        var weights: SIMD4<Float>  // upper left, upper right, lower left, lower right
    }

    /// Bilinear scaling with half-pixel centres and repeated borders, as `torch.nn.functional.interpolate(mode:
    /// "bilinear", align_corners: false)` does it, without antialiasing.
    public static func scaling(
        fromHeight inputHeight: Int, width inputWidth: Int, toHeight outputHeight: Int, width outputWidth: Int
    ) -> BilinearGather {
        let ratioX = Float(inputWidth) / Float(outputWidth)
        let ratioY = Float(inputHeight) / Float(outputHeight)
        func place(_ index: Int, _ ratio: Float, _ extent: Int) -> (first: Int, step: Int, fraction: Float) {
            let position = max((Float(index) + 0.5) * ratio - 0.5, 0)
            let first = min(Int(position), extent - 1)
            return (first, first + 1 < extent ? 1 : 0, position - Float(first))
        }
        let columns = (0..<outputWidth).map { place($0, ratioX, inputWidth) }
        var taps: [Tap] = []
        taps.reserveCapacity(outputHeight * outputWidth)
        for y in 0..<outputHeight {
            let row = place(y, ratioY, inputHeight)
            for column in columns {
                let (fx, fy) = (column.fraction, row.fraction)
                taps.append(
                    Tap(
                        corner: Int32(row.first * inputWidth + column.first), stepX: Int32(column.step),
                        stepY: Int32(row.step * inputWidth),
                        weights: SIMD4((1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx)))
            }
        }
        return BilinearGather(
            inputHeight: inputHeight, inputWidth: inputWidth, outputHeight: outputHeight, outputWidth: outputWidth,
            taps: taps)
    }

    /// Rotation about the centre ((width − 1) / 2, (height − 1) / 2), counter-clockwise as one sees it, with zeros
    /// beyond the border: output(x, y) = input(c + R(x − c)), R = [[cos, −sin], [sin, cos]] with y pointing down.
    public static func rotation(degrees: Float, height: Int, width: Int) -> BilinearGather {
        let angle = Double(degrees) * Double.pi / 180
        let (cosine, sine) = (Float(cosineOf(angle)), Float(sineOf(angle)))
        let (centreX, centreY) = (Float(width - 1) / 2, Float(height - 1) / 2)
        var taps: [Tap] = []
        taps.reserveCapacity(height * width)
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (Float(x) - centreX, Float(y) - centreY)
                let sourceX = centreX + cosine * dx - sine * dy
                let sourceY = centreY + sine * dx + cosine * dy
                let (left, top) = (sourceX.rounded(.down), sourceY.rounded(.down))
                let (fx, fy) = (sourceX - left, sourceY - top)
                let (x0, y0) = (Int(left), Int(top))
                func inside(_ x: Int, _ y: Int) -> Float {
                    x >= 0 && x < width && y >= 0 && y < height ? 1 : 0
                }
                let weights = SIMD4(
                    (1 - fy) * (1 - fx) * inside(x0, y0), (1 - fy) * fx * inside(x0 + 1, y0),
                    fy * (1 - fx) * inside(x0, y0 + 1), fy * fx * inside(x0 + 1, y0 + 1))
                // Outside neighbours have weight 0 but must still be readable: clamp both ends of each step.
                let (cx0, cx1) = (min(max(x0, 0), width - 1), min(max(x0 + 1, 0), width - 1))
                let (cy0, cy1) = (min(max(y0, 0), height - 1), min(max(y0 + 1, 0), height - 1))
                taps.append(
                    Tap(
                        corner: Int32(cy0 * width + cx0), stepX: Int32(cx1 - cx0), stepY: Int32((cy1 - cy0) * width),
                        weights: weights))
            }
        }
        return BilinearGather(
            inputHeight: height, inputWidth: width, outputHeight: height, outputWidth: width, taps: taps)
    }

    /// Applies the map to every channel of `[channels, inputHeight, inputWidth]`.
    public func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor {
        let channels = image.shape.channels
        precondition(image.shape == Shape(channels, inputHeight, inputWidth))
        var result = Tensor(uninitialized: Shape(channels, outputHeight, outputWidth))
        let (inputArea, outputArea) = (inputHeight * inputWidth, outputHeight * outputWidth)
        result.withMutableElements { result in
            image.withElements { image in
                taps.withUnsafeBufferPointer { taps in
                    workers.forEach(channels) { channel in
                        let source = image.baseAddress! + channel * inputArea
                        let target = result.baseAddress! + channel * outputArea
                        for i in 0..<outputArea {
                            let tap = taps[i]
                            let corner = source + Int(tap.corner)
                            let (right, below) = (Int(tap.stepX), Int(tap.stepY))
                            let values = SIMD4(corner[0], corner[right], corner[below], corner[below + right])
                            target[i] = (values * tap.weights).sum()
                        }
                    }
                }
            }
        }
        return result
    }

    /// The adjoint: spreads a gradient `[channels, outputHeight, outputWidth]` back over the input.
    public func adjoint(_ gradient: Tensor, workers: Workers) -> Tensor {
        let channels = gradient.shape.channels
        precondition(gradient.shape == Shape(channels, outputHeight, outputWidth))
        var result = Tensor(Shape(channels, inputHeight, inputWidth))
        let (inputArea, outputArea) = (inputHeight * inputWidth, outputHeight * outputWidth)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                taps.withUnsafeBufferPointer { taps in
                    workers.forEach(channels) { channel in
                        let target = result.baseAddress! + channel * inputArea
                        let source = gradient.baseAddress! + channel * outputArea
                        for i in 0..<outputArea {
                            let tap = taps[i]
                            let corner = target + Int(tap.corner)
                            let (right, below) = (Int(tap.stepX), Int(tap.stepY))
                            let parts = tap.weights * source[i]
                            corner[0] += parts.x
                            corner[right] += parts.y
                            corner[below] += parts.z
                            corner[below + right] += parts.w
                        }
                    }
                }
            }
        }
        return result
    }
}
