import Synchronization

/// The functions of the expression language: one table with which expressions are read, and from which help texts and errors are
/// made.
extension Objective {
    /// A function of the expression language.
    public struct Function: Sendable {
        /// The name in expressions: letters, digits and underscores.
        public let name: String
        /// The call with its arguments, as help shows it.
        public let usage: String
        /// The score, in one line.
        public let help: String
        /// Reads the arguments.
        let make: @Sendable (_ arguments: inout ExpressionArguments) throws(ExpressionError) -> Objective

        /// - Parameter make: reads the arguments, in their order. Arguments that it leaves are an error of the expression.
        public init(
            name: String, usage: String, help: String,
            make: @escaping @Sendable (_ arguments: inout ExpressionArguments) throws(ExpressionError) -> Objective
        ) {
            self.name = name
            self.usage = usage
            self.help = help
            self.make = make
        }
    }

    /// Every function, in the order in which help shows them. Each stands beside its objective.
    public static var functions: [Function] { builtIn + registered.withLock { $0 } }

    private static let builtIn: [Function] = [
        .channel, .channelCosine, .neuron, .layer, .classLogit, .classDirection, .direction, .directionCosine, .directionNeuron,
        .tensorDirection, .caricature, .activationDifference, .activationDistance, .guide, .inputDiff, .diversity, .alignment, .channelInterpolate, .interpolateCosine,
        .picture, .totalVariation, .l1, .l2, .blurInputEachStep, .penalizeBoundaryComplexity, .meanAlpha,
        .blurAlphaEachStep,
    ]

    private static let registered = Mutex<[Function]>([])

    /// Adds a function to the language for the rest of this process: expressions, plans and pictures that are replayed may
    /// then call it. No other function may have its name.
    public static func register(_ function: Function) {
        registered.withLock { registered in
            precondition(!(builtIn + registered).contains { $0.name == function.name }, "two objectives are called \(function.name)")
            registered.append(function)
        }
    }
}

/// The arguments of a function, taken one by one.
public struct ExpressionArguments {
    /// One argument as it was written.
    struct Argument {
        let text: String
        /// The column of its first character in the expression.
        let column: Int
    }

    private var positional: [Argument] = []
    private var named: [(name: String, column: Int, value: Argument)] = []
    /// The names that the function has asked for.
    private var taken: Set<String> = []
    private let usage: String
    private let column: Int
    private let names: ExpressionNames
    private let depth: Int

    /// - Parameter column: where the function's name begins.
    init(_ arguments: [Argument], usage: String, column: Int, _ names: ExpressionNames, depth: Int) {
        self.usage = usage
        self.column = column
        self.names = names
        self.depth = depth
        for argument in arguments {
            let name = argument.text.prefix { $0.isLetter }
            let rest = argument.text.dropFirst(name.count).drop { $0 == " " }
            if !name.isEmpty, rest.first == "=" {
                let value = rest.dropFirst().drop { $0 == " " }
                let column = argument.column + argument.text.count - value.count
                named.append((String(name), argument.column, Argument(text: value.trimmed, column: column)))
            } else {
                positional.append(argument)
            }
        }
    }

    private mutating func next(_ what: String) throws(ExpressionError) -> Argument {
        guard !positional.isEmpty else { throw ExpressionError(column: column, reason: "expected \(what): \(usage)") }
        return positional.removeFirst()
    }

    private mutating func value(of name: String) -> Argument? {
        taken.insert(name)
        return named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
    }

    /// The next argument, a layer's name.
    public mutating func layer() throws(ExpressionError) -> String { try word("a layer") }

    /// A picture's name, or the one that it is to have.
    mutating func photo() throws(ExpressionError) -> String {
        let name = try word("a photo")
        return names.photographs[name] ?? name
    }

    /// A name or a path, in quotation marks if it holds a comma or a parenthesis.
    private mutating func word(_ what: String) throws(ExpressionError) -> String {
        let argument = try next(what)
        guard argument.text.first == "\"" else { return argument.text }
        guard argument.text.count >= 2, argument.text.last == "\"" else {
            throw ExpressionError(column: argument.column, reason: "the quotation mark is not closed")
        }
        return String(argument.text.dropFirst().dropLast().replacing("\\\"", with: "\"").replacing("\\\\", with: "\\"))
    }

