/// The transforms by name, for `--transforms "pad(12) jitter(8) scale(0.9...1.1) rotate(-10...10) noise(0.02) flip"`.
extension TransformChain {
    /// One transform of the language: how it is written and how it is made of its argument.
    struct Word: Sendable {
        let name: String
        let usage: String
        let make: @Sendable (_ argument: String) throws(TransformError) -> any Transform
    }

    static let words: [Word] = [
        Word(name: "pad", usage: "pad(12), pad(12, 0)") { argument throws(TransformError) in
            let parts = argument.split(separator: ",")
            let value = parts.count == 2 ? try number(parts[1], "pad's value", in: -10...10) : 0.5
            guard parts.count == 1 || parts.count == 2 else { throw TransformError("pad takes pixels and a value") }
            return Pad(pixels: try pixels(parts[0], "pad"), value: value)
        },
        Word(name: "jitter", usage: "jitter(8)") { argument throws(TransformError) in
            Jitter(pixels: try pixels(argument, "jitter"))
        },
        Word(name: "scale", usage: "scale(0.9...1.1 by 0.02)") { argument throws(TransformError) in
            let factors = try Choice(parsing: argument)
            guard factors.smallest > 0, factors.largest <= 16 else {
                throw TransformError("scale takes factors above 0 and at most 16")
            }
            return Scale(factors: factors)
        },
        Word(name: "rotate", usage: "rotate(-10...10 by 1 + 5*0)") { argument throws(TransformError) in
            let degrees = try Choice(parsing: argument)
            guard degrees.smallest >= -360, degrees.largest <= 360 else {
                throw TransformError("rotate takes degrees from -360 to 360")
            }
            return Rotate(degrees: degrees)
        },
        Word(name: "noise", usage: "noise(0.02)") { argument throws(TransformError) in
            Noise(try number(argument, "noise", in: 0...10))
        },
        Word(name: "uniform_noise", usage: "uniform_noise(0.04)") { argument throws(TransformError) in
            Noise(try number(argument, "uniform_noise", in: 0...10), .uniform)
        },
        Word(name: "colour_jitter", usage: "colour_jitter(1)") { argument throws(TransformError) in
            ColourJitter(amount: try number(argument, "colour_jitter", in: 0...10))
        },
        Word(name: "blur", usage: "blur(1...1.1)") { argument throws(TransformError) in
            let deviations = try Choice(parsing: argument)
            guard deviations.smallest >= 0, deviations.largest <= 100 else {
                throw TransformError("blur takes deviations from 0 to 100 pixels")
            }
            return Blur(deviations: deviations)
        },
        Word(name: "translate", usage: "translate(8)") { argument throws(TransformError) in
            Translate(pixels: try pixels(argument, "translate"))
        },
        Word(name: "roll", usage: "roll(32)") { argument throws(TransformError) in
            Roll(pixels: try pixels(argument, "roll"))
        },
        Word(name: "random_crop", usage: "random_crop(0.5...0.05), random_crop(0.2...0.25, uniform)") {
            argument throws(TransformError) in try randomCrop(argument)
        },
        Word(name: "resize", usage: "resize(224), resize(320x240)") { argument throws(TransformError) in
            let sides = argument.split(separator: "x", omittingEmptySubsequences: false)
            let width = try pixels(sides.first ?? "", "resize")
            let height = try pixels(sides.last ?? "", "resize")
            guard sides.count <= 2, width > 0, height > 0 else { throw TransformError("resize takes 224 or 320x240, not \"\(argument)\"") }
            return Resize(width: width, height: height)
        },
        Word(name: "at_least", usage: "at_least(224)") { argument throws(TransformError) in
            AtLeast(pixels: try pixels(argument, "at_least"))
        },
        Word(name: "backdrop", usage: "backdrop") { argument throws(TransformError) in
            guard argument.isEmpty else { throw TransformError("backdrop takes nothing") }
            return Backdrop()
        },
        Word(name: "flip", usage: "flip") { argument throws(TransformError) in
            guard argument.isEmpty else { throw TransformError("flip takes nothing") }
            return Flip()
        },
        Word(name: "crop", usage: "crop(224)") { argument throws(TransformError) in
            let side = try pixels(argument, "crop")
            guard side > 0 else { throw TransformError("crop takes at least one pixel") }
            return Crop(pixels: side)
        },
    ]

    /// Reads a list of transforms, "none", or the name of a set.
    public init(parsing text: String) throws(TransformError) {
        switch text {
        case "none", "": self.init([])
        case let name where Self.sets.contains { $0.name == name }: try self.init(parsing: Self.expanded(name, size: 0))
        default:
            var transforms: [any Transform] = []
            var rest = Substring(text)
            while true {
                rest = rest.drop { $0 == " " }
                if rest.isEmpty { break }
                let name = rest.prefix { $0.isLetter || $0 == "_" }
                rest = rest.dropFirst(name.count).drop { $0 == " " }
                var argument: Substring = ""
                if rest.first == "(" {
                    guard let close = rest.firstIndex(of: ")") else {
                        throw TransformError("\"\(name)(\" has no closing parenthesis")
                    }
                    argument = rest[rest.index(after: rest.startIndex)..<close]
                    rest = rest[rest.index(after: close)...]
                }
                guard let word = Self.words.first(where: { $0.name == name }) else {
                    let usages = Self.words.map(\.usage).joined(separator: ", ")
                    let what = name.isEmpty ? String(rest.prefix(10)) : String(name)
                    throw TransformError("there is no transform \"\(what)\"; there are \(usages), the sets \(Self.sets.map(\.name).joined(separator: ", ")) and xplique, and none")
                }
                transforms.append(try word.make(String(argument)))
            }
            self.init(transforms)
        }
    }

    private static func number(_ text: some StringProtocol, _ what: String, in range: ClosedRange<Float>)
        throws(TransformError) -> Float
    {
        guard let value = Float(String(text.filter { $0 != " " })), range.contains(value) else {
            throw TransformError("\(what) takes a number from \(plain(range.lowerBound)) to \(plain(range.upperBound)), not \"\(text)\"")
        }
        return value
    }

    private static func randomCrop(_ argument: String) throws(TransformError) -> RandomCrop {
        let parts = argument.split(separator: ",").map(\.trimmed)
        let dots = parts.first?.firstRange(of: "...")
        guard let dots, let text = parts.first, let first = Float(text[..<dots.lowerBound]),
            let last = Float(text[dots.upperBound...]), (0.01...1).contains(first), (0.01...1).contains(last),
            parts.count == 1 || parts.count == 2 && parts[1] == "uniform"
        else { throw TransformError("random_crop takes two shares of the picture such as 0.5...0.05, and perhaps uniform, not \"\(argument)\"") }
        return RandomCrop(from: first, to: last, uniform: parts.count == 2)
    }

    private static func pixels(_ text: some StringProtocol, _ what: String) throws(TransformError) -> Int {
        guard let value = Int(String(text.filter { $0 != " " })), (0...100_000).contains(value) else {
            throw TransformError("\(what) takes a number of pixels, not \"\(text)\"")
        }
        return value
    }
}
