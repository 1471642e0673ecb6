import Foundation

/// SSIM of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity",
/// IEEE Transactions on Image Processing 13(4), 2004.
///
///     (2 μx μy + C1) (2 σxy + C2) / ((μx² + μy² + C1) (σx² + σy² + C2)),  C1 = 0.01², C2 = 0.03²
///
/// Means and (co)variances are weighted by a Gaussian window of 11×11 pixels and deviation 1.5 whose weights sum to 1, on the
/// lumas of ITU-R BT.601 in 0…1, not rounded. The mean is that over the positions where the whole window lies in the picture.
/// That is scikit-image's `structural_similarity` with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
/// data_range=1`. Where a picture has fewer than 11 rows or columns, so has the window.
package enum StructuralSimilarity {
    static let windowSide = 11
    static let deviation = 1.5
    static let c1 = 0.01 * 0.01
    static let c2 = 0.03 * 0.03

    /// At most 1. Of pictures that are not opaque, the smaller of those before black and before white.
    static func mean(_ pair: PicturePair) -> Double { pair.grounds.map { mean(pair, over: $0) }.min()! }

    private static func mean(_ pair: PicturePair, over ground: UInt16) -> Double {
        mean(width: pair.width, height: pair.height) { y in
            zip(pair.expected.deepRow(y), pair.actual.deepRow(y)).map { (luma($0.over(ground)), luma($1.over(ground))) }
        }
    }

    /// Of two planes of values in 0…1, row-major.
    package static func mean(_ x: [Float], _ y: [Float], width: Int, height: Int) -> Double {
        mean(width: width, height: height) { row in
            let range = row * width..<(row + 1) * width
            return zip(x[range], y[range]).map { (Double($0), Double($1)) }
        }
    }

    private static func mean(width: Int, height: Int, row: (_ y: Int) -> [(x: Double, y: Double)]) -> Double {
        let columns = window(within: width), rows = window(within: height)
        var recent: [[SIMD4<Double>]] = []  // the last rows, filtered along themselves: [rows.count, positions in a row]
        var sum = 0.0
        for y in 0..<height {
            let moments = row(y).map { SIMD4($0.x, $0.y, $0.x * $0.x + $0.y * $0.y, $0.x * $0.y) }
            if recent.count == rows.count { recent.removeFirst() }
            recent.append(filtered(moments, columns))
            guard recent.count == rows.count else { continue }
            var means = [SIMD4<Double>](repeating: .zero, count: recent[0].count)
            for (row, weight) in zip(recent, rows) { for x in means.indices { means[x] += row[x] * weight } }
            for mean in means { sum += similarity(mean) }
        }
        return sum / Double((width - columns.count + 1) * (height - rows.count + 1))
    }

    /// - Parameter mean: the weighted means of x, y, x² + y² and xy.
    private static func similarity(_ mean: SIMD4<Double>) -> Double {
        let product = 2 * mean.x * mean.y, squares = mean.x * mean.x + mean.y * mean.y
        return (product + c1) * (2 * mean.w - product + c2) / ((squares + c1) * (mean.z - squares + c2))
    }

    private static func filtered(_ row: [SIMD4<Double>], _ window: [Double]) -> [SIMD4<Double>] {
        (0...row.count - window.count).map { start in
            var sum = SIMD4<Double>.zero
            for tap in window.indices { sum += row[start + tap] * window[tap] }
            return sum
        }
    }

    private static func window(within extent: Int) -> [Double] {
        let side = min(windowSide, extent)
        let weights = (0..<side).map { tap in
            let distance = Double(tap) - Double(side - 1) / 2
            return exp(-distance * distance / (2 * deviation * deviation))
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    private static func luma(_ pixel: DeepPixel) -> Double {
        (0.299 * Double(pixel.x) + 0.587 * Double(pixel.y) + 0.114 * Double(pixel.z)) / 65535
    }
}
