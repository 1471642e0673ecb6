import Tensors

/// The values that a random transform draws from: lists and stepped ranges, each of whose values is equally likely, or one
/// continuous range. Written as `0.9...1.1 by 0.02`, `-10...10 by 1 + 5*0`, `0.9, 1, 1.1`, `0.995^-5...79`
/// (powers) or `0.9...1.1`.
public struct Choice: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case values(Float, times: Int)
        case stepped(ClosedRange<Float>, by: Float)
        case powers(Float, exponents: ClosedRange<Int>, times: Int)
        case continuous(ClosedRange<Float>)
    }

    private let parts: [Part]
    /// Every discrete value; empty for a continuous range.
    package let values: [Float]

    private init(parts: [Part]) {
        self.parts = parts
        values = parts.flatMap { part -> [Float] in
            switch part {
            case .values(let value, let times): return Array(repeating: value, count: times)
            case .stepped(let range, let step):
                // In double precision, so that 0.9 + 5·0.02 is 1 to the last bit of a float.
                let span = Double(range.upperBound) - Double(range.lowerBound)
                let count = Int((span / Double(step) + 1e-4).rounded(.down)) + 1
                return (0..<count).map { index in
                    let value = Double(range.lowerBound) + Double(index) * Double(step)
                    return Float((value * 1e6).rounded() / 1e6)
                }
            case .powers(let base, let exponents, let times):
                return exponents.flatMap { exponent in
                    [Float](repeating: Float(raise(Double(base), to: Double(exponent))), count: times)
                }
            case .continuous: return []
            }
        }
    }

    /// A range with steps, and single values that count `times` times each.
    public init(_ range: ClosedRange<Float>, by step: Float, plus extra: [(times: Int, value: Float)] = []) {
        self.init(parts: [.stepped(range, by: step)] + extra.map { .values($0.value, times: $0.times) })
    }

    /// The smallest value that may be drawn.
    public var smallest: Float { bounds.lowerBound }
    /// The largest value that may be drawn.
    public var largest: Float { bounds.upperBound }

    private var bounds: ClosedRange<Float> {
        if case .continuous(let range)? = parts.first { return range }
        return values.min()!...values.max()!
    }

    func draw(using generator: inout RandomGenerator) -> Float {
        if case .continuous(let range)? = parts.first { return generator.uniform(in: range) }
        return values[generator.integer(below: values.count)]
    }

    package var text: String {
        parts.map { part in
            switch part {
            case .values(let value, 1): Self.number(value)
            case .values(let value, let times): "\(times)*\(Self.number(value))"
            case .stepped(let range, let step):
                "\(Self.number(range.lowerBound))...\(Self.number(range.upperBound)) by \(Self.number(step))"
            case .powers(let base, let exponents, let times):
                (times == 1 ? "" : "\(times)*") + "\(Self.number(base))^\(exponents.lowerBound)...\(exponents.upperBound)"
            case .continuous(let range): "\(Self.number(range.lowerBound))...\(Self.number(range.upperBound))"
            }
        }.joined(separator: " + ")
    }

    /// A number as it can be read again: a plus sign, as in 1e+16, would begin another part.
    private static func number(_ value: Float) -> String { plain(value).replacing("e+", with: "e") }

    /// Reads the text in parentheses after a transform's name.
    package init(parsing text: some StringProtocol) throws(TransformError) {
        var parts: [Part] = []
        for piece in text.split(whereSeparator: { $0 == "," || $0 == "+" }) {
            let words = piece.split(separator: " ")
            guard let first = words.first else { continue }
            if let powers = try Self.powers(words.joined()) {
                parts.append(powers)
            } else if let dots = first.firstRange(of: "...") {
                guard let low = Float(first[..<dots.lowerBound]), let high = Float(first[dots.upperBound...]),
                    low.isFinite, high.isFinite, low <= high
                else { throw TransformError("\"\(first)\" is not a range such as 0.9...1.1") }
                switch words.count {
                case 1: parts.append(.continuous(low...high))
                case 3 where words[1] == "by":
                    guard let step = Float(words[2]), step.isFinite, step > 0, (high - low) / step <= 10_000 else {
                        throw TransformError("\"\(words[2])\" is not a step through \(first)")
                    }
                    parts.append(.stepped(low...high, by: step))
                default: throw TransformError("\"\(piece)\" is not a range such as 0.9...1.1 by 0.02")
                }
            } else {
                let factors = words.joined().split(separator: "*", omittingEmptySubsequences: false)
                guard factors.count <= 2, let value = Float(factors.last!), value.isFinite,
                    let times = factors.count == 2 ? Int(factors[0]) : 1, times > 0, times <= 10_000
                else { throw TransformError("\"\(piece)\" is not a number, a range or 5*0") }
                parts.append(.values(value, times: times))
            }
        }
        guard !parts.isEmpty else { throw TransformError("nothing to choose from") }
        let continuous = parts.filter { if case .continuous = $0 { true } else { false } }
        guard continuous.isEmpty || parts.count == 1 else {
            throw TransformError("a range without steps cannot be mixed with other values; add \"by\"")
        }
        self.init(parts: parts)
    }
}

extension Choice {
    /// Reads "0.995^-5...79" or "2*0.998^20...39"; nil for anything without "^".
    private static func powers(_ text: String) throws(TransformError) -> Part? {
        guard let hat = text.firstIndex(of: "^") else { return nil }
        let factors = text[..<hat].split(separator: "*", omittingEmptySubsequences: false)
        let exponents = text[text.index(after: hat)...].split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
        guard factors.count <= 2, let base = Float(factors.last!), base > 0, base.isFinite,
            let times = factors.count == 2 ? Int(factors[0]) : 1, (1...1000).contains(times), text.contains("..."),
            exponents.count == 2, let low = exponents[0], let high = exponents[1], low <= high,
            (-1000...1000).contains(low), (-1000...1000).contains(high)
        else { throw TransformError("\"\(text)\" is not a list of powers such as 0.995^-5...79") }
        return .powers(base, exponents: low...high, times: times)
    }
}

/// A number without a needless ".0".
func plain(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e7 ? "\(Int(value))" : "\(value)"
}
