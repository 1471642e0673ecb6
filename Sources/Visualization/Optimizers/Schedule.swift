#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How the learning rate changes from step to step, as plans spell it: `constant`, `cosine`, `settle`, `step(100, 0.5)`,
/// `warmup(20)`, or several, whose factors are multiplied: `warmup(20) cosine`.
public struct Schedule: Sendable, CodableByText, Equatable {
    private enum Part: Sendable, Equatable {
        /// The same at every step, as Lucid has it.
        case constant
        /// Half a cosine from the full rate to none (Loshchilov and Hutter 2017, without restarts).
        case cosine
        /// Constant for three quarters of the steps, then half a cosine down, so that the finished picture does not depend
        /// on the last draw of the transforms.
        case settle
        /// Multiplied by `factor` after every `every` steps.
        case step(every: Int, factor: Float)
        /// Rising linearly from 0 over the first steps.
        case warmup(Int)
    }

    private let parts: [Part]

    /// The same at every step.
    public static let constant = Schedule(parts: [.constant])
    /// Half a cosine.
    public static let cosine = Schedule(parts: [.cosine])
    /// Constant, then half a cosine in the last quarter.
    public static let settle = Schedule(parts: [.settle])

    private init(parts: [Part]) { self.parts = parts }

    /// Reads a schedule; nil if the text is none.
    public init?(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text.trimmed)
        while !rest.isEmpty {
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            var numbers: [Float] = []
            if rest.first == "(" {
                guard let close = rest.firstIndex(of: ")") else { return nil }
                let words = rest[rest.index(after: rest.startIndex)..<close].split(separator: ",").map { Float($0.trimmed) }
                guard words.allSatisfy({ $0 != nil && $0!.isFinite && $0! >= 0 && $0! < 1e7 }) else { return nil }
                numbers = words.map { $0! }
                rest = rest[rest.index(after: close)...]
            }
            switch (name, numbers.count) {
            case ("constant", 0): parts.append(.constant)
            case ("cosine", 0): parts.append(.cosine)
            case ("settle", 0): parts.append(.settle)
            case ("step", 2) where numbers[0] >= 1 && numbers[1] <= 10:
                parts.append(.step(every: Int(numbers[0]), factor: numbers[1]))
            case ("warmup", 1) where numbers[0] >= 1: parts.append(.warmup(Int(numbers[0])))
            default: return nil
            }
            rest = rest.drop { $0 == " " }
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    public var description: String {
        parts.map { part in
            switch part {
            case .constant: "constant"
            case .cosine: "cosine"
            case .settle: "settle"
            case .step(let every, let factor): "step(\(every),\(plain(factor)))"
            case .warmup(let steps): "warmup(\(steps))"
            }
        }.joined(separator: " ")
    }

    /// The factor of the learning rate at a step counted from 0.
    public func learningRateFactor(step: Int, of steps: Int) -> Float {
        parts.reduce(1) { factor, part in
            switch part {
            case .constant: factor
            case .cosine: factor * Self.descent(step, of: steps, from: 0)
            case .settle: factor * Self.descent(step, of: steps, from: 0.75)
            case .step(let every, let decay): factor * Float(pow(Double(decay), Double(step / every)))
            case .warmup(let count): factor * min(1, Float(step + 1) / Float(count))
            }
        }
    }

    private static func descent(_ step: Int, of steps: Int, from begin: Double) -> Float {
        let progress = Double(step) / Double(max(steps, 1))
        guard progress > begin else { return 1 }
        return Float(0.5 * (1 + cos(Double.pi * (progress - begin) / (1 - begin))))
    }
}
