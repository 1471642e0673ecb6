import Networks

/// The expression language of objectives: `0.5*channel(features.3,5) - 0.1*total_variation()`.
///
///     expression = term { ("+" | "−") term }        term   = [ "-" ] factor { "*" factor }
///     factor     = number | function "(" [ argument { "," argument } ] ")" | "(" expression ")"
///     argument   = word | number | name "=" value | expression, as the function has it
extension Objective {
    /// Reads an expression.
    ///
    /// - Parameters:
    ///   - labels: the network's classes, which `class_logit` may name.
    ///   - otherNames: further names of each class.
    ///   - photographs: other names for some of the pictures that the expression names.
    public init(
        parsing text: String, labels: [String]? = nil, otherNames: [[String]] = [], photographs: [String: String] = [:]
    ) throws(ExpressionError) {
        var parser = ExpressionParser(text, ExpressionNames(labels: labels, otherNames: otherNames, photographs: photographs))
        self = try parser.whole(depth: 0)
    }
}

/// The meanings of names in an expression.
struct ExpressionNames {
    /// The network's classes.
    let labels: [String]?
    /// Further names of each class.
    let otherNames: [[String]]
    /// New names for pictures, by the names in the expression.
    let photographs: [String: String]
}

/// Reads expressions, or says at which column one cannot be read.
struct ExpressionParser {
    private let characters: [Character]
    private var place = 0
    private let firstColumn: Int
    private let names: ExpressionNames
    private var factors = 0
    /// Sums and products are chains, which are followed to their ends on a thread's stack.
    private static let mostFactors = 5000

    /// - Parameter column: the first character's.
    init(_ text: String, column: Int = 1, _ names: ExpressionNames) {
        characters = Array(text)
        firstColumn = column
        self.names = names
    }

    private var column: Int { firstColumn + place }
    private var next: Character? { place < characters.count ? characters[place] : nil }
    private var rest: String { String(characters[place...].prefix(10)) }

    private func error(_ reason: String) -> ExpressionError { ExpressionError(column: column, reason: reason) }

