import Tensors

/// Objectives that look at the picture itself, before transforms. Penalties among them take negative weights.
extension Objective {
    /// Anisotropic total variation: Σ |x[y, x+1] − x[y, x]| + |x[y+1, x] − x[y, x]| over channels and positions.
    public static func totalVariation() -> Objective {
        each(text: "total_variation()", measure: "total variation") { sample, _ in
            let shape = sample.image.shape
            let (height, width) = (shape.height, shape.width)
            var gradient = Tensor(shape)
            var sum = 0.0
            sample.image.withElements { image in
                gradient.withMutableElements { gradient in
                    for channel in 0..<shape.channels {
                        for y in 0..<height {
                            let row = (channel * height + y) * width
                            // One row's sum in a float, the whole in a double: exact enough and fast.
                            var rowSum: Float = 0
                            for i in row..<row + width - 1 {
                                let difference = image[i + 1] - image[i]
                                let sign: Float = difference > 0 ? 1 : difference < 0 ? -1 : 0
                                rowSum += abs(difference)
                                gradient[i + 1] += sign
                                gradient[i] -= sign
                            }
                            if y + 1 < height {
                                for i in row..<row + width {
                                    let difference = image[i + width] - image[i]
                                    let sign: Float = difference > 0 ? 1 : difference < 0 ? -1 : 0
                                    rowSum += abs(difference)
                                    gradient[i + width] += sign
                                    gradient[i] -= sign
                                }
                            }
                            sum += Double(rowSum)
                        }
                    }
                }
            }
            return SampleEvaluation(score: Float(sum), image: gradient)
        }
    }

    /// Σ |x − c|
    public static func l1(constant: Float = 0) -> Objective {
        each(text: "l1(\(constant == 0 ? "" : plain(constant)))", measure: "sum of magnitudes") { sample, _ in
            var gradient = sample.image
            let sum = gradient.withMutableElements { values in
                var sum = 0.0
                for i in values.indices {
                    let difference = values[i] - constant
                    sum += Double(abs(difference))
                    values[i] = difference > 0 ? 1 : difference < 0 ? -1 : 0
                }
                return sum
            }
            return SampleEvaluation(score: Float(sum), image: gradient)
        }
    }

    /// √(ε + Σ (x − c)²), ε = 1e-6
    public static func l2(constant: Float = 0) -> Objective {
        each(text: "l2(\(constant == 0 ? "" : plain(constant)))", measure: "Euclidean length") { sample, _ in
            var gradient = sample.image
            gradient.withMutableElements { values in
                for i in values.indices { values[i] -= constant }
            }
            let length = (1e-6 + inner(gradient, gradient)).squareRoot()
            gradient.scale(by: Float(1 / length))
            return SampleEvaluation(score: Float(length), image: gradient)
        }
    }

    /// ½ Σ (x − x̃)² with x̃ the picture under a 3×3 blur, held fixed: gradient descent on it blurs the picture a little in
    /// each step (tensorflow/lucid, blur_input_each_step).
    public static func blurInputEachStep() -> Objective {
        each(text: "blur_input_each_step()", measure: "squared distance to the blurred picture") { sample, _ in
            var gradient = sample.image
            gradient.add(SoftBlur(extent: 3, sample.image.shape)(sample.image), scaledBy: -1)
            return SampleEvaluation(score: Float(inner(gradient, gradient) / 2), image: gradient)
        }
    }

    /// −Σ (x̃ − x)² + 0.8 (x − C)² over a frame of `width` pixels, with x̃ the picture under a 5×5 blur: high where the border
    /// is plain (tensorflow/lucid, penalize_boundary_complexity).
    public static func penalizeBoundaryComplexity(width: Int = 20, grey: Float = 0.5) -> Objective {
        let arguments = [width == 20 ? nil : "w=\(width)", grey == 0.5 ? nil : "c=\(plain(grey))"].compactMap { $0 }
        return each(text: "penalize_boundary_complexity(\(arguments.joined(separator: ",")))", measure: "plainness of the frame") { sample, _ in
            let image = sample.image
            let shape = image.shape
            let blur = SoftBlur(extent: 5, shape)
            var difference = blur(image)
            difference.add(image, scaledBy: -1)
            var direct = Tensor(shape)
            var sum = 0.0
            difference.withMutableElements { difference in
                direct.withMutableElements { direct in
                    image.withElements { image in
                        var i = 0
                        for _ in 0..<shape.channels {
                            for y in 0..<shape.height {
                                for x in 0..<shape.width {
                                    if x >= width, y >= width, x < shape.width - width, y < shape.height - width {
                                        difference[i] = 0
                                    } else {
                                        let offset = image[i] - grey
                                        sum -= Double(difference[i] * difference[i] + 0.8 * offset * offset)
                                        direct[i] = 2 * difference[i] - 1.6 * offset
                                    }
                                    i += 1
                                }
                            }
                        }
                    }
                }
            }
            direct.add(blur.adjoint(difference), scaledBy: -2)
            return SampleEvaluation(score: Float(sum), image: direct)
        }
    }

