#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The way from a file's samples to sRGB: relative colorimetric, so that white stays white, and what sRGB cannot show is cut off.
struct ColorTransform: Sendable {
    private enum Method: Sendable {
        /// A screen's: a curve for each sample and the matrix of its lights, to XYZ; of one curve for grey.
        case screen([ToneCurve], toXYZ: ColorMatrix)
        /// A printer's or a scanner's.
        case table(ProfileTable, isLab: Bool)
    }

    /// Samples of a pixel: 1 for grey, 3 for red, green and blue, 4 for inks.
    let channels: Int
    private let method: Method

    /// Red, green and blue of a screen.
    init?(_ curve: ToneCurve, _ primaries: Chromaticities) {
        guard let matrix = ColorMatrix(primaries) else { return nil }
        (channels, method) = (3, .screen([curve, curve, curve], toXYZ: matrix))
    }

    /// Why a profile cannot be used.
    struct Failure: Error {
        let reason: String
    }

    /// Reads an ICC profile, of version 2 or 4: of its tables that for colorimetric rendering, or else its curves and matrix.
    init(profile bytes: [UInt8]) throws(Failure) {
        let profile = BigEndianReader(bytes)
        guard profile.name(36) == "acsp", let count = profile.long(128), let space = profile.name(16), let connection = profile.name(20)
        else { throw Failure(reason: "it is no ICC profile") }
        guard let channels = ["GRAY": 1, "RGB ": 3, "CMYK": 4][space], ["XYZ ", "Lab "].contains(connection),
            ["scnr", "mntr", "prtr", "spac"].contains(profile.name(12))
        else { throw Failure(reason: "it is for another kind of colours") }
        var tags: [String: BigEndianReader] = [:]
        for index in 0..<min(count, 1000) {
            let entry = 132 + 12 * index
            guard let name = profile.name(entry), let start = profile.long(entry + 4), let length = profile.long(entry + 8),
                let tag = profile.slice(start, length)
            else { throw Failure(reason: "it is cut off") }
            tags[name] = tag
        }
        self.channels = channels
        if let tag = tags["A2B1"] ?? tags["A2B0"] {
            guard let table = ProfileTable(tag, channels: channels) else { throw Failure(reason: "its table is damaged") }
            method = .table(table, isLab: connection == "Lab ")
            return
        }
        func curve(_ name: String) -> ToneCurve? { tags[name].flatMap { ToneCurve.read($0)?.curve } }
        func light(_ name: String) -> SIMD3<Double>? {
            guard let tag = tags[name], let x = tag.fixed(8), let y = tag.fixed(12), let z = tag.fixed(16) else { return nil }
            return SIMD3(x, y, z)
        }
        if channels == 1, let grey = curve("kTRC") {
            method = .screen([grey], toXYZ: .identity)
        } else if channels == 3, let red = curve("rTRC"), let green = curve("gTRC"), let blue = curve("bTRC"),
            let x = light("rXYZ"), let y = light("gXYZ"), let z = light("bXYZ")
        {
            method = .screen([red, green, blue], toXYZ: ColorMatrix(columns: x, y, z))
        } else {
            throw Failure(reason: "it lacks what it must have")
        }
    }

    /// sRGB in 0…1, of samples in 0…1.
    func callAsFunction(_ samples: [Double]) -> SIMD3<Double> {
        switch method {
        case .screen(let curves, let toXYZ):
            if channels == 1 { return SIMD3(repeating: Self.encoded(curves[0](samples[0]))) }
            let light = SIMD3(curves[0](samples[0]), curves[1](samples[1]), curves[2](samples[2]))
            return Self.sRGB(ofXYZ: toXYZ(light))
        case .table(let table, let isLab):
            let value = table(samples)
            guard isLab else { return Self.sRGB(ofXYZ: value * (65535.0 / 32768)) }
            let old = 65535.0 / 65280
            let scale = table.hasOldLab ? SIMD3(100 * old, 255 * old, 255 * old) : SIMD3(100, 255, 255)
            return Self.sRGB(ofLab: value * scale - SIMD3(0, 128, 128))
        }
    }

    /// The curves and the matrix from linear samples to linear sRGB, where nothing else lies between.
    var screen: (curves: [ToneCurve], matrix: ColorMatrix)? {
        guard case .screen(let curves, let toXYZ) = method, channels == 3 else { return nil }
        return (curves, ColorMatrix.toSRGB * toXYZ)
    }

    /// Whether the samples are sRGB as they are, within the little by which sRGB's many profiles differ.
    var changesNothing: Bool {
        let most = 2.0 / 255
        func isKept(_ color: SIMD3<Double>) -> Bool {
            let change = self(channels == 1 ? [color.x] : [color.x, color.y, color.z]) - color
            return max(abs(change.x), abs(change.y), abs(change.z)) <= most
        }
        guard channels < 4, (0...32).allSatisfy({ isKept(SIMD3(repeating: Double($0) / 32)) }) else { return false }
        let side = 9
        return channels == 1 || (0..<side * side * side).allSatisfy {
            isKept(SIMD3(Double($0 % side), Double($0 / side % side), Double($0 / side / side)) / Double(side - 1))
        }
    }

    // MARK: - sRGB

    private static func sRGB(ofXYZ color: SIMD3<Double>) -> SIMD3<Double> {
        let light = ColorMatrix.toSRGB(color)
        return SIMD3(encoded(light.x), encoded(light.y), encoded(light.z))
    }

    /// L*, a* and b*, the white being D50.
    private static func sRGB(ofLab color: SIMD3<Double>) -> SIMD3<Double> {
        let y = (color.x + 16) / 116
        func cubed(_ root: Double) -> Double { root > 6.0 / 29 ? root * root * root : (116 * root - 16) * 27 / 24389 }
        return sRGB(ofXYZ: ColorMatrix.d50 * SIMD3(cubed(y + color.y / 500), cubed(y), cubed(y - color.z / 200)))
    }

    /// IEC 61966-2-1.
    static func encoded(_ light: Double) -> Double {
        let light = light > 0 ? min(light, 1) : 0  // NaN is 0
        return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
    }
}
