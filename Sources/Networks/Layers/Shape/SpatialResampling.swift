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
        public enum Mode: Sendable, Hashable {
            case nearest(Rounding)
            case linear
            case cubic(Float, excludesOutside: Bool)
        }
        public enum Rounding: String, Sendable {
            case halfDown = "round_prefer_floor", halfUp = "round_prefer_ceil", floor, ceil
        }
        public enum Coordinates: String, Sendable {
            case halfPixel = "half_pixel", halfPixelSymmetric = "half_pixel_symmetric", pytorch = "pytorch_half_pixel"
            case alignCorners = "align_corners", asymmetric
            case tensorflow = "tf_half_pixel_for_nn"
        }
        let mode: Mode
        let coordinates: Coordinates

        public init(_ mode: Mode, _ coordinates: Coordinates) {
            self.mode = mode
            self.coordinates = coordinates
        }
    }

    /// Along the rows' axis.
    public let rows: Rule
    /// Along the columns' axis.
    public let columns: Rule

    public init(rows: Rule, columns: Rule) {
        self.rows = rows
        self.columns = columns
    }

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .seesWholeInput] }

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

extension SpatialResampling.Rule {
    struct Tap {
        let place: Int
        let weight: Float
    }

    /// The output's extent.
    func extent(of input: Int) throws(ShapeError) -> Int {
        guard input > 0 else { throw ShapeError("nothing to resample") }
        switch self {
        case .keep: return input
        case .scale(let factor, _):
            let extent = (Float(input) * factor).rounded(.down)
            guard extent >= 1, extent < 1e6 else { throw ShapeError("\(input) times \(factor) is no extent") }
            return Int(extent)
        case .resize(let from, let to, _):
            guard input == from else {
                throw ShapeError("made for an extent of \(from), got \(input): the picture must have the size that the network was made for")
            }
            return to
        case .reflect(let before, let after):
            guard max(before, after) < input else { throw ShapeError("\(input) cannot be reflected by \(max(before, after))") }
            return before + input + after
        case .edge(let before, let after): return before + input + after
        case .trim(let before, let after, let step):
            let left = input - before - after
            guard left > 0 else { throw ShapeError("nothing is left of \(input) without \(before) and \(after)") }
            return (left + step - 1) / step
        }
    }

    /// For every output position what it is made of.
    func taps(from input: Int, to output: Int) -> [[Tap]] {
        switch self {
        case .keep: return (0..<output).map { [Tap(place: $0, weight: 1)] }
        case .scale(let factor, let interpolation):
            return (0..<output).map { interpolation.taps(at: $0, from: input, to: output, scale: factor) }
        case .resize(let from, let to, let interpolation):
            return (0..<output).map { interpolation.taps(at: $0, from: input, to: output, scale: Float(to) / Float(from)) }
        case .reflect(let before, _):
            return (0..<output).map { position in
                let place = abs(position - before)
                return [Tap(place: place < input ? place : 2 * (input - 1) - place, weight: 1)]
            }
        case .edge(let before, _):
            return (0..<output).map { [Tap(place: min(max($0 - before, 0), input - 1), weight: 1)] }
        case .trim(let before, _, let step): return (0..<output).map { [Tap(place: before + $0 * step, weight: 1)] }
        }
    }
}

extension SpatialResampling.Interpolation {
    fileprivate func taps(at position: Int, from input: Int, to output: Int, scale: Float) -> [SpatialResampling.Rule.Tap] {
        typealias Tap = SpatialResampling.Rule.Tap
        // In single precision, as every runtime computes it: a place that falls on a border must fall on the same side.
        let x = Float(position)
        let place: Float
        switch coordinates {
        case .halfPixel: place = (x + 0.5) / scale - 0.5
        case .halfPixelSymmetric:
            let adjustment = Float(output) / (scale * Float(input))
            place = Float(input) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case .pytorch: place = output > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: place = output > 1 ? x * Float(input - 1) / Float(output - 1) : 0
        case .asymmetric: place = x / scale
        case .tensorflow: place = (x + 0.5) / scale
        }
        func clamped(_ place: Int) -> Int { min(max(place, 0), input - 1) }
        switch mode {
        case .nearest(let rounding):
            let rounded: Float =
                switch rounding {
                case .halfDown: (place - 0.5).rounded(.up)
                case .halfUp: (place + 0.5).rounded(.down)
                case .floor: place.rounded(.down)
                case .ceil: place.rounded(.up)
                }
            return [Tap(place: clamped(Int(rounded)), weight: 1)]
        case .linear:
            let inside = min(max(place, 0), Float(input - 1))
            let first = Int(inside)
            let fraction = inside - Float(first)
            return [Tap(place: first, weight: 1 - fraction), Tap(place: clamped(first + 1), weight: fraction)]
        case .cubic(let a, let excludesOutside):
            let first = Int(place.rounded(.down))
            let t = place - Float(first)
            // Keys 1981: the weights of the two neighbours on each side.
            func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
            func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
            var weights = [far(1 + t), near(t), near(1 - t), far(2 - t)]
            if excludesOutside {
                for i in 0..<4 where !(0..<input).contains(first - 1 + i) { weights[i] = 0 }
                let sum = weights.reduce(0, +)
                weights = weights.map { $0 / sum }
            }
            return (0..<4).map { Tap(place: clamped(first - 1 + $0), weight: weights[$0]) }
        }
    }
}
