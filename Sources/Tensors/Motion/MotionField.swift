/// The motion between two pictures: for every place of the second one, its place in the first.
///
///     let motion = MotionField(from: previous, to: current, workers: workers)
///     let carried = motion.warped(drawing, workers: workers)  // a drawing of the previous picture, moved along
///
/// Found by hierarchical block matching on the brightness, its slow changes left out, since they follow the light: blocks of
/// 16 pixels every 8, from a small picture to the full one, each searching around the vector that the smaller picture gave. A block
/// looks at most 20 pixels beyond the border, which is repeated there. The result is the same for any number of threads.
public struct MotionField: Sendable {
    /// Extents of the pictures in pixels.
    public let height: Int
    /// Columns of the pictures.
    public let width: Int
    /// The displacement of every block, at the full size.
    private let vectors: VectorGrid

    /// Pixels to search around the vector that the smaller picture gave, at the full size, half of it, and below. A smaller
    /// picture misses things that are smaller than its blocks, so there is more to search than its rounding.
    private static let radii = [2, 4, 6]

    /// - Parameters:
    ///   - previous: `[channels, height, width]` in 0…1; three channels are red, green and blue.
    ///   - current: of the same shape.
    public init(from previous: Tensor, to current: Tensor, workers: Workers) {
        precondition(previous.shape == current.shape, "\(previous.shape) and \(current.shape) are not two frames of one film")
        precondition(previous.shape.count > 0, "a frame has at least one pixel")
        (height, width) = (previous.shape.height, previous.shape.width)
        let (old, new) = (LumaPyramid(of: previous, workers: workers), LumaPyramid(of: current, workers: workers))
        var vectors = VectorGrid(height: new.levels.last!.height, width: new.levels.last!.width)
        for level in new.levels.indices.reversed() {
            let plane = new.levels[level]
            if level < new.levels.count - 1 { vectors = vectors.doubled(height: plane.height, width: plane.width) }
            let search = BlockSearch(from: old.levels[level], to: plane)
            vectors = search.matched(around: vectors, radius: Self.radii[min(level, 2)], workers: workers)
            vectors = search.agreed(vectors, workers: workers)
            if level == 0 { vectors = BlockSearch(from: old.luma, to: new.luma).refined(vectors, workers: workers) }
            vectors = vectors.medians()
        }
        self.vectors = vectors
    }

    /// `[2, height, width]`: dy and dx in pixels; a thing at (y, x) was at (y + dy, x + dx) in the previous picture.
    public func dense(workers: Workers) -> Tensor {
        var result = Tensor(uninitialized: Shape(2, height, width))
        result.withMutableElements { result in
            let result = result.baseAddress!
            workers.forEach(height) { y in
                vectors.interpolate(row: y, width, down: result + y * width, across: result + (height + y) * width)
            }
        }
        return result
    }