    /// The mean of the last channel, the opacity of pictures that have one. Towards the edges it may count for more: with r the
    /// distance from the middle, half the picture's extent being 1, a position weighs 1 − centre + centre · r² / mean(r²).
    ///
    /// - Parameter centre: from 0, where all positions weigh the same, to 1, where the middle weighs nothing.
    public static func meanAlpha(centre: Float = 0) -> Objective {
        each(text: "mean_alpha(\(centre == 0 ? "" : "centre=\(plain(centre))"))", measure: "mean opacity", checks: [.alpha]) { sample, _ in
            let shape = sample.image.shape
            let start = shape.count - shape.area
            let weights = centre == 0 ? [] : edgeWeights(shape, centre)
            var gradient = Tensor(shape)
            let sum = gradient.withMutableElements { gradient in
                sample.image.withElements { image in
                    (0..<shape.area).reduce(0.0) { sum, place in
                        let weight = weights.isEmpty ? 1 : weights[place]
                        gradient[start + place] = weight / Float(shape.area)
                        return sum + Double(weight * image[start + place])
                    }
                }
            }
            return SampleEvaluation(score: Float(sum / Double(shape.area)), image: gradient)
        }
    }

    /// The weight of each position, 1 in the mean.
    private static func edgeWeights(_ shape: Shape, _ centre: Float) -> [Float] {
        func squares(_ extent: Int) -> [Float] {
            (0..<extent).map { index in
                let distance = Float(2 * index - extent + 1) / Float(extent)
                return distance * distance
            }
        }
        let (rows, columns) = (squares(shape.height), squares(shape.width))
        let mean = rows.reduce(0, +) / Float(rows.count) + columns.reduce(0, +) / Float(columns.count)
        return rows.flatMap { row in columns.map { 1 - centre + centre * (row + $0) / max(mean, .leastNormalMagnitude) } }
    }

    /// `blurInputEachStep` for the opacity alone.
    public static func blurAlphaEachStep() -> Objective {
        each(text: "blur_alpha_each_step()", measure: "squared distance to the blurred opacity", checks: [.alpha]) { sample, _ in
            let shape = sample.image.shape
            let alpha = Tensor(
                Shape(1, shape.height, shape.width),
                sample.image.withElements { Array($0[(shape.count - shape.area)...]) })
            var difference = alpha
            difference.add(SoftBlur(extent: 3, alpha.shape)(alpha), scaledBy: -1)
            var gradient = Tensor(shape)
            gradient.withMutableElements { gradient in
                difference.withElements { difference in
                    for i in difference.indices { gradient[shape.count - shape.area + i] = difference[i] }
                }
            }
            return SampleEvaluation(score: Float(inner(difference, difference) / 2), image: gradient)
        }
    }
}

extension Objective.Function {
    static let totalVariation = Self(name: "total_variation", usage: "total_variation()", help: "Σ |differences of neighbouring pixels|") {
        _ throws(ExpressionError) in .totalVariation()
    }
    static let l1 = Self(name: "l1", usage: "l1(CONSTANT)", help: "Σ |x − constant|, by default 0") {
        arguments throws(ExpressionError) in .l1(constant: try arguments.number("a constant", in: -100...100) ?? 0)
    }
    static let l2 = Self(name: "l2", usage: "l2(CONSTANT)", help: "√Σ (x − constant)², by default 0") {
        arguments throws(ExpressionError) in .l2(constant: try arguments.number("a constant", in: -100...100) ?? 0)
    }
    static let blurInputEachStep = Self(
        name: "blur_input_each_step", usage: "blur_input_each_step()", help: "½ Σ (x − blurred x)², to blur a little each step"
    ) { _ throws(ExpressionError) in .blurInputEachStep() }
    static let penalizeBoundaryComplexity = Self(
        name: "penalize_boundary_complexity", usage: "penalize_boundary_complexity(w=20, c=0.5)",
        help: "high where a frame of w pixels is plain and grey"
    ) { arguments throws(ExpressionError) in
        .penalizeBoundaryComplexity(
            width: try arguments.integer(named: "w") ?? 20, grey: try arguments.number(named: "c", in: -100...100) ?? 0.5)
    }
    static let meanAlpha = Self(
        name: "mean_alpha", usage: "mean_alpha(centre=C)", help: "the mean opacity, which counts for more towards the edges the larger C, 0 to 1"
    ) { arguments throws(ExpressionError) in .meanAlpha(centre: try arguments.number(named: "centre", in: 0...1) ?? 0) }
    static let blurAlphaEachStep = Self(
        name: "blur_alpha_each_step", usage: "blur_alpha_each_step()", help: "blur_input_each_step of the opacity"
    ) { _ throws(ExpressionError) in .blurAlphaEachStep() }
}