    /// The next argument, a whole number from 0.
    ///
    /// - Parameter what: for messages: "a channel".
    public mutating func integer(_ what: String) throws(ExpressionError) -> Int { try Self.integer(try next(what), what) }

    /// The whole number in `name=5`; nil where it is not given.
    public mutating func integer(named name: String) throws(ExpressionError) -> Int? {
        guard let argument = value(of: name) else { return nil }
        return try Self.integer(argument, "a whole number")
    }

    private static func integer(_ argument: Argument, _ what: String) throws(ExpressionError) -> Int {
        guard let value = Int(argument.text), value >= 0 else {
            throw ExpressionError(column: argument.column, reason: "\"\(argument.text)\" is not \(what)")
        }
        return value
    }

    /// The next argument, a number that may be missing at the end.
    ///
    /// - Parameter what: for messages: "a weight".
    public mutating func number(_ what: String, in range: ClosedRange<Float>) throws(ExpressionError) -> Float? {
        positional.isEmpty ? nil : try Self.number(try next(what), in: range)
    }

    /// The number in `name=0.5`; nil where it is not given.
    public mutating func number(named name: String, in range: ClosedRange<Float>) throws(ExpressionError) -> Float? {
        guard let argument = value(of: name) else { return nil }
        return try Self.number(argument, in: range)
    }

    private static func number(_ argument: Argument, in range: ClosedRange<Float>) throws(ExpressionError) -> Float {
        guard let value = Float(argument.text), range.contains(value) else {
            throw ExpressionError(
                column: argument.column,
                reason: "\"\(argument.text)\" is not a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))")
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(named name: String, of type: Choice.Type)
        throws(ExpressionError) -> Choice? where Choice.RawValue == String
    {
        guard let argument = value(of: name) else { return nil }
        guard let choice = Choice(rawValue: argument.text) else {
            let choices = type.allCases.map(\.rawValue).joined(separator: " or ")
            throw ExpressionError(column: argument.column, reason: "\"\(argument.text)\" is not \(choices)")
        }
        return choice
    }

    /// The rest of the arguments: a channel with its weight each.
    mutating func direction() throws(ExpressionError) -> Direction {
        var weights: [Int: Float] = [:]
        repeat {
            let argument = try next("a channel with its weight such as 5:1")
            let parts = argument.text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let channel = Int(parts[0].trimmed), channel >= 0, let weight = Float(parts[1].trimmed),
                weight.isFinite, weights[channel] == nil
            else {
                throw ExpressionError(
                    column: argument.column, reason: "\"\(argument.text)\" is not a channel, named once, with its weight such as 5:1")
            }
            weights[channel] = weight
        } while !positional.isEmpty
        let direction = Direction(weights)
        guard !direction.weights.isEmpty else { throw ExpressionError(column: column, reason: "a direction of zeros leads nowhere") }
        return direction
    }

    /// A class's number, or its label.
    mutating func classNumber() throws(ExpressionError) -> Int {
        let first = try next("a class")
        // A label may hold commas of its own: "tabby, tabby cat".
        if let index = Int(first.text), index >= 0 { return index }
        var label = first.text
        while !positional.isEmpty { label += ", " + positional.removeFirst().text }
        if label.first == "\"", label.last == "\"", label.count >= 2 { label = String(label.dropFirst().dropLast()) }
        guard let labels = names.labels else {
            throw ExpressionError(column: first.column, reason: "\"\(label)\" is not a class's number, and the classes have no names here")
        }
        do throws(ClassLabelError) {
            return try classIndex(label: label, among: labels, others: names.otherNames)
        } catch {
            throw ExpressionError(column: first.column, reason: error.description)
        }
    }

    mutating func expression() throws(ExpressionError) -> Objective {
        let argument = try next("an expression")
        var parser = ExpressionParser(argument.text, column: argument.column, names)
        return try parser.whole(depth: depth + 1)
    }

    func finish() throws(ExpressionError) {
        if let extra = positional.first {
            throw ExpressionError(column: extra.column, reason: "\"\(extra.text)\" is one argument too many: \(usage)")
        }
        if let extra = named.first {
            // A name that is left although the function has taken it was given twice.
            let reason = taken.contains(extra.name) ? "\(extra.name) is given twice" : "\"\(extra.name)\" is unknown"
            throw ExpressionError(column: extra.column, reason: "\(reason): \(usage)")
        }
    }
}
