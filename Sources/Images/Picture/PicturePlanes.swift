// Between a file's samples and the floats that the rest of the program computes with.

extension Picture {
    /// Rounds planes of floats to the nearest samples. Values outside 0…1 are clamped, and NaN becomes 0.
    ///
    /// - Parameters:
    ///   - planes: `[channels, height, width]`, 1 meaning full intensity; alpha is straight, not premultiplied.
    ///   - channels: 1 (grey, expanded to RGB), 3 (RGB) or 4 (RGBA).
    public init(planes: [Float], channels: Int, width: Int, height: Int, bitDepth: BitDepth = .eight) {
        precondition([1, 3, 4].contains(channels), "planes are grey, RGB or RGBA")
        precondition(planes.count == channels * width * height, "planes are [channels, height, width]")
        let samples: Samples =
            switch bitDepth {
            case .eight: .eight(interleave(planes, channels: channels, pixels: width * height))
            case .sixteen: .sixteen(interleave(planes, channels: channels, pixels: width * height))
            }
        self.init(width: width, height: height, hasAlpha: channels == 4, samples: samples)
    }

    /// `[3, height, width]`, RGB in 0…1. Alpha is left out of account; see `composited(over:)`.
    public func planes() -> [Float] {
        switch samples {
        case .eight(let values): deinterleave(values, channels: channels, wanted: 0..<3)
        case .sixteen(let values): deinterleave(values, channels: channels, wanted: 0..<3)
        }
    }

    /// `[height, width]`, opacity in 0…1, or nil for a picture without alpha.
    public func alphaPlane() -> [Float]? {
        guard hasAlpha else { return nil }
        return switch samples {
        case .eight(let values): deinterleave(values, channels: channels, wanted: 3..<4)
        case .sixteen(let values): deinterleave(values, channels: channels, wanted: 3..<4)
        }
    }

    /// The picture as seen before a grey background: `alpha · color + (1 - alpha) · background` in sRGB values, as
    /// browsers and image viewers blend. The result has no alpha; a picture without alpha is returned as it is.
    ///
    /// - Parameter background: the grey, in 0…1.
    public func composited(over background: Float) -> Picture {
        guard let alpha = alphaPlane() else { return self }
        var planes = planes()
        let pixels = width * height
        for channel in 0..<3 {
            for pixel in 0..<pixels {
                let index = channel * pixels + pixel
                planes[index] = alpha[pixel] * planes[index] + (1 - alpha[pixel]) * background
            }
        }
        return Picture(planes: planes, channels: 3, width: width, height: height, bitDepth: bitDepth)
    }

    /// The same picture with an opacity: of 1 everywhere where it had none.
    package var withOpacity: Picture {
        if hasAlpha { return self }
        let planes = planes() + [Float](repeating: 1, count: width * height)
        return Picture(planes: planes, channels: 4, width: width, height: height, bitDepth: bitDepth)
    }

    /// The same picture with samples of another width, each rounded to the nearest; itself if it has them already.
    public func converted(to depth: BitDepth) -> Picture {
        let converted: Samples =
            switch (samples, depth) {
            case (.eight, .eight), (.sixteen, .sixteen): samples
            case (.eight(let values), .sixteen): .sixteen(values.map { UInt16($0) * 257 })
            case (.sixteen(let values), .eight): .eight(values.map { UInt8((UInt32($0) * 255 + 32767) / 65535) })
            }
        return Picture(width: width, height: height, hasAlpha: hasAlpha, samples: converted)
    }

    /// `[height, width, channels]`, rounded to 8 bits where they have more.
    package var eightBitSamples: [UInt8] {
        guard case .eight(let values) = converted(to: .eight).samples else { preconditionFailure("8 bits were asked for") }
        return values
    }

    /// `[height, width, channels]`, spread to 16 bits where they have fewer.
    var sixteenBitSamples: [UInt16] {
        guard case .sixteen(let values) = converted(to: .sixteen).samples else { preconditionFailure("16 bits were asked for") }
        return values
    }
}

private func interleave<S: Sample>(_ planes: [Float], channels: Int, pixels: Int) -> [S] {
    let stored = max(channels, 3)
    return [S](unsafeUninitializedCapacity: stored * pixels) { samples, count in
        planes.withUnsafeBufferPointer { planes in
            for channel in 0..<stored {
                let plane = channels == 1 ? 0 : channel * pixels
                for pixel in 0..<pixels { samples[pixel * stored + channel] = S(unit: planes[plane + pixel]) }
            }
        }
        count = stored * pixels
    }
}

/// `[wanted, pixels]` from `[pixels, channels]`.
private func deinterleave<S: Sample>(_ samples: [S], channels: Int, wanted: Range<Int>) -> [Float] {
    let pixels = samples.count / channels
    return [Float](unsafeUninitializedCapacity: wanted.count * pixels) { planes, count in
        samples.withUnsafeBufferPointer { samples in
            for (row, channel) in wanted.enumerated() {
                for pixel in 0..<pixels { planes[row * pixels + pixel] = samples[pixel * channels + channel].unit }
            }
        }
        count = wanted.count * pixels
    }
}