    /// A picture that belongs to the previous frame (the frame itself, or a drawing on it), moved as things move until the
    /// current one: result(y, x) = image(y + dy, x + dx), bilinear, the border repeated.
    ///
    /// - Parameter image: `[any channels, height, width]`.
    public func warped(_ image: Tensor, workers: Workers) -> Tensor {
        precondition(image.shape.height == height && image.shape.width == width, "\(image.shape) is not \(height)×\(width)")
        var result = Tensor(uninitialized: image.shape)
        let (channels, area) = (image.shape.channels, image.shape.area)
        result.withMutableElements { result in
            image.withElements { image in
                guard let result = result.baseAddress, let image = image.baseAddress else { return }
                workers.forEach(height) { y in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { vectors in
                        let (down, across) = (vectors.baseAddress!, vectors.baseAddress! + width)
                        self.vectors.interpolate(row: y, width, down: down, across: across)
                        for x in 0..<width {
                            let top = min(max(Float(y) + down[x], 0), Float(height - 1))
                            let left = min(max(Float(x) + across[x], 0), Float(width - 1))
                            let (row, column) = (Int(top), Int(left))
                            let (belowShare, rightShare) = (top - Float(row), left - Float(column))
                            let place = row * width + column
                            let right = column + 1 < width ? 1 : 0
                            let below = row + 1 < height ? width : 0
                            for channel in 0..<channels {
                                let plane = image + channel * area + place
                                let upper = plane[0] + rightShare * (plane[right] - plane[0])
                                let lower = plane[below] + rightShare * (plane[below + right] - plane[below])
                                result[channel * area + y * width + x] = upper + belowShare * (lower - upper)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// `[1, height, width]` in 0…1: how far the warped previous picture can be trusted. 1 where it is the current one within
    /// the noise and a quarter of a pixel; 0 where it differs by three times that, as at things that were hidden before or are
    /// new, and where the vector points outside the picture.
    ///
    /// - Parameters:
    ///   - previous: the picture that this was made from.
    ///   - current: the picture that this was made to.
    public func confidence(from previous: Tensor, to current: Tensor, workers: Workers) -> Tensor {
        precondition(previous.shape == current.shape && current.shape.height == height && current.shape.width == width)
        /// Noise of samples in 0…1, from a camera or a film's compression: about 5 of 255.
        let noise: Float = 0.02
        /// Pixels by which a good vector may be wrong.
        let slack: Float = 0.25
        let (channels, area) = (current.shape.channels, height * width)
        // One pixel alone tells little.
        let measures = GaussianBlur(deviation: 1.5, height: height, width: width)(
            differencesAndSlopes(warped(previous, workers: workers), current, workers), workers: workers)
        var result = Tensor(uninitialized: Shape(1, height, width))
        result.withMutableElements { result in
            measures.withElements { measures in
                let (result, measures) = (result.baseAddress!, measures.baseAddress!)
                workers.forEach(height) { y in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { vectors in
                        let (down, across) = (vectors.baseAddress!, vectors.baseAddress! + width)
                        self.vectors.interpolate(row: y, width, down: down, across: across)
                        for x in 0..<width {
                            let (top, left) = (Float(y) + down[x], Float(x) + across[x])
                            let isInside =
                                top > -0.5 && top < Float(height) - 0.5 && left > -0.5 && left < Float(width) - 0.5
                            let difference = measures[y * width + x] / Float(channels)
                            let allowed = noise + slack * measures[area + y * width + x] / Float(channels)
                            result[y * width + x] = isInside ? min(max((3 - difference / allowed) / 2, 0), 1) : 0
                        }
                    }
                }
            }
        }
        return result
    }

    /// `[2, height, width]`: |guess − current|, and the slope of the current picture, each summed over the channels.
    private func differencesAndSlopes(_ guess: Tensor, _ current: Tensor, _ workers: Workers) -> Tensor {
        var measures = Tensor(uninitialized: Shape(2, height, width))
        let (channels, area) = (current.shape.channels, height * width)
        measures.withMutableElements { measures in
            guess.withElements { guess in
                current.withElements { current in
                    let (measures, guess, current) = (measures.baseAddress!, guess.baseAddress!, current.baseAddress!)
                    workers.forEach(height) { y in
                        let (differences, slopes) = (measures + y * width, measures + area + y * width)
                        differences.update(repeating: 0, count: width)
                        slopes.update(repeating: 0, count: width)
                        for channel in 0..<channels {
                            let plane = current + channel * area
                            let (row, other) = (plane + y * width, guess + channel * area + y * width)
                            let (above, below) = (plane + max(y - 1, 0) * width, plane + min(y + 1, height - 1) * width)
                            for x in 0..<width { differences[x] += abs(other[x] - row[x]) }
                            for x in 0..<width { slopes[x] += abs(below[x] - above[x]) / 2 }
                            for x in 1..<max(width - 1, 1) { slopes[x] += abs(row[x + 1] - row[x - 1]) / 2 }
                        }
                    }
                }
            }
        }
        return measures
    }
}
