import Foundation
import Tensors

/// Maps over the positions of a layer, from its activations a and the gradients g of a score there, `[channels, height, width]` each.
/// Every map is `[1, height, width]`.
public enum LayerAttribution {
    /// Σ over channels of a · g; exact for a head that is linear in a, up to its bias. HiResCAM, Lucid's spatial attribution.
    public static func gradientTimesActivation(_ a: Tensor, _ g: Tensor) -> Tensor { a.times(g).sumOverChannels() }

    /// Σ over positions of a · g, one number a channel.
    public static func ofChannels(_ a: Tensor, _ g: Tensor) -> [Double] { a.times(g).sumsOfChannels() }

    /// Grad-CAM (Selvaraju et al. 2017): max(0, Σ w·a) with w the mean of g over the positions of each channel.
    public static func gradCAM(_ a: Tensor, _ g: Tensor) -> Tensor {
        let area = Double(a.shape.area)
        return weighted(a, by: g.sumsOfChannels().map { $0 / area }).map { max(0, $0) }
    }

    /// Layer-CAM (Jiang et al. 2021): Σ max(0, g) · a.
    public static func layerCAM(_ a: Tensor, _ g: Tensor) -> Tensor { a.times(g.map { max(0, $0) }).sumOverChannels() }

    /// Grad-CAM++ (Chattopadhay et al. 2018): max(0, Σ w·a) with w = Σ over positions of α · max(0, g),
    /// α = g² / (2g² + g³ · Σ over positions of a + 1e-6), and 0 where g is 0.
    public static func gradCAMPlusPlus(_ a: Tensor, _ g: Tensor) -> Tensor {
        let sums = a.sumsOfChannels()
        let area = a.shape.area
        let weights: [Double] = g.withElements { g in
            sums.indices.map { channel in
                g[channel * area..<(channel + 1) * area].reduce(0.0) { sum, slope in
                    let g = Double(slope)
                    guard g > 0 else { return sum }
                    return sum + g * g / (2 * g * g + g * g * g * sums[channel] + 1e-6) * g
                }
            }
        }
        return weighted(a, by: weights).map { max(0, $0) }
    }

    /// XGrad-CAM (Fu et al. 2020): max(0, Σ w·a) with w = Σ over positions of g · a / (Σ over positions of a + 1e-7).
    public static func xGradCAM(_ a: Tensor, _ g: Tensor) -> Tensor {
        let weights = zip(a.times(g).sumsOfChannels(), a.sumsOfChannels()).map { $0 / ($1 + 1e-7) }
        return weighted(a, by: weights).map { max(0, $0) }
    }

    /// Eigen-CAM (Muhammad and Yeasin 2020): the first principal component of the positions' activations less their mean, found by
    /// power iteration. Its sign is the one that makes the larger end positive. It does not depend on the score.
    public static func eigenCAM(_ a: Tensor) -> Tensor {
        let (channels, area) = (a.shape.channels, a.shape.area)
        var centred = a.elements.map(Double.init)
        for channel in 0..<channels {
            let range = channel * area..<(channel + 1) * area
            let mean = centred[range].reduce(0, +) / Double(area)
            for i in range { centred[i] -= mean }
        }
        // The products of positions, [area, area], have the map as their first eigenvector.
        var map = (0..<area).map { position in
            (0..<channels).reduce(0.0) { $0 + centred[$1 * area + position] * centred[$1 * area + position] }
        }
        for _ in 0..<500 {
            let before = map
            var next = [Double](repeating: 0, count: area)
            for channel in 0..<channels {
                let start = channel * area
                var product = 0.0
                for i in 0..<area { product += centred[start + i] * map[i] }
                for i in 0..<area { next[i] += product * centred[start + i] }
            }
            let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { return Tensor(Shape(1, a.shape.height, a.shape.width)) }
            map = next.map { $0 / length }
            if zip(map, before).allSatisfy({ abs($0 - $1) < 1e-9 }) { break }
        }
        let energy = (0..<channels).reduce(0.0) { sum, channel in
            let product = (0..<area).reduce(0.0) { $0 + centred[channel * area + $1] * map[$1] }
            return sum + product * product
        }
        let sign = (map.max() ?? 0) < -(map.min() ?? 0) ? -1.0 : 1
        return Tensor(Shape(1, a.shape.height, a.shape.width), map.map { Float(sign * $0 * energy.squareRoot()) })
    }

    /// Σ of channels times their weights.
    private static func weighted(_ a: Tensor, by weights: [Double]) -> Tensor {
        let area = a.shape.area
        var sum = [Double](repeating: 0, count: area)
        a.withElements { values in
            for (channel, weight) in weights.enumerated() {
                for i in 0..<area { sum[i] += weight * Double(values[channel * area + i]) }
            }
        }
        return Tensor(Shape(1, a.shape.height, a.shape.width), sum.map(Float.init))
    }
}
