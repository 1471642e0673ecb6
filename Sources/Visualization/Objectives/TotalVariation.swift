import Tensors

extension Objective {
    /// Anisotropic total variation of the picture: Σ |x[y, x+1] − x[y, x]| + |x[y+1, x] − x[y, x]| over channels and
    /// positions. As a penalty its weight is negative.
    public static func totalVariation() -> Objective {
        Objective(text: "total_variation()") { scene in
            let shape = scene.image.shape
            let (height, width) = (shape.height, shape.width)
            var gradient = Tensor(shape)
            var sum = 0.0
            scene.image.withElements { image in
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
            return Evaluation(score: Float(sum), image: gradient)
        }
    }
}
