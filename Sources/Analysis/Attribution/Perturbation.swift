import Tensors

extension PictureScore {
    /// How much the score falls where a patch of the picture is replaced by a baseline (Zeiler and Fergus 2014): for each pixel the
    /// mean of the falls of the patches that cover it, `[1, height, width]`.
    ///
    /// - Parameters:
    ///   - patch: the side of the square, in pixels.
    ///   - stride: from one patch to the next.
    /// - Returns: nil if it was ended.
    public func occlusion(at picture: Tensor, baseline: Tensor, patch: Int, stride: Int, progress: () -> Bool = { true }) -> Tensor? {
        let score = Double(self(picture))
        let (height, width) = (shape.height, shape.width)
        var (sums, counts) = ([Double](repeating: 0, count: height * width), [Double](repeating: 0, count: height * width))
        for top in Self.starts(of: patch, stride, along: height) {
            for left in Self.starts(of: patch, stride, along: width) {
                guard progress() else { return nil }
                let (rows, columns) = (top..<min(top + patch, height), left..<min(left + patch, width))
                var covered = picture
                covered.withMutableElements { values in
                    baseline.withElements { baseline in
                        for channel in 0..<shape.channels {
                            for y in rows {
                                let row = (channel * height + y) * width
                                for x in columns { values[row + x] = baseline[row + x] }
                            }
                        }
                    }
                }
                let fall = score - Double(self(covered))
                for y in rows {
                    for x in columns {
                        sums[y * width + x] += fall
                        counts[y * width + x] += 1
                    }
                }
            }
        }
        return Tensor(Shape(1, height, width), zip(sums, counts).map { Float($0 / max($1, 1)) })
    }

    /// Patches that `occlusion` covers.
    public static func occlusions(patch: Int, stride: Int, height: Int, width: Int) -> Int {
        starts(of: patch, stride, along: height).count * starts(of: patch, stride, along: width).count
    }

    /// The first places of patches, the last of which reaches the edge.
    private static func starts(of patch: Int, _ stride: Int, along extent: Int) -> [Int] {
        var starts = Array(Swift.stride(from: 0, through: max(0, extent - patch), by: stride))
        if starts.last! + patch < extent { starts.append(extent - patch) }
        return starts
    }

    /// RISE (Petsiuk, Das and Saenko 2018): the mean over random masks of score · mask, over the mean mask, less its own mean; the
    /// masks are grids of cells that are shown or not, enlarged and shifted at random. `[1, height, width]`.
    ///
    /// - Parameters:
    ///   - cells: of a mask's side.
    ///   - share: the probability of a cell to be shown.
    ///   - baseline: what stands where a mask hides the picture.
    /// - Returns: nil if it was ended.
    public func maskedScores(
        at picture: Tensor, baseline: Tensor, masks: Int, cells: Int = 7, share: Float = 0.5, seed: UInt64, progress: () -> Bool = { true }
    ) -> Tensor? {
        let (height, width) = (shape.height, shape.width)
        let (cellHeight, cellWidth) = ((height + cells - 1) / cells, (width + cells - 1) / cells)
        let scaling = BilinearScaling(
            fromHeight: cells, width: cells, toHeight: (cells + 1) * cellHeight, width: (cells + 1) * cellWidth)
        var generator = RandomGenerator(seed: seed)
        var (sum, shown) = (TensorSum(Shape(1, height, width)), TensorSum(Shape(1, height, width)))
        let way = picture.minus(baseline)
        for _ in 0..<masks {
            guard progress() else { return nil }
            let grid = Tensor(Shape(1, cells, cells), (0..<cells * cells).map { _ in generator.uniform() < share ? 1 : 0 })
            let mask = scaling(grid, workers: .one).cropped(
                top: generator.integer(below: cellHeight), left: generator.integer(below: cellWidth), height: height, width: width)
            var seen = way
            seen.scaleEachChannel(by: mask)
            seen.add(baseline)
            sum.add(mask, times: Double(self(seen)))
            shown.add(mask, times: 1)
        }
        let means = zip(sum.tensor.elements, shown.tensor.elements).map { Double($0) / max(Double($1), 1e-9) }
        let mean = means.reduce(0, +) / Double(means.count)
        return Tensor(Shape(1, height, width), means.map { Float($0 - mean) })
    }
}
