import Kernels
import Tensors

/// A 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3): transforms of 6×6 tiles, 36 matrix products, transforms
/// back. It takes a quarter of the multiplications of `PatchConvolution`, which is its reference.
///
/// The gradient is the exact adjoint of the same steps with the same transformed filters: the transforms transposed, the
/// products transposed, the input tiles added where they overlap.
struct WinogradConvolution: ConvolutionAlgorithm {
    private let filters: Int
    private let channels: Int
    private let padding: Int
    private let biases: [Float]
    private let transformed: [Float]  // [36, filters, channels]

    /// Products of a tile: 6 · 6.
    private static let points = 36
    /// Floats of transformed tiles that one thread works on at a time, about a core's L2 cache.
    private static let bandFloats = 384 * 1024
    /// A layer whose transformed tiles are fewer than this is not cut: its threads share each stage instead.
    private static let wholeFloats = 4 * 1024 * 1024
    /// The narrowest product worth cutting to.
    private static let fewestTiles = 48
    /// Channels that are transformed in one go by one thread.
    private static let channelBlock = 8
    /// Between the transformed values of two points, so that the 36 do not fall on the same cache lines.
    private static let pointGap = 16

    /// - Parameters:
    ///   - weights: `[filters, channels, 3, 3]`
    ///   - padding: zeros on each side.
    init(weights: [Float], biases: [Float], channels: Int, padding: Int, workers: Workers) {
        filters = biases.count
        self.channels = channels
        self.padding = padding
        self.biases = biases
        let count = filters * channels
        let pieces = (count + 4095) / 4096
        transformed = [Float](unsafeUninitializedCapacity: Self.points * count) { buffer, initialized in
            let start = buffer.baseAddress!
            weights.withUnsafeBufferPointer { weights in
                workers.forEach(pieces) { piece in
                    let first = count * piece / pieces
                    kernels_winograd_filters(
                        weights.baseAddress! + 9 * first, count * (piece + 1) / pieces - first, start + first, count)
                }
            }
            initialized = Self.points * count
        }
    }

    func forward(_ input: Tensor, rectifying: Bool, workers: Workers) -> Tensor {
        let tiling = Tiling(of: self, input: input.shape)
        var output = Tensor(uninitialized: tiling.output)
        let (inputArea, outputArea) = (input.shape.area, output.shape.area)
        output.withMutableElements { output in
            input.withElements { input in
                let (source, target) = (input.baseAddress!, output.baseAddress!)
                tiling.eachBand(workers) { tiles, workers in
                    run(
                        tiles, workers, from: channels, to: filters, transposed: false
                    ) { channel, tiles, place, scratch in
                        kernels_winograd_input(&tiles, source + channel * inputArea, place, scratch)
                    } writing: { filter, tiles, place, scratch in
                        kernels_winograd_output(
                            &tiles, target + filter * outputArea, place, scratch, biases[filter], rectifying ? 1 : 0)
                    }
                }
            }
        }
        return output
    }

