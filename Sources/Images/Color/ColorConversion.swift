import Files

/// A file's words about its colours.
enum ColorTag: Sendable {
    /// An ICC profile.
    case profile([UInt8])
    /// A screen's curve and lights.
    case screen(ToneCurve, Chromaticities)
    /// Nothing that can be followed, and why.
    case unusable(String)

    /// The way to sRGB; nil where samples are that already. What cannot be followed is said.
    ///
    /// - Parameter name: the file's.
    func transform(name: String) -> ColorTransform? {
        switch self {
        case .unusable(let reason): Self.ignore(reason, name: name)
        case .screen(let curve, let primaries):
            if let transform = ColorTransform(curve, primaries) { return transform.changesNothing ? nil : transform }
            Self.ignore("its primary colours make no sense", name: name)
        case .profile(let bytes):
            do throws(ColorTransform.Failure) {
                let transform = try ColorTransform(profile: bytes)
                return transform.changesNothing ? nil : transform
            } catch {
                Self.ignore("its colour profile cannot be used (\(error.reason))", name: name)
            }
        }
        return nil
    }

    /// Says that colours are not converted.
    static func ignore(_ reason: String, name: String) {
        Remark.make("\(name == "-" ? "standard input" : FileName.shown(name)): \(reason); its colours are taken as sRGB")
    }
}

extension Picture {
    /// The picture in sRGB.
    ///
    /// - Parameters:
    ///   - tag: what the file says of the samples; nil for sRGB.
    ///   - name: the file's, for a remark.
    func inSRGB(from tag: ColorTag?, name: String) -> Picture {
        guard let tag, let transform = tag.transform(name: name) else { return self }
        if transform.channels != 3, transform.channels != 1 || !isGrey {
            ColorTag.ignore("its colour profile cannot be used (it is for \(transform.channels == 1 ? "grey" : "inks"))", name: name)
            return self
        }
        let samples: Samples =
            switch samples {
            case .eight(let values): .eight(transform.rgb(of: values, stride: channels, hasAlpha: hasAlpha))
            case .sixteen(let values): .sixteen(transform.rgb(of: values, stride: channels, hasAlpha: hasAlpha))
            }
        return Picture(width: width, height: height, hasAlpha: hasAlpha, samples: samples)
    }

    /// Whether every pixel is grey.
    private var isGrey: Bool {
        func check<S: Sample>(_ values: [S]) -> Bool {
            for start in Swift.stride(from: 0, to: values.count, by: channels) {
                let red = values[start]
                if red != values[start + 1] || red != values[start + 2] { return false }
            }
            return true
        }
        return switch samples {
        case .eight(let values): check(values)
        case .sixteen(let values): check(values)
        }
    }
}

extension ColorTransform {
    /// sRGB of many pixels.
    ///
    /// - Parameters:
    ///   - samples: `[pixels, stride]`, the transform's channels first; alpha is the last.
    ///   - isInverted: the samples are light where the profile wants ink.
    /// - Returns: `[pixels, 3]`, or 4 with alpha.
    func rgb<S: Sample>(of samples: [S], stride: Int, hasAlpha: Bool = false, isInverted: Bool = false) -> [S] {
        let pixels = samples.count / stride, stored = hasAlpha ? 4 : 3
        let color = pixelFunction(S.self, pixels: pixels, isInverted: isInverted)
        return [S](unsafeUninitializedCapacity: pixels * stored) { result, count in
            samples.withUnsafeBufferPointer { samples in
                var last = SIMD4<Int>(repeating: -1), rgb = SIMD3<Float>.zero
                for pixel in 0..<pixels {
                    let start = pixel * stride
                    var own = SIMD4<Int>.zero
                    for channel in 0..<channels { own[channel] = Int(samples[start + channel]) }
                    if own != last { (last, rgb) = (own, color(own)) }
                    for channel in 0..<3 { result[pixel * stored + channel] = S(unit: rgb[channel]) }
                    if hasAlpha { result[pixel * stored + 3] = samples[start + stride - 1] }
                }
            }
            count = pixels * stored
        }
    }

    /// The quickest function for so many pixels: by tables for a screen, else by a lattice, whose points each cost what a pixel does.
    private func pixelFunction<S: Sample>(_ type: S.Type, pixels: Int, isInverted: Bool) -> (SIMD4<Int>) -> SIMD3<Float> {
        let largest = Int(S.max)
        if let (curves, matrix) = screen {
            let light = curves.map { curve in (0...largest).map { curve(Double($0) / Double(largest)) } }
            return { sample in
                let color = matrix(SIMD3(light[0][sample.x], light[1][sample.y], light[2][sample.z]))
                return SIMD3(SRGBTable.encoded(color.x), SRGBTable.encoded(color.y), SRGBTable.encoded(color.z))
            }
        }
        func exact(_ samples: [Double]) -> SIMD3<Float> { SIMD3<Float>(self(isInverted ? samples.map { 1 - $0 } : samples)) }
        let side = [1: 1 + largest, 3: 33, 4: 17][channels]!
        let points = (0..<channels).reduce(1) { count, _ in count * side }
        if pixels > points {
            let lattice = ColorLattice(sides: Array(repeating: side, count: channels), exact)
            return { lattice(SIMD4<Float>($0) / Float(largest)) }
        }
        return { [channels] sample in exact((0..<channels).map { Double(sample[$0]) / Double(largest) }) }
    }
}

/// sRGB of light, from a table with straight lines between.
private enum SRGBTable {
    private static let last = 1 << 16
    private static let values = (0...last).map { Float(ColorTransform.encoded(Double($0) / Double(last))) }

    static func encoded(_ light: Double) -> Float {
        let place = light > 0 ? min(light, 1) * Double(last) : 0
        let index = min(Int(place), last - 1)
        return values[index] + Float(place - Double(index)) * (values[index + 1] - values[index])
    }
}
