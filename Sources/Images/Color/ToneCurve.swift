#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A function from a sample in 0…1 to light in 0…1.
enum ToneCurve: Sendable, Equatable {
    case power(Double)
    /// (a x + b)^g + e where x ≥ d, else c x + f.
    case parametric(g: Double, a: Double, b: Double, c: Double, d: Double, e: Double, f: Double)
    /// Equally spaced from 0 to 1, at least two, with straight lines between.
    case points([Double])

    /// IEC 61966-2-1.
    static let sRGB = parametric(g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045, e: 0, f: 0)

    func callAsFunction(_ x: Double) -> Double {
        let value: Double
        switch self {
        case .power(let gamma): value = gamma == 1 ? x : pow(x, gamma)
        case .parametric(let g, let a, let b, let c, let d, let e, let f):
            value = x >= d ? pow(max(a * x + b, 0), g) + e : c * x + f
        case .points(let points):
            let place = min(max(x, 0), 1) * Double(points.count - 1)
            let index = min(Int(place), points.count - 2)
            value = points[index] + (place - Double(index)) * (points[index + 1] - points[index])
        }
        return min(max(value, 0), 1)
    }

    /// A tag of type curveType or parametricCurveType (ICC.1:2022, 10.6 and 10.18), and how many bytes it takes.
    static func read(_ tag: BigEndianReader) -> (curve: ToneCurve, length: Int)? {
        switch tag.name(0) {
        case "curv":
            guard let count = tag.long(8), let values = tag.slice(12, 2 * count) else { return nil }
            let points = (0..<count).map { Double(values.word(2 * $0) ?? 0) }
            return switch count {
            case 0: (.power(1), 12)
            case 1: (.power(points[0] / 256), 14)
            default: (.points(points.map { $0 / 65535 }), 12 + 2 * count)
            }
        case "para":
            // The numbers of each type of function; those that it lacks are 0.
            let places = [["g"], ["g", "a", "b"], ["g", "a", "b", "e"], ["g", "a", "b", "c", "d"], ["g", "a", "b", "c", "d", "e", "f"]]
            guard let type = tag.word(8), places.indices.contains(type) else { return nil }
            var numbers: [String: Double] = [:]
            for (index, name) in places[type].enumerated() { numbers[name] = tag.fixed(12 + 4 * index) }
            guard numbers.count == places[type].count, let g = numbers["g"] else { return nil }
            func value(_ name: String) -> Double { numbers[name] ?? 0 }
            let length = 12 + 4 * numbers.count
            switch type {
            case 0: return (.power(g), length)
            case 1, 2:
                // Below −b/a the curve is flat, at e.
                guard value("a") != 0 else { return nil }
                let start = -value("b") / value("a"), offset = value("e")
                return (.parametric(g: g, a: value("a"), b: value("b"), c: 0, d: start, e: offset, f: offset), length)
            default:
                return (
                    .parametric(
                        g: g, a: value("a"), b: value("b"), c: value("c"), d: value("d"), e: value("e"), f: value("f")), length
                )
            }
        default: return nil
        }
    }
}
