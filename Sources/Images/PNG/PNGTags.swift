import CZlib

extension PNG {
    /// A PNG's colours and orientation by its chunks. By the PNG specification's order: cICP, sRGB, iCCP, gAMA with
    /// cHRM; chunks with a wrong checksum are passed over. sRGB is put before iCCP, for a file with both means sRGB.
    static func tags(in bytes: [UInt8]) -> PictureTags {
        let chunks = chunks(in: bytes, named: ["cICP", "sRGB", "iCCP", "gAMA", "cHRM", "eXIf"])
        var tags = PictureTags()
        if let exif = chunks["eXIf"] { tags.read(exif: exif.bytes) }
        if let points = chunks["cICP"], let color = codePoints(points) {
            tags.colors = color
        } else if chunks["sRGB"] != nil {
            tags.colors = nil
        } else if let chunk = chunks["iCCP"] {
            tags.colors = profile(chunk).map { .profile($0) } ?? .unusable("its colour profile is damaged")
        } else if chunks["gAMA"] != nil || chunks["cHRM"] != nil {
            tags.colors = screen(gamma: chunks["gAMA"], chromaticities: chunks["cHRM"])
        }
        return tags
    }

    /// Whether the file is an animated PNG of more than one frame.
    public static func isAnimated(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: signature) && chunks(in: bytes, named: ["acTL"])["acTL"]?.long(0).map { $0 > 1 } ?? false
    }

    /// The first chunk of each name whose checksum is right.
    private static func chunks(in bytes: [UInt8], named names: Set<String>) -> [String: BigEndianReader] {
        let file = BigEndianReader(bytes)
        var (place, found) = (signature.count, [String: BigEndianReader]())
        while let length = file.long(place), let name = file.name(place + 4), let data = file.slice(place + 8, length) {
            if names.contains(name), found[name] == nil, let sum = file.long(place + 8 + length),
                let summed = file.slice(place + 4, length + 4)?.bytes, Array(summed).withUnsafeBufferPointer({
                    Int(crc32(0, $0.baseAddress, UInt32($0.count)))
                }) == sum
            {
                found[name] = data
            }
            place += 12 + length
        }
        return found
    }

    /// More than any profile: those of printers have about two.
    private static let mostProfileBytes = 16 << 20

    /// iCCP: a name that ends with 0, the method 0, and the profile, deflated.
    private static func profile(_ chunk: BigEndianReader) -> [UInt8]? {
        guard let end = chunk.bytes.firstIndex(of: 0), let packed = chunk.tail(end - chunk.bytes.startIndex + 2)?.bytes else { return nil }
        var size = 1 << 16
        while size <= mostProfileBytes {
            var (status, length) = (Z_OK, uLong(size))
            let profile = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                status = Array(packed).withUnsafeBufferPointer {
                    uncompress(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count))
                }
                count = status == Z_OK ? Int(length) : 0
            }
            if status == Z_OK { return profile }
            if status != Z_BUF_ERROR { return nil }
            size *= 4
        }
        return nil
    }

    /// gAMA and cHRM: 100000ths. A gamma of 1/2.2 is what programs write that mean sRGB.
    private static func screen(gamma: BigEndianReader?, chromaticities: BigEndianReader?) -> ColorTag? {
        var (curve, primaries) = (ToneCurve.sRGB, Chromaticities.sRGB)
        if let value = gamma?.long(0), abs(value - 45455) > 500 {
            guard (1000...1_000_000).contains(value) else { return .unusable("its gamma of \(value)/100000 makes no sense") }
            curve = .power(100_000 / Double(value))
        }
        if let chromaticities {
            let values = (0..<8).compactMap { chromaticities.long(4 * $0).map { Double($0) / 100_000 } }
            guard values.count == 8 else { return .unusable("its primary colours make no sense") }
            primaries = Chromaticities(
                red: SIMD2(values[2], values[3]), green: SIMD2(values[4], values[5]), blue: SIMD2(values[6], values[7]),
                white: SIMD2(values[0], values[1]))
        }
        return .screen(curve, primaries)
    }

    /// cICP: primaries, curve, matrix and range by ITU-T H.273; of RGB samples in their full range.
    private static func codePoints(_ chunk: BigEndianReader) -> ColorTag? {
        guard let primaries = chunk.byte(0), let curve = chunk.byte(1), let matrix = chunk.byte(2), let range = chunk.byte(3) else { return nil }
        guard matrix == 0, range == 1 else { return .unusable("its colours (cICP) are no RGB in full range") }
        return ColorTag(primaries: primaries, curve: curve)
    }
}

extension ColorTag {
    /// From the numbers of ITU-T H.273; nil where both are "unspecified". The curves of cameras (BT.709 and its kin) stand for
    /// sRGB's, as on every screen and in the frames of films.
    init?(primaries: Int, curve: Int) {
        if primaries == 2, curve == 2 { return nil }
        let lights: [Int: Chromaticities] = [1: .sRGB, 2: .sRGB, 9: .rec2020, 12: .displayP3]
        let curves: [Int: ToneCurve] = [
            1: .sRGB, 2: .sRGB, 4: .power(2.2), 5: .power(2.8), 6: .sRGB, 8: .power(1), 13: .sRGB, 14: .sRGB, 15: .sRGB,
        ]
        let name = [16: "PQ", 18: "HLG"][curve].map { " (HDR, \($0))" } ?? ""
        guard let light = lights[primaries], let curve = curves[curve] else {
            self = .unusable("its colours\(name) cannot be converted")
            return
        }
        self = .screen(curve, light)
    }
}
