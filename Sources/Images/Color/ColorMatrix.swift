/// A matrix of three rows, for colours in three coordinates.
struct ColorMatrix: Sendable, Equatable {
    var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    init(_ first: SIMD3<Double>, _ second: SIMD3<Double>, _ third: SIMD3<Double>) { rows = (first, second, third) }

    /// From its columns.
    init(columns x: SIMD3<Double>, _ y: SIMD3<Double>, _ z: SIMD3<Double>) {
        self.init(SIMD3(x.x, y.x, z.x), SIMD3(x.y, y.y, z.y), SIMD3(x.z, y.z, z.z))
    }

    static let identity = ColorMatrix(SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))

    static func == (left: Self, right: Self) -> Bool { left.rows == right.rows }

    private static func diagonal(_ values: SIMD3<Double>) -> ColorMatrix {
        ColorMatrix(SIMD3(values.x, 0, 0), SIMD3(0, values.y, 0), SIMD3(0, 0, values.z))
    }

    func callAsFunction(_ v: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3((rows.0 * v).sum(), (rows.1 * v).sum(), (rows.2 * v).sum())
    }

    static func * (left: ColorMatrix, right: ColorMatrix) -> ColorMatrix {
        func column(_ index: Int) -> SIMD3<Double> { left(SIMD3(right.rows.0[index], right.rows.1[index], right.rows.2[index])) }
        return ColorMatrix(columns: column(0), column(1), column(2))
    }

    /// By Cramer's rule; nil where there is none.
    var inverse: ColorMatrix? {
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        }
        let determinant = (rows.0 * cross(rows.1, rows.2)).sum()
        guard determinant.isFinite, abs(determinant) > 1e-9 else { return nil }
        return ColorMatrix(
            columns: cross(rows.1, rows.2) / determinant, cross(rows.2, rows.0) / determinant, cross(rows.0, rows.1) / determinant)
    }

    /// The white of ICC's profile connection space, D50.
    static let d50 = SIMD3(0.9642, 1, 0.8249)

    /// Bradford's cone responses, in which whites are adapted (ICC.1:2022, annex E).
    private static let bradford = ColorMatrix(
        SIMD3(0.8951, 0.2664, -0.1614), SIMD3(-0.7502, 1.7135, 0.0367), SIMD3(0.0389, -0.0685, 1.0296))

    /// From linear red, green and blue to XYZ, the white being D50; nil for chromaticities of which none can be made.
    init?(_ primaries: Chromaticities) {
        func xyz(_ point: SIMD2<Double>) -> SIMD3<Double> { SIMD3(point.x / point.y, 1, (1 - point.x - point.y) / point.y) }
        let white = xyz(primaries.white)
        let columns = ColorMatrix(columns: xyz(primaries.red), xyz(primaries.green), xyz(primaries.blue))
        guard let inverse = columns.inverse, let back = Self.bradford.inverse else { return nil }
        let adaptation = back * Self.diagonal(Self.bradford(Self.d50) / Self.bradford(white)) * Self.bradford
        self = adaptation * columns * Self.diagonal(inverse(white))
        guard [rows.0, rows.1, rows.2].allSatisfy({ ($0.x + $0.y + $0.z).isFinite }) else { return nil }
    }

    /// From XYZ, with the white D50, to linear sRGB.
    static let toSRGB = ColorMatrix(Chromaticities.sRGB)!.inverse!
}

/// The colours of a screen's lights and of its white, in CIE's x and y.
struct Chromaticities: Sendable, Equatable {
    var red, green, blue, white: SIMD2<Double>

    private static let d65 = SIMD2(0.3127, 0.3290)
    /// Those of ITU-R BT.709 too.
    static let sRGB = Self(red: SIMD2(0.64, 0.33), green: SIMD2(0.30, 0.60), blue: SIMD2(0.15, 0.06), white: d65)
    static let displayP3 = Self(red: SIMD2(0.68, 0.32), green: SIMD2(0.265, 0.69), blue: SIMD2(0.15, 0.06), white: d65)
    /// ITU-R BT.2020.
    static let rec2020 = Self(red: SIMD2(0.708, 0.292), green: SIMD2(0.170, 0.797), blue: SIMD2(0.131, 0.046), white: d65)
}
