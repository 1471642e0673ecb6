import Tensors

/// Rows and columns made anew, each a weighted sum of a few of the input's: resizing, reflected and repeated borders,
/// slices. The map is linear and the same for every channel; its adjoint spreads gradients by the same weights.
public struct SpatialResampling: WeightlessLayer {
    /// The map along one axis.
    public enum Rule: Sendable, Hashable {
        /// Nothing.
        case keep
        /// To `factor` times the extent, rounded down.
        case scale(Float, Interpolation)
        /// From one extent to another.
        case resize(from: Int, to: Int, Interpolation)
        /// Reflected beyond the border, without repeating it.
        case reflect(before: Int, after: Int)
        /// The border repeated.
        case edge(before: Int, after: Int)
        /// So many taken away at each end, and every `step`-th of the rest.
        case trim(before: Int, after: Int, step: Int)
    }

    /// How a resized axis is read: ONNX's `mode` and `coordinate_transformation_mode`.
    public struct Interpolation: Sendable, Hashable {
        /// How the value at a place between the input's positions is found.
        public enum Mode: Sendable, Hashable {
            /// The value at the nearest position.
            case nearest(Rounding)
            /// Between the two neighbours.
            case linear
            /// Keys' cubic with its coefficient a (1981, usually −0.75 or −0.5); what lies outside can be left out of the sum.
            case cubic(Float, excludesOutside: Bool)
        }
        /// How a place is rounded to the nearest position.
        public enum Rounding: String, Sendable {
            /// The nearest position, of two equally near ones the lower.
            case halfDown = "round_prefer_floor"
            /// The nearest position, of two equally near ones the upper.
            case halfUp = "round_prefer_ceil"
            /// The position below.
            case floor
            /// The position above.
            case ceil
        }
        /// How the output's positions map to places of the input.
        public enum Coordinates: String, Sendable {
            /// Pixels have an extent of 1, and their middles at ½: (x + ½) / scale − ½.
            case halfPixel = "half_pixel"
            /// The same, with the middle of both maps kept where the scale does not divide evenly.
            case halfPixelSymmetric = "half_pixel_symmetric"
            /// The same as half_pixel, but 0 for an output of one position.
            case pytorch = "pytorch_half_pixel"
            /// The outermost positions of both maps lie upon each other: x · (in − 1) / (out − 1).
            case alignCorners = "align_corners"
            /// The upper left corners lie upon each other: x / scale.
            case asymmetric
            /// Positions of the input begin at ½: (x + ½) / scale.
            case tensorflow = "tf_half_pixel_for_nn"
        }
        let mode: Mode
        let coordinates: Coordinates
        /// Where it makes smaller, the weights reach as far as the output's positions lie apart, as Pillow's do.
        let antialiases: Bool
        /// How far apart the output's positions lie, in positions of the input; nil for the quotient of the extents.
        public var factor: Float?

        /// Names are those of ONNX's Resize.
        public init(_ mode: Mode, _ coordinates: Coordinates, antialiases: Bool = false) {
            self.mode = mode
            self.coordinates = coordinates
            self.antialiases = antialiases
        }
    }

    /// Along the rows' axis.
    public let rows: Rule
    /// Along the columns' axis.
    public let columns: Rule

    /// A rule for each axis.
    public init(rows: Rule, columns: Rule) {
        self.rows = rows
        self.columns = columns
    }

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .seesWholeInput, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        return Shape(input.channels, try rows.extent(of: input.height), try columns.extent(of: input.width))
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let input = inputs[0].shape
        guard let output = try? outputShape(for: [input]) else { preconditionFailure("unchecked shape") }
        let vertical = rows.taps(from: input.height, to: output.height)
        let horizontal = columns.taps(from: input.width, to: output.width)
        let (channels, row, tall) = (input.channels, output.width * input.channels, Shape(input.channels, input.height, output.width))
        var narrow = FeatureMap(tall)
        narrow.withMutableElements { narrow in
            inputs[0].withElements { source in
                let (narrow, source) = (narrow.baseAddress!, source.baseAddress!)
                pass.workers.forEach(input.height) { y in
                    for (x, taps) in horizontal.enumerated() {
                        for tap in taps {
                            addScaled(
                                source + (y * input.width + tap.place) * channels, to: narrow + y * row + x * channels,
                                count: channels, by: tap.weight)
                        }
                    }
                }
            }
        }
        var result = FeatureMap(output)
        result.withMutableElements { result in
            narrow.withElements { narrow in
                let (result, narrow) = (result.baseAddress!, narrow.baseAddress!)
                pass.workers.forEach(output.height) { y in
                    for tap in vertical[y] { addScaled(narrow + tap.place * row, to: result + y * row, count: row, by: tap.weight) }
                }
            }
        }
        return LayerResult(result) { gradient in
            var narrow = FeatureMap(tall)
            narrow.withMutableElements { narrow in
                gradient.withElements { gradient in
                    let (narrow, gradient) = (narrow.baseAddress!, gradient.baseAddress!)
                    for (y, taps) in vertical.enumerated() {
                        for tap in taps { addScaled(gradient + y * row, to: narrow + tap.place * row, count: row, by: tap.weight) }
                    }
                }
            }
            var result = FeatureMap(input)
            result.withMutableElements { result in
                narrow.withElements { narrow in
                    let (result, narrow) = (result.baseAddress!, narrow.baseAddress!)
                    pass.workers.forEach(input.height) { y in
                        for (x, taps) in horizontal.enumerated() {
                            for tap in taps {
                                addScaled(
                                    narrow + y * row + x * channels, to: result + (y * input.width + tap.place) * channels,
                                    count: channels, by: tap.weight)
                            }
                        }
                    }
                }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }
}
