import Tensors

/// Objectives of the picture itself, before transforms. As penalties their weights are negative.
extension Objective {
    /// Anisotropic total variation: Σ |x[y, x+1] − x[y, x]| + |x[y+1, x] − x[y, x]| over channels and positions.
    public static func totalVariation() -> Objective {
        each(text: "total_variation()") { frame, _ in
            let shape = frame.image.shape
            let (height, width) = (shape.height, shape.width)
            var gradient = Tensor(shape)
            var sum = 0.0
            frame.image.withElements { image in
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
            return FrameEvaluation(score: Float(sum), image: gradient)
        }
    }

    /// Σ |x − c|
    public static func l1(constant: Float = 0) -> Objective {
        each(text: "l1(\(constant == 0 ? "" : plain(constant)))") { frame, _ in
            var gradient = frame.image
            let sum = gradient.withMutableElements { values in
                var sum = 0.0
                for i in values.indices {
                    let difference = values[i] - constant
                    sum += Double(abs(difference))
                    values[i] = difference > 0 ? 1 : difference < 0 ? -1 : 0
                }
                return sum
            }
            return FrameEvaluation(score: Float(sum), image: gradient)
        }
    }

    /// √(ε + Σ (x − c)²), ε = 1e-6
    public static func l2(constant: Float = 0) -> Objective {
        each(text: "l2(\(constant == 0 ? "" : plain(constant)))") { frame, _ in
            var gradient = frame.image
            gradient.withMutableElements { values in
                for i in values.indices { values[i] -= constant }
            }
            let length = (1e-6 + inner(gradient, gradient)).squareRoot()
            gradient.scale(by: Float(1 / length))
            return FrameEvaluation(score: Float(length), image: gradient)
        }
    }

    /// ½ Σ (x − x̃)² with x̃ the picture under a 3×3 blur, held fixed: climbing down it blurs the picture a little at each
    /// step (tensorflow/lucid, blur_input_each_step).
    public static func blurInputEachStep() -> Objective {
        each(text: "blur_input_each_step()") { frame, _ in
            var gradient = frame.image
            gradient.add(SoftBlur(extent: 3, frame.image.shape)(frame.image), scaledBy: -1)
            return FrameEvaluation(score: Float(inner(gradient, gradient) / 2), image: gradient)
        }
    }

    /// −Σ (x̃ − x)² + 0.8 (x − C)² over a frame of `width` pixels, with x̃ the picture under a 5×5 blur: high where the border
    /// is plain (tensorflow/lucid, penalize_boundary_complexity).
    public static func penalizeBoundaryComplexity(width: Int = 20, grey: Float = 0.5) -> Objective {
        let arguments = [width == 20 ? nil : "w=\(width)", grey == 0.5 ? nil : "c=\(plain(grey))"].compactMap { $0 }
        return each(text: "penalize_boundary_complexity(\(arguments.joined(separator: ",")))") { frame, _ in
            let image = frame.image
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
            return FrameEvaluation(score: Float(sum), image: direct)
        }
    }

    /// The mean of the last channel, the opacity of a picture drawn with --alpha.
    public static func meanAlpha() -> Objective {
        each(text: "mean_alpha()", checks: [.alpha]) { frame, _ in
            let shape = frame.image.shape
            let range = (shape.count - shape.area)..<shape.count
            var gradient = Tensor(shape)
            gradient.withMutableElements { gradient in for i in range { gradient[i] = 1 / Float(shape.area) } }
            let sum = frame.image.withElements { image in range.reduce(0.0) { $0 + Double(image[$1]) } }
            return FrameEvaluation(score: Float(sum / Double(shape.area)), image: gradient)
        }
    }

    /// As `blurInputEachStep`, of the opacity alone.
    public static func blurAlphaEachStep() -> Objective {
        each(text: "blur_alpha_each_step()", checks: [.alpha]) { frame, _ in
            let shape = frame.image.shape
            let alpha = Tensor(
                Shape(1, shape.height, shape.width),
                frame.image.withElements { Array($0[(shape.count - shape.area)...]) })
            var difference = alpha
            difference.add(SoftBlur(extent: 3, alpha.shape)(alpha), scaledBy: -1)
            var gradient = Tensor(shape)
            gradient.withMutableElements { gradient in
                difference.withElements { difference in
                    for i in difference.indices { gradient[shape.count - shape.area + i] = difference[i] }
                }
            }
            return FrameEvaluation(score: Float(inner(difference, difference) / 2), image: gradient)
        }
    }
}

/// Lucid's blur: the mean over a square window whose outermost ring counts half, over what of it is inside the picture.
struct SoftBlur {
    private let extent: Int
    private let shape: Shape
    private let totals: [Float]  // the weights inside the picture, by position

    init(extent: Int, _ shape: Shape) {
        self.extent = extent
        self.shape = shape
        let ones = [Float](repeating: 1, count: shape.area)
        var totals = [Float](repeating: 0, count: shape.area)
        ones.withUnsafeBufferPointer { ones in
            totals.withUnsafeMutableBufferPointer {
                Self.sum(ones.baseAddress!, into: $0.baseAddress!, extent, shape.height, shape.width)
            }
        }
        self.totals = totals
    }

    func callAsFunction(_ image: Tensor) -> Tensor {
        var result = sums(image)
        divide(&result)
        return result
    }

    func adjoint(_ gradient: Tensor) -> Tensor {
        var scaled = gradient
        divide(&scaled)
        return sums(scaled)
    }

    private func divide(_ tensor: inout Tensor) {
        tensor.withMutableElements { values in
            for i in values.indices { values[i] /= totals[i % totals.count] }
        }
    }

    /// The weighted sums; the window is symmetric, so this is its own adjoint.
    private func sums(_ image: Tensor) -> Tensor {
        var result = Tensor(shape)
        result.withMutableElements { result in
            image.withElements { image in
                for channel in 0..<shape.channels {
                    Self.sum(
                        image.baseAddress! + channel * shape.area, into: result.baseAddress! + channel * shape.area, extent,
                        shape.height, shape.width)
                }
            }
        }
        return result
    }

    private static func sum(
        _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ extent: Int, _ height: Int, _ width: Int
    ) {
        let radius = extent / 2
        for dy in -radius...radius {
            for dx in -radius...radius {
                let weight: Float = max(abs(dy), abs(dx)) == radius ? 0.5 : 1
                let columns = max(0, -dx)..<max(max(0, -dx), min(width, width - dx))
                for y in max(0, -dy)..<max(max(0, -dy), min(height, height - dy)) {
                    addScaled(
                        source + (y + dy) * width + columns.lowerBound + dx, to: target + y * width + columns.lowerBound,
                        count: columns.count, by: weight)
                }
            }
        }
    }
}
