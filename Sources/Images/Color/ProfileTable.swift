/// A profile's table of measured colours, from one to four samples to the profile connection space, both in 0…1: curves, a grid
/// with straight lines between its points, curves, a matrix, curves (ICC.1:2022, 10.10 to 10.12).
struct ProfileTable: Sendable {
    private static let inputs = 1...4

    private var first: [ToneCurve]
    private var grid: ColorLattice?
    private var middle: [ToneCurve] = []
    private var matrix: ColorMatrix?
    private var offset = SIMD3<Double>.zero
    private var last: [ToneCurve] = []
    /// Lab is encoded as profiles of version 2 do it in 16 bits.
    private(set) var hasOldLab = false

    /// - Parameter channels: samples of a pixel.
    init?(_ tag: BigEndianReader, channels: Int) {
        guard Self.inputs.contains(channels), tag.byte(8) == channels, tag.byte(9) == 3 else { return nil }
        first = []
        switch tag.name(0) {
        case "mft1", "mft2": guard readFixed(tag, channels) else { return nil }
        case "mAB ": guard readFree(tag, channels) else { return nil }
        default: return nil
        }
    }

    /// lut8Type and lut16Type. Their matrix is the identity wherever samples are colours of a device.
    private mutating func readFixed(_ tag: BigEndianReader, _ channels: Int) -> Bool {
        let isWide = tag.name(0) == "mft2", width = isWide ? 2 : 1, header = isWide ? 52 : 48
        guard let side = tag.byte(10), side >= 2 else { return false }
        let entries = isWide ? (tag.word(48) ?? 0, tag.word(50) ?? 0) : (256, 256)
        guard entries.0 >= 2, entries.1 >= 2, max(entries.0, entries.1) <= 4096 else { return false }
        func values(_ place: Int, _ count: Int) -> [Double]? {
            guard let slice = tag.slice(place, count * width) else { return nil }
            return (0..<count).map { Double(slice.number($0 * width, width) ?? 0) / (isWide ? 65535 : 255) }
        }
        func curves(_ place: Int, _ count: Int, _ entries: Int) -> [ToneCurve]? {
            values(place, count * entries).map { all in
                (0..<count).map { .points(Array(all[$0 * entries..<($0 + 1) * entries])) }
            }
        }
        let points = (0..<channels).reduce(3) { size, _ in size * side }
        let gridStart = header + channels * entries.0 * width
        guard let before = curves(header, channels, entries.0), let samples = values(gridStart, points),
            let after = curves(gridStart + points * width, 3, entries.1)
        else { return false }
        (first, grid, last) = (before, Self.lattice(Array(repeating: side, count: channels), samples), after)
        hasOldLab = isWide
        return true
    }

    /// lutAToBType, which may lack anything but its last curves.
    private mutating func readFree(_ tag: BigEndianReader, _ channels: Int) -> Bool {
        func curves(_ place: Int, _ count: Int) -> [ToneCurve]? {
            var (curves, place) = ([ToneCurve](), place)
            for _ in 0..<count {
                guard let (curve, length) = tag.tail(place).flatMap({ ToneCurve.read($0) }) else { return nil }
                curves.append(curve)
                place += (length + 3) / 4 * 4
            }
            return curves
        }
        let places = [12, 16, 20, 24, 28].map { tag.long($0) ?? 0 }  // B curves, matrix, M curves, grid, A curves
        guard places[0] > 0, let b = curves(places[0], 3) else { return false }
        last = b
        if places[2] > 0 {
            guard let m = curves(places[2], 3) else { return false }
            middle = m
        }
        if places[1] > 0 {
            let numbers = (0..<12).compactMap { tag.fixed(places[1] + 4 * $0) }
            guard numbers.count == 12 else { return false }
            func row(_ start: Int) -> SIMD3<Double> { SIMD3(numbers[start], numbers[start + 1], numbers[start + 2]) }
            (matrix, offset) = (ColorMatrix(row(0), row(3), row(6)), row(9))
        }
        guard places[3] > 0 else { return channels == 3 && places[4] == 0 }
        guard let a = curves(places[4], channels), let width = tag.byte(places[3] + 16), (1...2).contains(width) else { return false }
        let sides = (0..<channels).map { tag.byte(places[3] + $0) ?? 0 }
        guard sides.allSatisfy({ $0 >= 2 }) else { return false }
        let points = sides.reduce(3) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard points <= tag.count, let values = tag.slice(places[3] + 20, points * width) else { return false }
        grid = Self.lattice(sides, (0..<points).map { Double(values.number($0 * width, width) ?? 0) / (width == 2 ? 65535 : 255) })
        first = a
        return true
    }

    /// - Parameter values: `[sides…, 3]`
    private static func lattice(_ sides: [Int], _ values: [Double]) -> ColorLattice {
        ColorLattice(sides: sides, points: stride(from: 0, to: values.count, by: 3).map {
            SIMD3<Float>(SIMD3(values[$0], values[$0 + 1], values[$0 + 2]))
        })
    }

    func callAsFunction(_ samples: [Double]) -> SIMD3<Double> {
        let curved = first.isEmpty ? samples : zip(first, samples).map { $0($1) }
        var color = SIMD3(curved[0], curved.count > 1 ? curved[1] : 0, curved.count > 2 ? curved[2] : 0)
        if let grid { color = SIMD3<Double>(grid(SIMD4<Float>(SIMD4(color, curved.count > 3 ? curved[3] : 0)))) }
        func through(_ curves: [ToneCurve]) {
            if !curves.isEmpty { color = SIMD3(curves[0](color.x), curves[1](color.y), curves[2](color.z)) }
        }
        through(middle)
        if let matrix { color = matrix(color) + offset }
        through(last)
        return color
    }
}