    func backward(_ gradient: Tensor, inputShape: Shape, workers: Workers) -> Tensor {
        let tiling = Tiling(of: self, input: inputShape)
        var result = Tensor(uninitialized: inputShape)
        let (inputArea, outputArea) = (inputShape.area, tiling.output.area)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                let (source, target) = (gradient.baseAddress!, result.baseAddress!)
                workers.forEach(channels) { (target + $0 * inputArea).update(repeating: 0, count: inputArea) }
                tiling.eachBandWithoutNeighbours(workers) { tiles, workers in
                    run(
                        tiles, workers, from: filters, to: channels, transposed: true
                    ) { filter, tiles, place, scratch in
                        kernels_winograd_output_adjoint(&tiles, source + filter * outputArea, place, scratch)
                    } writing: { channel, tiles, place, scratch in
                        kernels_winograd_input_adjoint(&tiles, target + channel * inputArea, place, scratch)
                    }
                }
            }
        }
        return result
    }

    /// One plane's transform: its index, the tiles, where its transformed values begin, and memory to work in.
    private typealias PlaneTransform = (
        _ plane: Int, _ tiles: inout kernels_tiles, _ place: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) -> Void

    /// The three stages for one band: transforms of `sources` planes, 36 products, transforms of `targets` planes.
    private func run(
        _ tiles: kernels_tiles, _ workers: Workers, from sources: Int, to targets: Int, transposed: Bool,
        reading: PlaneTransform, writing: PlaneTransform
    ) {
        let (stride, count) = (tiles.stride, tiles.tile_rows * tiles.tiles_x)
        let (sourceStep, targetStep) = (sources * stride + Self.pointGap, targets * stride + Self.pointGap)
        var seen = Tensor(uninitialized: Shape(Self.points, 1, sourceStep))
        var answered = Tensor(uninitialized: Shape(Self.points, 1, targetStep))
        seen.withMutableElements { seen in
            answered.withMutableElements { answered in
                let (seen, answered) = (seen.baseAddress!, answered.baseAddress!)
                eachPlane(sources, tiles, pointStride: sourceStep, workers) { plane, tiles, scratch in
                    reading(plane, &tiles, seen + plane * stride, scratch)
                }
                transformed.withUnsafeBufferPointer { transformed in
                    workers.forEach(Self.points) { point in
                        let filterMatrix = Matrix(
                            transformed.baseAddress! + point * filters * channels, rows: targets, columns: sources,
                            stride: channels, transposed: transposed)
                        multiply(
                            filterMatrix,
                            Matrix(seen + point * sourceStep, rows: sources, columns: count, stride: stride),
                            into: answered + point * targetStep, resultStride: stride)
                    }
                }
                eachPlane(targets, tiles, pointStride: targetStep, workers) { plane, tiles, scratch in
                    writing(plane, &tiles, answered + plane * stride, scratch)
                }
            }
        }
    }

    private func eachPlane(
        _ planes: Int, _ tiles: kernels_tiles, pointStride: Int, _ workers: Workers,
        _ body: (_ plane: Int, _ tiles: inout kernels_tiles, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        let blocks = (planes + Self.channelBlock - 1) / Self.channelBlock
        workers.forEach(blocks) { block in
            var tiles = tiles
            tiles.point_stride = pointStride
            var scratch = Tensor(uninitialized: Shape(1, 1, 72 * tiles.stride + 4 * tiles.tiles_x + 64))
            scratch.withMutableElements { scratch in
                for plane in block * Self.channelBlock..<min((block + 1) * Self.channelBlock, planes) {
                    body(plane, &tiles, scratch.baseAddress!)
                }
            }
        }
    }

    /// How the tiles of one picture are cut into bands of tile rows; by shape alone.
    private struct Tiling {
        let output: Shape
        private let input: Shape
        private let padding: Int
        private let across: Int
        private let bands: [Range<Int>]

        init(of convolution: WinogradConvolution, input: Shape) {
            self.input = input
            padding = convolution.padding
            output = Shape(convolution.filters, input.height + 2 * padding - 2, input.width + 2 * padding - 2)
            across = (output.width + 3) / 4
            let down = (output.height + 3) / 4
            let floatsPerTile = points * (convolution.filters + convolution.channels)
            let isWhole = across * down * floatsPerTile <= wholeFloats
            let tiles = isWhole ? across * down : max(fewestTiles, bandFloats / floatsPerTile)
            let rows = max(1, tiles / across)
            let count = (down + rows - 1) / rows
            bands = (0..<count).map { down * $0 / count..<down * ($0 + 1) / count }
        }

        private func tiles(_ rows: Range<Int>) -> kernels_tiles {
            kernels_tiles(
                input_height: input.height, input_width: input.width, output_height: output.height,
                output_width: output.width, padding: padding, first_tile_row: rows.lowerBound, tile_rows: rows.count,
                tiles_x: across, stride: (rows.count * across + 15) / 16 * 16, point_stride: 0)
        }

        /// Bands at the same time, one thread each; a single band has all threads to itself.
        func eachBand(_ workers: Workers, _ body: (kernels_tiles, Workers) -> Void) {
            if bands.count == 1 { return body(tiles(bands[0]), workers) }
            workers.forEach(bands.count) { body(tiles(bands[$0]), .one) }
        }

        /// As `eachBand`, but no band at the same time as the one before or after it, whose input tiles overlap its own.
        func eachBandWithoutNeighbours(_ workers: Workers, _ body: (kernels_tiles, Workers) -> Void) {
            if bands.count == 1 { return body(tiles(bands[0]), workers) }
            for parity in 0..<2 {
                workers.forEach((bands.count + 1 - parity) / 2) { body(tiles(bands[2 * $0 + parity]), .one) }
            }
        }
    }
}
