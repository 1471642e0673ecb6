import Tensors

/// From unbounded values to a picture in 0…1: for three channels optionally the correlation of natural images' colours, then a
/// sigmoid. One channel more than the colours is the opacity, which goes through the sigmoid only.
///
/// The matrix is the square root of the colour covariance over ImageNet, divided by its largest column norm
/// (tensorflow/lucid, param/color.py): rgb = sigmoid(M · t).
public struct ColourMap: Sendable {
    /// Channels of the picture, without the opacity.
    public let channels: Int
    /// Whether the matrix is applied before the sigmoid; three channels only.
    public let decorrelated: Bool

    /// The values are the brightness alone, which is the same in every channel of the picture.
    public let isGrey: Bool

    /// - Parameter decorrelated: has an effect with three channels only.
    public init(channels: Int = 3, decorrelated: Bool = true, isGrey: Bool = false) {
        self.channels = channels
        self.isGrey = isGrey
        self.decorrelated = decorrelated && channels == 3
    }

    /// The largest of the matrix's column norms, √(.26² + .27² + .27²) = 0.461952.
    private static let largestColumnNorm: Float = 0.461_952

    /// Rows are R, G, B.
    static let matrix: [[Float]] = [[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]
        .map { $0.map { $0 / largestColumnNorm } }

    /// Row-major, as the loops over pixels take it.
    private var rows: [Float] {
        decorrelated ? Self.matrix.flatMap { $0 } : [1, 0, 0, 0, 1, 0, 0, 0, 1]
    }

    /// - Parameter values: `[channels, height, width]`, unbounded, or one channel more.
    public func callAsFunction(_ values: consuming Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        if isGrey { return grey(values, workers: workers) }
        if channels == 3, values.shape.channels == 3 {
            let rows = rows
            let image = values.colours(rows, workers: workers)
            return ValueAndPullback(image) { $0.coloursAdjoint(rows, image: image, workers: workers) }
        }
        // Any other number of channels goes in groups of three, without the matrix where it does not apply.
        let count = values.shape.channels
        let groups = stride(from: 0, to: count, by: 3).map { $0..<min($0 + 3, count) }
        let maps = groups.map { group in
            group.count == 3 && group.upperBound <= channels && decorrelated ? rows : [1, 0, 0, 0, 1, 0, 0, 0, 1]
        }
        let images = zip(groups, maps).map { group, rows in
            values.channelRange(group, filledTo: 3).colours(rows, workers: workers)
        }
        let shape = values.shape
        return ValueAndPullback(Tensor(joining: images, channels: count)) { gradient in
            let parts = zip(zip(groups, maps), images).map { group, image in
                gradient.channelRange(group.0, filledTo: 3).coloursAdjoint(group.1, image: image, workers: workers)
            }
            return Tensor(joining: parts, channels: shape.channels)
        }
    }

    /// As the first value of three, which is brightness, with the mean of its column for all colours.
    private func grey(_ values: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        let scale = decorrelated ? Self.matrix.reduce(0) { $0 + $1[0] } / 3 : 1
        let rows: [Float] = [scale, 0, 0, scale, 0, 0, scale, 0, 0]
        let colours = values.channelRange(0..<1, filledTo: 3).colours(rows, workers: workers)
        let hasOpacity = values.shape.channels == 2
        let plain: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let opacity = hasOpacity ? values.channelRange(1..<2, filledTo: 3).colours(plain, workers: workers) : nil
        let picture = opacity.map { Tensor(joining: [colours, $0], channels: 4) } ?? colours
        return ValueAndPullback(picture) { gradient in
            let own = gradient.channelRange(0..<3, filledTo: 3).coloursAdjoint(rows, image: colours, workers: workers)
                .channelRange(0..<1, filledTo: 1)
            guard let opacity else { return own }
            let other = gradient.channelRange(3..<4, filledTo: 3).coloursAdjoint(plain, image: opacity, workers: workers)
            return Tensor(joining: [own, other], channels: 2)
        }
    }

    /// The values that stand for a picture: M⁻¹ · logit(x), with x kept off 0 and 1.
    public func inverse(_ image: Tensor, workers: Workers) -> Tensor {
        let area = image.shape.area
        var values = image
        values.withMutableElements { values in
            for i in values.indices {
                let x = min(max(values[i], Self.margin), 1 - Self.margin)
                values[i] = logarithm(x / (1 - x))
            }
            guard decorrelated else { return }
            let inverse = Self.inverseMatrix
            for i in 0..<area {
                let (r, g, b) = (values[i], values[area + i], values[2 * area + i])
                for row in 0..<3 {
                    values[row * area + i] = inverse[3 * row] * r + inverse[3 * row + 1] * g + inverse[3 * row + 2] * b
                }
            }
        }
        return values
    }

    /// The distance that a picture's numbers keep from 0 and 1 before the logarithm, below half a step of 8 bits.
    private static let margin: Float = 1e-3

    /// M⁻¹ by cofactors.
    private static let inverseMatrix: [Float] = {
        let m = matrix.flatMap { $0 }.map(Double.init)
        func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
        let determinant = m[0] * minor(4, 5, 7, 8) - m[1] * minor(3, 5, 6, 8) + m[2] * minor(3, 4, 6, 7)
        return [
            minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4),
        ].map { Float($0 / determinant) }
    }()
}

extension Tensor {
    /// Some channels, with one value after them up to a number.
    func channelRange(_ range: Range<Int>, filledTo count: Int, with value: Float = 0) -> Tensor {
        var result = Tensor(Shape(count, shape.height, shape.width), repeating: value)
        result.withMutableElements { result in
            withElements { values in
                result.baseAddress!.update(
                    from: values.baseAddress! + range.lowerBound * shape.area, count: range.count * shape.area)
            }
        }
        return result
    }

    /// The first channels of tensors one after the other.
    init(joining parts: [Tensor], channels: Int) {
        let shape = parts[0].shape
        var elements: [Float] = []
        for part in parts { elements += part.elements }
        self.init(Shape(channels, shape.height, shape.width), Array(elements.prefix(channels * shape.area)))
    }
}
