import Networks
import Tensors

/// Objectives that compare the picture with a fixed one, which goes through the same transforms.
extension Objective {
    /// The unit of a caricature's score.
    public enum CaricatureScale: String, Sendable, CaseIterable {
        /// The layer's own numbers, as tensorflow/lucid has it: around 10¹² for most photographs.
        case lucid
        /// Shares of the fixed picture's own score, which is 1.
        case photo
    }

    /// A caricature: the product of the activation a with the fixed picture's activation a₂, D = Σ a·a₂. In Lucid's scale the score is
    /// D · max(0.1, D / (1e-6 + ‖a₂‖))^pow (tensorflow/lucid, dot_compare); by the photo's, D/‖a₂‖² · max(0.1, cos)^pow with
    /// cos = D / (‖a‖ ‖a₂‖), so that weights of penalties mean the same for every layer and no power overflows.
    public static func caricature(
        _ layer: String, of reference: String, cosinePower power: Float = 0, scale: CaricatureScale = .lucid
    ) -> Objective {
        let form = scale == .lucid ? "" : ",scale=\(scale.rawValue)"
        let measure = (scale == .lucid ? "product with the photograph's activation" : "share of the photograph's activation") + timesCosine(power)
        return each(
            text: "caricature(\(quoted(layer)),\(quoted(reference))\(powerText(power))\(form))", measure: measure,
            requests: [layer: .all],
            references: [reference], checks: [.unit(layer: layer), .sameExtents("caricature")]
        ) { sample, references in
            let values = sample.activations[layer]!.values
            let target = references[reference]!.activations[layer]!.values
            if scale == .photo { return relativeCaricature(values, target, power, layer) }
            let product = inner(values, target)
            let length = 1e-6 + norm(target)
            var (score, slope) = (product, 1.0)
            if power != 0 {
                let cosine = product / length
                let clipped = max(0.1, cosine)
                let factor = raise(clipped, to: Double(power))
                score = product * factor
                slope = factor + (cosine > 0.1 ? product * Double(power) * factor / (clipped * length) : 0)
            }
            var gradient = target
            gradient.scale(by: Float(slope))
            return SampleEvaluation(score: Float(score), layers: [layer: gradient])
        }
    }

    /// share · max(0.1, cosine)^power, where share = ⟨values, target⟩ / ‖target‖².
    private static func relativeCaricature(_ values: Tensor, _ target: Tensor, _ power: Float, _ layer: String) -> SampleEvaluation {
        let (own, length) = (norm(values), norm(target))
        // Activations of zero have no cosine; the gradient there is the target itself.
        let share = length > 0 ? inner(values, target) / (length * length) : 0
        let cosine = own > 0 ? share * length / own : 0
        let (factor, slope) = cosineFactor(dot: share, cosine: cosine, power: power)
        var gradient = target
        gradient.scale(by: length > 0 ? Float(factor / (length * length) + (own > 0 ? slope / (own * length) : 0)) : 0)
        if slope != 0 { gradient.add(values, scaledBy: Float(-slope * cosine / (own * own))) }
        return SampleEvaluation(score: Float(share * factor), layers: [layer: gradient])
    }

    /// The form in which activations are compared.
    public enum Comparison: String, Sendable, CaseIterable {
        /// As it is.
        case activation
        /// By its Gram matrix over positions, divided by their number: texture without place.
        case gram
    }

    /// How far a layer's activations differ: mean|f(a) − f(b)|, f the identity or the Gram matrix (tensorflow/lucid,
    /// activation_difference). Sums of it compare several layers.
    public static func activationDifference(_ layer: String, to reference: String, as comparison: Comparison = .activation)
        -> Objective
    {
        let form = comparison == .activation ? "" : ",as=\(comparison.rawValue)"
        return each(
            text: "activation_difference(\(quoted(layer)),\(quoted(reference))\(form))",
            measure: "mean difference of the \(comparison == .gram ? "textures" : "activations")", requests: [layer: .all],
            references: [reference],
            checks: [.unit(layer: layer)] + (comparison == .activation ? [.sameExtents("activation_difference")] : [])
        ) { sample, references in
            let values = sample.activations[layer]!.values
            let target = references[reference]!.activations[layer]!.values
            switch comparison {
            case .activation:
                var gradient = values
                gradient.add(target, scaledBy: -1)
                let sum = signs(&gradient)
                gradient.scale(by: 1 / Float(values.shape.count))
                return SampleEvaluation(score: Float(sum / Double(values.shape.count)), layers: [layer: gradient])
            case .gram:
                let (area, targetArea) = (Float(values.shape.area), Float(target.shape.area))
                let (own, other) = (gramMatrix(values), gramMatrix(target))
                var sum = 0.0
                var direction = own
                for i in own.indices {
                    let difference = own[i] / area - other[i] / targetArea
                    sum += Double(abs(difference))
                    direction[i] = difference > 0 ? 1 : difference < 0 ? -1 : 0
                }
                let factor = 2 / (area * Float(own.count))
                let gradient = product(direction.map { $0 * factor }, with: values)
                return SampleEvaluation(score: Float(sum / Double(own.count)), layers: [layer: gradient])
            }
        }
    }

    /// The length of the difference of a layer's activations, ‖a − b‖₂: the penalty of feature accentuation (Hamblin 2024,
    /// arXiv:2402.10039).
    public static func activationDistance(_ layer: String, to reference: String) -> Objective {
        each(
            text: "activation_distance(\(quoted(layer)),\(quoted(reference)))", measure: "distance of the activations", requests: [layer: .all],
            references: [reference], checks: [.unit(layer: layer), .sameExtents("activation_distance")]
        ) { sample, references in
            var gradient = sample.activations[layer]!.values
            gradient.add(references[reference]!.activations[layer]!.values, scaledBy: -1)
            let length = norm(gradient)
            gradient.scale(by: length > 0 ? Float(1 / length) : 0)
            return SampleEvaluation(score: Float(length), layers: [layer: gradient])
        }
    }