    private mutating func skipSpace() {
        while let character = next, character == " " || character == "\t" || character == "\n" { place += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard next == character else { return false }
        place += 1
        return true
    }

    /// An expression with nothing after it.
    mutating func whole(depth: Int) throws(ExpressionError) -> Objective {
        let result = try expression(depth: depth)
        skipSpace()
        guard next == nil else { throw error("expected +, − or *, found \"\(rest)\"") }
        return result
    }

    private mutating func expression(depth: Int) throws(ExpressionError) -> Objective {
        guard depth < 100 else { throw error("nested too deeply") }
        var sum = try term(depth: depth)
        while true {
            if take("+") {
                sum = sum + (try term(depth: depth))
            } else if take("-") || take("−") {
                sum = sum - (try term(depth: depth))
            } else {
                return sum
            }
        }
    }

    /// A factor: a number stays one, so that `0.5*f` is a weight.
    private enum Factor {
        case number(Float)
        case objective(Objective)

        var objective: Objective {
            switch self {
            case .number(let value): .constant(value)
            case .objective(let objective): objective
            }
        }
    }

    private mutating func term(depth: Int) throws(ExpressionError) -> Objective {
        if take("-") || take("−") { return -(try product(depth: depth)) }
        return try product(depth: depth)
    }

    private mutating func product(depth: Int) throws(ExpressionError) -> Objective {
        var factors = [try factor(depth: depth)]
        while take("*") { factors.append(try factor(depth: depth)) }
        // From the right, so that the numbers in front weigh what follows them.
        var result = factors.removeLast().objective
        while let factor = factors.popLast() {
            switch factor {
            case .number(let weight): result = weight * result
            case .objective(let objective): result = objective * result
            }
        }
        return result
    }

    private mutating func factor(depth: Int) throws(ExpressionError) -> Factor {
        factors += 1
        guard factors <= Self.mostFactors else { throw error("more than \(Self.mostFactors) terms and factors") }
        skipSpace()
        if let first = next, first.isNumber || first == "." { return .number(try number()) }
        if take("(") {
            let inner = try expression(depth: depth + 1)
            guard take(")") else { throw error("expected )") }
            return .objective(inner)
        }
        return .objective(try function(depth: depth))
    }

    /// Digits, a point, an exponent with its sign: 1.5e-3.
    private mutating func number() throws(ExpressionError) -> Float {
        var end = place
        while end < characters.count {
            let character = characters[end]
            let isSign = (character == "-" || character == "+") && end > place && "eE".contains(characters[end - 1])
            guard character.isNumber || character == "." || character == "e" || character == "E" || isSign else { break }
            end += 1
        }
        let text = String(characters[place..<end])
        guard let value = Float(text), value.isFinite else { throw error("\"\(shown(text))\" is not a number") }
        place = end
        return value
    }

    private mutating func function(depth: Int) throws(ExpressionError) -> Objective {
        skipSpace()
        let begin = column
        let name = String(characters[place...].prefix { $0.isLetter || $0 == "_" || $0.isNumber })
        guard let function = Objective.functions.first(where: { $0.name == name }) else {
            let what = name.isEmpty ? (next == nil ? "the end" : "\"\(rest)\"") : "\"\(shown(name))\""
            let all = Objective.functions.map(\.name).joined(separator: ", ")
            var unknown = error("expected a function, found \(what); there are \(all)")
            unknown.isUnknownFunction = true
            throw unknown
        }
        place += name.count
        guard take("(") else { throw error("expected ( after \(name)") }
        let list = try arguments(of: function, begin: begin)
        var arguments = ExpressionArguments(list, usage: function.usage, column: begin, names, depth: depth)
        let objective = try function.make(&arguments)
        try arguments.finish()
        return objective
    }

    /// The arguments up to the closing parenthesis, which is taken too.
    private mutating func arguments(of function: Objective.Function, begin: Int) throws(ExpressionError)
        -> [ExpressionArguments.Argument]
    {
        if take(")") { return [] }
        var list: [ExpressionArguments.Argument] = []
        repeat {
            skipSpace()
            let start = place
            var open = 0
            var isQuoted = false
            while let character = next {
                if character == "\"" { isQuoted.toggle() }
                if character == "\\", isQuoted { place += 1 }
                if !isQuoted {
                    if open == 0, character == "," || character == ")" { break }
                    if character == "(" { open += 1 }
                    if character == ")" { open -= 1 }
                }
                place += 1
            }
            place = min(place, characters.count)
            let text = String(characters[start..<place]).trimmed
            guard !text.isEmpty else { throw error("expected an argument: \(function.usage)") }
            list.append(ExpressionArguments.Argument(text: text, column: firstColumn + start))
        } while take(",")
        guard take(")") else { throw error("expected ) to close \(function.name)") }
        return list
    }
}

/// A name as an expression spells it: in quotation marks where it would be taken for something else.
func quoted(_ name: String) -> String {
    let isPlain =
        !name.isEmpty && name.trimmed == name
        && !name.contains { $0 == "," || $0 == "(" || $0 == ")" || $0 == "\"" || $0 == "=" || $0.isNewline }
    if isPlain { return name }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

extension StringProtocol {
    var trimmed: String {
        var text = self[...].drop { $0 == " " || $0 == "\t" || $0 == "\n" }
        while let last = text.last, last == " " || last == "\t" || last == "\n" { text.removeLast() }
        return String(text)
    }
}

/// An objective that cannot be read.
public struct ExpressionError: Error, CustomStringConvertible, Equatable {
    /// Counted from 1.
    public let column: Int
    /// The reason why it cannot be read.
    public let reason: String
    /// Whether it calls a function that there is not.
    public var isUnknownFunction = false
    public var description: String { "column \(column): \(reason)" }
}
