import Tensors

extension Picture {
    /// The picture at another size, through a triangle filter whose reach grows with the reduction, so that a reduction
    /// averages and does not alias. It is what Pillow calls BILINEAR and torchvision `antialias=True`; an enlargement is
    /// plain bilinear interpolation. Transparent pixels lend no colour to their neighbours.
    public func resized(width: Int, height: Int) -> Picture {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        guard (width, height) != (self.width, self.height) else { return self }
        let columns = TriangleFilter(from: self.width, to: width)
        let rows = TriangleFilter(from: self.height, to: height)
        let samples: Samples =
            switch samples {
            case .eight(let values): .eight(resample(values, columns, rows))
            case .sixteen(let values): .sixteen(resample(values, columns, rows))
            }
        return Picture(width: width, height: height, hasAlpha: hasAlpha, samples: samples)
    }

    /// Two passes, along the rows and then along the columns, over premultiplied pixels of four floats.
    private func resample<S: Sample>(_ samples: [S], _ columns: TriangleFilter, _ rows: TriangleFilter) -> [S] {
        let narrowed = columns.spans.count
        var intermediate: [SIMD4<Float>] = []  // [old height, new width]
        intermediate.reserveCapacity(height * narrowed)
        var row = [SIMD4<Float>](repeating: .zero, count: width)
        for y in 0..<height {
            for x in 0..<width {
                let start = (y * width + x) * channels
                let alpha = hasAlpha ? samples[start + 3].unit : 1
                let color = SIMD4(samples[start].unit, samples[start + 1].unit, samples[start + 2].unit, 1)
                row[x] = color * alpha
            }
            for span in columns.spans {
                var sum = SIMD4<Float>.zero
                for tap in 0..<span.count { sum += row[span.first + tap] * columns.weights[span.weights + tap] }
                intermediate.append(sum)
            }
        }
        var result: [S] = []  // [new height, new width, channels]
        result.reserveCapacity(rows.spans.count * narrowed * channels)
        row = [SIMD4<Float>](repeating: .zero, count: narrowed)
        for span in rows.spans {
            for x in 0..<narrowed { row[x] = .zero }
            for tap in 0..<span.count {
                let weight = rows.weights[span.weights + tap], start = (span.first + tap) * narrowed
                for x in 0..<narrowed { row[x] += intermediate[start + x] * weight }
            }
            for pixel in row {
                let color = hasAlpha ? (pixel.w > 0 ? pixel / pixel.w : .zero) : pixel
                for channel in 0..<3 { result.append(S(unit: color[channel])) }
                if hasAlpha { result.append(S(unit: pixel.w)) }
            }
        }
        return result
    }
}
