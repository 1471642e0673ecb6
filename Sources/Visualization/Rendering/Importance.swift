import Tensors

/// How much each position of a picture mattered: Σ over steps of |∂score/∂x|, summed over channels (Fel et al. 2023,
/// arXiv:2306.06805).
struct Importance: Sendable {
    private(set) var values: Tensor  // [1, height, width]

    /// - Parameter shape: of the picture.
    init(_ shape: Shape) { values = Tensor(Shape(1, shape.height, shape.width)) }

    mutating func add(_ gradient: Tensor) {
        let area = gradient.shape.area
        values.withMutableElements { sum in
            gradient.withElements { gradient in
                for i in gradient.indices { sum[i % area] += abs(gradient[i]) }
            }
        }
    }
}

/// A picture with the parts that mattered opaque: its colours between the 1st and the 99th percentile, its opacity the
/// importance over the 80th (Fel et al. 2023, arXiv:2306.06805).
///
/// - Parameters:
///   - picture: `[channels, height, width]`
///   - importance: `[1, height, width]`, at least 0.
/// - Returns: `[channels + 1, height, width]` in 0…1.
package func withImportance(_ picture: Tensor, _ importance: Tensor) -> Tensor {
    let colours = picture.elements
    let (low, high) = (percentile(colours, 0.01), percentile(colours, 0.99))
    let most = percentile(importance.elements, 0.8)
    let stretched = colours.map { high > low ? min(max(($0 - low) / (high - low), 0), 1) : $0 }
    let opacity = importance.elements.map { most > 0 ? min($0 / most, 1) : 1 }
    let shape = picture.shape
    return Tensor(Shape(shape.channels + 1, shape.height, shape.width), stretched + opacity)
}

/// The value below which a share of the values lies, linear between neighbours as NumPy has it.
package func percentile(_ values: [Float], _ share: Float) -> Float {
    let sorted = values.sorted()
    let place = share * Float(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Float(lower)) * (sorted[upper] - sorted[lower])
}