    /// A layer's features in a guide picture, wherever they are there: the mean over positions i of max_j ⟨a_i, b_j⟩, j the
    /// positions of the fixed picture. Its gradient at the layer is the best matching b_j (google/deepdream, dream.ipynb,
    /// `objective_guide`).
    public static func guide(_ layer: String, by reference: String) -> Objective {
        each(
            text: "guide(\(quoted(layer)),\(quoted(reference)))", measure: "mean product with the best match", requests: [layer: .all], references: [reference],
            checks: [.unit(layer: layer)]
        ) { sample, references in
            let values = sample.activations[layer]!.values
            let target = references[reference]!.activations[layer]!.values
            var (sum, gradient) = bestMatches(of: values, among: target)
            gradient.scale(by: 1 / Float(values.shape.area))
            return SampleEvaluation(score: Float(sum / Double(values.shape.area)), layers: [layer: gradient])
        }
    }

    /// For each position of `values` the position of `target` with the largest product.
    /// - Returns: the sum of the products, and the target's values there, `[channels, height, width]`.
    private static func bestMatches(of values: Tensor, among target: Tensor) -> (sum: Double, matches: Tensor) {
        let (channels, area, others) = (values.shape.channels, values.shape.area, target.shape.area)
        /// Positions whose products with all others are held at a time.
        let block = 64
        var products = [Float](repeating: 0, count: block * others)
        var matches = Tensor(uninitialized: values.shape)
        var sum = 0.0
        values.withElements { a in
            target.withElements { b in
                matches.withMutableElements { matches in
                    for start in stride(from: 0, to: area, by: block) {
                        let count = min(block, area - start)
                        products.withUnsafeMutableBufferPointer { products in
                            multiply(
                                Matrix(a.baseAddress! + start, rows: count, columns: channels, stride: area, transposed: true),
                                Matrix(b.baseAddress!, rows: channels, columns: others), into: products.baseAddress!,
                                resultStride: others)
                        }
                        for i in 0..<count {
                            var best = 0
                            for j in 1..<others where products[i * others + j] > products[i * others + best] { best = j }
                            sum += Double(products[i * others + best])
                            for c in 0..<channels { matches[c * area + start + i] = b[c * others + best] }
                        }
                    }
                }
            }
        }
        return (sum, matches)
    }

    /// How far the picture's colours are from a fixed one's: √mean((x − x₀)²).
    public static func inputDifference(_ reference: String) -> Objective {
        each(text: "input_diff(\(quoted(reference)))", measure: "root mean square difference", references: [reference], checks: [.sameExtents("input_diff")]) {
            sample, references in
            let target = references[reference]!.image
            let (channels, drawn) = (target.shape.channels, sample.image.shape.channels)
            var gradient = sample.image.channelRange(0..<channels, filledTo: channels)
            gradient.add(target, scaledBy: -1)
            let count = Double(gradient.shape.count)
            let distance = norm(gradient) / count.squareRoot()
            gradient.scale(by: distance > 0 ? Float(1 / (distance * count)) : 0)
            // An opacity beside the colours does not count.
            return SampleEvaluation(score: Float(distance), image: gradient.channelRange(0..<channels, filledTo: drawn))
        }
    }

    /// Puts each value's sign in its place.
    /// - Returns: the sum of the magnitudes.
    private static func signs(_ tensor: inout Tensor) -> Double {
        tensor.withMutableElements { values in
            var sum = 0.0
            for i in values.indices {
                sum += Double(abs(values[i]))
                values[i] = values[i] > 0 ? 1 : values[i] < 0 ? -1 : 0
            }
            return sum
        }
    }
}

extension Objective.Function {
    static let caricature = Self(
        name: "caricature", usage: "caricature(LAYER, PHOTO, pow=P, scale=lucid|photo)",
        help: "the photo's activation, exaggerated; by its own scale the photo scores 1"
    ) { arguments throws(ExpressionError) in
        .caricature(
            try arguments.layer(), of: try arguments.photo(),
            cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0,
            scale: try arguments.choice(named: "scale", of: Objective.CaricatureScale.self) ?? .lucid)
    }
    static let activationDifference = Self(
        name: "activation_difference", usage: "activation_difference(LAYER, PHOTO, as=activation|gram)",
        help: "mean |difference| to a photo's activation or texture"
    ) { arguments throws(ExpressionError) in
        let (layer, photo) = (try arguments.layer(), try arguments.photo())
        return .activationDifference(
            layer, to: photo, as: try arguments.choice(named: "as", of: Objective.Comparison.self) ?? .activation)
    }
    static let activationDistance = Self(
        name: "activation_distance", usage: "activation_distance(LAYER, PHOTO)", help: "‖a − a₀‖₂ to a photo's activation"
    ) { arguments throws(ExpressionError) in
        .activationDistance(try arguments.layer(), to: try arguments.photo())
    }
    static let guide = Self(name: "guide", usage: "guide(LAYER, PHOTO)", help: "a layer's features in a photo, wherever they are there") {
        arguments throws(ExpressionError) in
        .guide(try arguments.layer(), by: try arguments.photo())
    }
    static let inputDiff = Self(name: "input_diff", usage: "input_diff(PHOTO)", help: "√mean((x − x₀)²) to a photo") {
        arguments throws(ExpressionError) in .inputDifference(try arguments.photo())
    }
}
