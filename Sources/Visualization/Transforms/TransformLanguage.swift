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
            Noise(deviation: try number(argument, "noise", in: 0...10))
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
        Word(name: "resize", usage: "resize(224), resize(WIDTH, HEIGHT)") { argument throws(TransformError) in
            let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count == 1 || parts.count == 2 else { throw TransformError("resize takes a width and a height") }
            let (width, height) = (try pixels(parts[0], "resize"), try pixels(parts.last!, "resize"))
            guard width > 0, height > 0 else { throw TransformError("resize takes at least one pixel") }
            return Resize(width: width, height: height)
        },
    ]

    /// Reads a list of transforms, "none", or the name of a set.
    public init(parsing text: String) throws(TransformError) {
        switch text {
        case "none", "": self.init([])
        case "lucid": self = .standard
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
                    throw TransformError("there is no transform \"\(what)\"; there are \(usages), the set lucid, and none")
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

    private static func pixels(_ text: some StringProtocol, _ what: String) throws(TransformError) -> Int {
        guard let value = Int(String(text.filter { $0 != " " })), (0...100_000).contains(value) else {
            throw TransformError("\(what) takes a number of pixels, not \"\(text)\"")
        }
        return value
    }
}
