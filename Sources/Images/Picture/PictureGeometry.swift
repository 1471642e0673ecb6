// Cropping, turning and enlarging by whole numbers: pixels change places and keep their values.

extension Picture {
    /// The middle of the picture. A side that is asked to be longer than the picture's stays as it is. An odd remainder is
    /// split as torchvision's CenterCrop splits it.
    public func croppedToCentre(width: Int, height: Int) -> Picture {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        let newWidth = min(width, self.width), newHeight = min(height, self.height)
        guard (newWidth, newHeight) != (self.width, self.height) else { return self }
        let left = Self.margin(of: self.width - newWidth), top = Self.margin(of: self.height - newHeight)
        return cropped(left: left, top: top, width: newWidth, height: newHeight)
    }

    /// A part of the picture, which must lie in it.
    package func cropped(left: Int, top: Int, width: Int, height: Int) -> Picture {
        precondition(left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height)
        return rearranged(width: width, height: height) { x, y in (left + x, top + y) }
    }

    /// The part of what is cut off that lies on the left, or above.
    package static func margin(of excess: Int) -> Int { Int((Double(excess) / 2).rounded(.toNearestOrEven)) }

    /// Every pixel as a square of so many pixels a side.
    package func enlarged(times factor: Int) -> Picture {
        precondition(factor > 0, "a picture has at least one pixel")
        return factor == 1 ? self : rearranged(width: width * factor, height: height * factor) { x, y in (x / factor, y / factor) }
    }

    /// The picture turned upright, for the orientation that EXIF calls 1 (upright) to 8; any other value changes nothing.
    func upright(from orientation: Int) -> Picture {
        let right = width - 1, bottom = height - 1
        return switch orientation {
        case 2: rearranged(width: width, height: height) { x, y in (right - x, y) }
        case 3: rearranged(width: width, height: height) { x, y in (right - x, bottom - y) }
        case 4: rearranged(width: width, height: height) { x, y in (x, bottom - y) }
        case 5: rearranged(width: height, height: width) { x, y in (y, x) }
        case 6: rearranged(width: height, height: width) { x, y in (y, bottom - x) }
        case 7: rearranged(width: height, height: width) { x, y in (right - y, bottom - x) }
        case 8: rearranged(width: height, height: width) { x, y in (right - y, x) }
        default: self
        }
    }

    /// A picture whose pixel (x, y) is this one's pixel `source(x, y)`.
    @inline(__always)
    private func rearranged(width: Int, height: Int, source: (Int, Int) -> (x: Int, y: Int)) -> Picture {
        @inline(__always)
        func gather<S: Sample>(_ old: [S]) -> [S] {
            [S](unsafeUninitializedCapacity: width * height * channels) { new, count in
                var next = 0
                for y in 0..<height {
                    for x in 0..<width {
                        let pixel = source(x, y)
                        let start = (pixel.y * self.width + pixel.x) * channels
                        for channel in 0..<channels { new[next + channel] = old[start + channel] }
                        next += channels
                    }
                }
                count = next
            }
        }
        let samples: Samples =
            switch samples {
            case .eight(let values): .eight(gather(values))
            case .sixteen(let values): .sixteen(gather(values))
            }
        return Picture(width: width, height: height, hasAlpha: hasAlpha, samples: samples)
    }
}
