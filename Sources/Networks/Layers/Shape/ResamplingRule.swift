import Tensors

extension SpatialResampling.Rule {
    /// A position of the input with its weight in a position of the output.
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
                throw ShapeError(
                    "made for an extent of \(from), got \(input): the picture must have the size that the network was made for")
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

    /// The input positions that each output position is the weighted sum of.
    func taps(from input: Int, to output: Int) -> [[Tap]] {
        switch self {
        case .keep: return (0..<output).map { [Tap(place: $0, weight: 1)] }
        case .scale(let factor, let interpolation):
            return (0..<output).map { interpolation.taps(at: $0, from: input, to: output, scale: factor) }
        case .resize(let from, let to, let interpolation):
            return (0..<output).map { interpolation.taps(at: $0, from: input, to: output, scale: interpolation.factor ?? Float(to) / Float(from)) }
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
        if antialiases, scale < 1, scale > 1e-4, let kernel {
            let reach = kernel.reach / scale
            // What lies outside repeats the border, unless it is left out.
            var places = Array(Int((place - reach).rounded(.up))...Int((place + reach).rounded(.down)))
            if kernel.excludesOutside { places = places.filter { (0..<input).contains($0) } }
            let weights = places.map { kernel.weight(abs(Float($0) - place) * scale) }
            let sum = weights.reduce(0, +)
            return zip(places, weights).map { Tap(place: clamped($0), weight: $1 / sum) }
        }
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
            var weights = [1 + t, t, 1 - t, 2 - t].map { Self.cubic($0, a) }
            if excludesOutside {
                for i in 0..<4 where !(0..<input).contains(first - 1 + i) { weights[i] = 0 }
                let sum = weights.reduce(0, +)
                weights = weights.map { $0 / sum }
            }
            return (0..<4).map { Tap(place: clamped(first - 1 + $0), weight: weights[$0]) }
        }
    }

    /// Keys 1981: the weight of a neighbour at a distance of up to 2.
    private static func cubic(_ d: Float, _ a: Float) -> Float {
        d < 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
    }

    /// The weights by distance, and the distance where they end; nil where it takes one value alone.
    private var kernel: (reach: Float, excludesOutside: Bool, weight: (Float) -> Float)? {
        switch mode {
        case .nearest: nil
        case .linear: (1, false, { max(0, 1 - $0) })
        case .cubic(let a, let excludesOutside): (2, excludesOutside, { Self.cubic($0, a) })
        }
    }
}
