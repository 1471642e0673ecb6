import Networks

/// Reads lists of transforms such as "pad(12) jitter(8) scale(0.9...1.1) rotate(-10...10) noise(0.02) flip".
extension TransformChain {
    /// Reads a list of transforms and of names of sets, or "none".
    public init(parsing text: String) throws(TransformError) {
        if text == "none" || text.isEmpty {
            self.init([])
            return
        }
        var transforms: [any Transform] = []
        var rest = Substring(Self.expanded(text, size: nil))
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            var argument: Substring = ""
            if rest.first == "(" {
                guard let close = rest.firstIndex(of: ")") else {
                    throw TransformError("\"\(shown(String(name)))(\" has no closing parenthesis")
                }
                argument = rest[rest.index(after: rest.startIndex)..<close]
                rest = rest[rest.index(after: close)...]
            }
            guard let type = Self.types.first(where: { $0.name == name }) else {
                throw Self.unknownTransform(name.isEmpty ? rest.prefix(10) : name)
            }
            transforms.append(try type.init(TransformArgument(name: type.name, text: String(argument))))
        }
        self.init(transforms)
    }

    private static func unknownTransform(_ name: some StringProtocol) -> TransformError {
        let usages = types.map { $0.usage }.joined(separator: ", ")
        let sets = sets.map(\.name).joined(separator: ", ")
        return TransformError("there is no transform \"\(shown(String(name)))\"; there are \(usages), the sets \(sets) and xplique, and none")
    }
}

/// The text in parentheses after a transform's name, which may be empty.
public struct TransformArgument: Sendable {
    /// The transform's name, for messages.
    let name: String
    /// As it was written.
    public let text: String

    /// The parts between commas.
    public var parts: [TransformArgument] { text.split(separator: ",").map { TransformArgument(name: name, text: $0.trimmed) } }

    /// A number of pixels, 0 to 100000.
    public func pixels() throws(TransformError) -> Int {
        guard let value = Int(text.filter { $0 != " " }), (0...100_000).contains(value) else {
            throw TransformError("\(name) takes a number of pixels, not \"\(shown(text))\"")
        }
        return value
    }

    /// A number within bounds.
    ///
    /// - Parameter subject: for messages, instead of the transform's name.
    public func number(_ subject: String? = nil, in range: ClosedRange<Float>) throws(TransformError) -> Float {
        guard let value = Float(text.filter { $0 != " " }), range.contains(value) else {
            throw TransformError(
                "\(subject ?? name) takes a number from \(plain(range.lowerBound)) to \(plain(range.upperBound)), not \"\(shown(text))\"")
        }
        return value
    }

    /// Values to choose from, all of which must be valid.
    ///
    /// - Parameter rule: the valid values in words: "factors above 0 and at most 16".
    public func choice(_ rule: String, where isValid: (Float) -> Bool) throws(TransformError) -> Choice {
        let choice = try Choice(parsing: text)
        guard isValid(choice.smallest), isValid(choice.largest) else { throw TransformError("\(name) takes \(rule)") }
        return choice
    }

    /// Throws unless there are no parentheses or nothing in them.
    public func none() throws(TransformError) {
        guard text.isEmpty else { throw TransformError("\(name) takes nothing") }
    }
}

/// Transforms that cannot be read.
public struct TransformError: Error, CustomStringConvertible, Equatable {
    /// Why not.
    public let reason: String
    init(_ reason: String) { self.reason = reason }
    public var description: String { reason }
}
