/// A picture in falling sizes, as `MotionField` searches them.
struct LumaPyramid: Sendable {
    /// The brightness at the full size.
    let luma: LumaPlane
    /// From the full size to the smallest, each half the one before, rounded up: the brightness less that of the wide
    /// surroundings, since that changes with the light.
    let levels: [LumaPlane]

    /// - Parameter picture: `[channels, height, width]`; three channels are red, green and blue.
    init(of picture: Tensor, workers: Workers) {
        /// A smaller picture has too few blocks to tell motion from noise.
        let smallestSide = 16
        /// The last level is a 32nd then: more than any motion that is worth following.
        let mostLevels = 6
        var planes = [Self.luma(of: picture, workers: workers)]
        luma = LumaPlane(of: planes[0], workers: workers)
        while planes.count < mostLevels, min(planes.last!.shape.height, planes.last!.shape.width) >= 2 * smallestSide {
            let last = planes.count == 1 ? luma : LumaPlane(of: planes.last!, workers: workers)
            planes.append(last.halved(workers: workers))
        }
        levels = planes.indices.map { level in
            var plane = planes[level]
            if level + 2 < planes.count {
                // The details that a picture of a quarter of the size has too.
                let wide = planes[level + 2]
                let enlarged = BilinearScaling(
                    fromHeight: wide.shape.height, width: wide.shape.width, toHeight: plane.shape.height,
                    width: plane.shape.width)
                plane.add(enlarged(wide, workers: workers), scaledBy: -1)
            } else {
                let mean = plane.elements.reduce(0.0) { $0 + Double($1) } / Double(plane.shape.area)
                plane.add(Tensor(plane.shape, repeating: Float(mean)), scaledBy: -1)
            }
            return LumaPlane(of: plane, workers: workers)
        }
    }

    /// Luma of ITU-R BT.601 of three channels, the mean of any other number.
    private static func luma(of picture: Tensor, workers: Workers) -> Tensor {
        let shape = picture.shape
        let weights: [Float] =
            shape.channels == 3
            ? [0.299, 0.587, 0.114] : [Float](repeating: 1 / Float(shape.channels), count: shape.channels)
        var result = Tensor(Shape(1, shape.height, shape.width))
        result.withMutableElements { result in
            picture.withElements { picture in
                let (result, picture) = (result.baseAddress!, picture.baseAddress!)
                workers.forEach(shape.height) { y in
                    for (channel, weight) in weights.enumerated() {
                        addScaled(
                            picture + channel * shape.area + y * shape.width, to: result + y * shape.width,
                            count: shape.width, by: weight)
                    }
                }
            }
        }
        return result
    }
}
