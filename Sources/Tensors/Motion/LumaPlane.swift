/// The brightness of a picture with its border repeated around it, so that a block may look beyond it.
struct LumaPlane: Sendable {
    /// Repeated pixels on every side: a block wholly outside, and a few more to search.
    static let margin = 24

    /// Extents of the picture, without the margin.
    let height: Int
    let width: Int
    private let padded: Tensor  // [1, height + 2 margin, width + 2 margin]

    var stride: Int { width + 2 * Self.margin }

    /// Lends the picture's first pixel; the margin lies before and around it.
    func withOrigin<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        padded.withElements { body($0.baseAddress! + Self.margin * stride + Self.margin) }
    }

    /// - Parameter plane: `[1, height, width]`.
    init(of plane: Tensor, workers: Workers) {
        (height, width) = (plane.shape.height, plane.shape.width)
        let (height, width, margin) = (height, width, Self.margin)
        let stride = width + 2 * margin
        var padded = Tensor(uninitialized: Shape(1, height + 2 * margin, stride))
        padded.withMutableElements { padded in
            plane.withElements { plane in
                let (padded, plane) = (padded.baseAddress!, plane.baseAddress!)
                workers.forEach(height + 2 * margin) { y in
                    let row = plane + min(max(y - margin, 0), height - 1) * width
                    let target = padded + y * stride
                    target.update(repeating: row[0], count: margin)
                    (target + margin).update(from: row, count: width)
                    (target + margin + width).update(repeating: row[width - 1], count: margin)
                }
            }
        }
        self.padded = padded
    }

    /// Half the size by the binomial weights 1, 3, 3, 1 of eight along rows and columns, which remove most details that the
    /// smaller picture cannot show.
    func halved(workers: Workers) -> Tensor {
        let (smallHeight, smallWidth) = ((height + 1) / 2, (width + 1) / 2)
        var result = Tensor(uninitialized: Shape(1, smallHeight, smallWidth))
        let stride = stride
        result.withMutableElements { result in
            let result = result.baseAddress!
            withOrigin { origin in
                workers.forEach(smallHeight) { y in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * smallWidth + 2) { scratch in
                        // One pixel before the picture to one after it: the margin has them.
                        let upper = origin + (2 * y - 1) * stride - 1
                        for x in 0..<2 * smallWidth + 2 {
                            let outer = upper[x] + upper[x + 3 * stride]
                            let inner = upper[x + stride] + upper[x + 2 * stride]
                            scratch[x] = (outer + 3 * inner) / 8
                        }
                        for x in 0..<smallWidth {
                            let outer = scratch[2 * x] + scratch[2 * x + 3]
                            let inner = scratch[2 * x + 1] + scratch[2 * x + 2]
                            result[y * smallWidth + x] = (outer + 3 * inner) / 8
                        }
                    }
                }
            }
        }
        return result
    }
}
