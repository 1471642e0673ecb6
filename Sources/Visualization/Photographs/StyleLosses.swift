import Tensors

/// The losses of a transfer of style (Gatys, Ecker and Bethge 2016), each divided by the target's own energy: 0 for a picture
/// that equals the target, about 1 for one that has nothing of it, whatever the network, the layer and the size.
package enum StyleLosses {
    /// A loss with its gradient at the layer.
    package struct Loss {
        package let value: Float
        package let gradient: Tensor
    }

    /// ‖F − C‖² / ‖C‖²
    package static func content(_ values: Tensor, target: Tensor) -> Loss {
        let energy = max(inner(target, target), smallest)
        var difference = values
        difference.add(target, scaledBy: -1)
        let value = Float(inner(difference, difference) / energy)
        difference.scale(by: Float(2 / energy))
        return Loss(value: value, gradient: difference)
    }

    /// ‖G − S‖² / ‖S‖², where G is the picture's Gram matrix and S the target's.
    ///
    /// - Parameter mask: `[1, height, width]`, white where the style counts; nil for everywhere.
    package static func style(_ values: Tensor, target: [Float], mask: Tensor? = nil, workers: Workers) -> Loss {
        var weighted = values
        if let mask { weighted.scaleEachChannel(by: mask) }
        let weight = positions(values, mask)
        let gram = gramMatrix(weighted, positions: weight, workers: workers)
        let energy = max(dot(target, target), smallest)
        var difference = zip(gram, target).map { $0 - $1 }
        let value = Float(dot(difference, difference) / energy)
        let factor = Float(4 / (energy * weight))
        for i in difference.indices { difference[i] *= factor }
        var gradient = product(difference, with: weighted, workers: workers)
        if let mask { gradient.scaleEachChannel(by: mask) }
        return Loss(value: value, gradient: gradient)
    }

    /// A·Aᵀ over positions, divided by their number: `[channels, channels]`, row-major. With a mask the positions count as
    /// much as it is white there.
    package static func gramMatrix(_ values: Tensor, mask: Tensor? = nil, workers: Workers) -> [Float] {
        var weighted = values
        if let mask { weighted.scaleEachChannel(by: mask) }
        return gramMatrix(weighted, positions: positions(values, mask), workers: workers)
    }

    /// The mean squared difference of neighbours, along rows and along columns.
    package static func totalVariation(_ picture: Tensor) -> Loss {
        let (channels, height, width) = (picture.shape.channels, picture.shape.height, picture.shape.width)
        var gradient = Tensor(picture.shape)
        var value = 0.0
        let along = 1 / Float(max(channels * height * (width - 1), 1))
        let down = 1 / Float(max(channels * (height - 1) * width, 1))
        gradient.withMutableElements { gradient in
            picture.withElements { picture in
                for row in 0..<channels * height {
                    let start = row * width
                    var sum: Float = 0
                    for i in start..<start + width - 1 {
                        let difference = picture[i + 1] - picture[i]
                        sum += difference * difference
                        gradient[i] -= 2 * along * difference
                        gradient[i + 1] += 2 * along * difference
                    }
                    value += Double(sum * along)
                    guard row % height + 1 < height else { continue }
                    sum = 0
                    for i in start..<start + width {
                        let difference = picture[i + width] - picture[i]
                        sum += difference * difference
                        gradient[i] -= 2 * down * difference
                        gradient[i + width] += 2 * down * difference
                    }
                    value += Double(sum * down)
                }
            }
        }
        return Loss(value: Float(value), gradient: gradient)
    }

    /// The least energy to divide by: a layer may be zero everywhere.
    private static let smallest = 1e-20

    private static func positions(_ values: Tensor, _ mask: Tensor?) -> Double {
        mask.map { max(inner($0, $0), smallest) } ?? Double(values.shape.area)
    }

    private static func gramMatrix(_ values: Tensor, positions: Double, workers: Workers) -> [Float] {
        let factor = Float(1 / positions)
        return Visualization.gramMatrix(values, workers: workers).map { $0 * factor }
    }
}
