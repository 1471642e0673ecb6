/// The expression language of objectives: `0.5*channel(features.3,5) - 0.1*total_variation()`.
///
///     expression = term { ("+" | "−") term }        term = [ "-" ] [ number "*" ] factor
///     factor     = function "(" [ argument { "," argument } ] ")" | "(" expression ")"
///     argument   = name | number | name "=" number
extension Objective {
    /// One function of the language: its name, how it is written, and how it is made of its arguments.
    struct Function: Sendable {
        let name: String
        let usage: String
        let make: @Sendable (_ arguments: inout Arguments) throws(ExpressionError) -> Objective
    }

    static let functions: [Function] = [
        Function(name: "channel", usage: "channel(LAYER, INDEX)") { arguments throws(ExpressionError) in
            .channel(try arguments.word("a layer"), try arguments.integer("a channel"))
        },
        Function(name: "neuron", usage: "neuron(LAYER, INDEX, x=COLUMN, y=ROW)") { arguments throws(ExpressionError) in
            .neuron(
                try arguments.word("a layer"), try arguments.integer("a channel"),
                x: try arguments.named("x"), y: try arguments.named("y"))
        },
        Function(name: "layer", usage: "layer(LAYER)") { arguments throws(ExpressionError) in
            .layer(try arguments.word("a layer"))
        },
        Function(name: "total_variation", usage: "total_variation()") { _ throws(ExpressionError) in .totalVariation() },
    ]

    /// Every function with its arguments, as help texts show them.
    public static var usage: String { functions.map(\.usage).joined(separator: ", ") }

    /// Reads an expression.
    public init(parsing text: String) throws(ExpressionError) {
        var parser = Parser(text)
        self = try parser.expression(depth: 0)
        try parser.finish()
    }

    /// The words between a function's parentheses, taken one by one.
    struct Arguments {
        fileprivate var positional: [(text: Substring, column: Int)] = []
        fileprivate var named: [(name: Substring, text: Substring, column: Int)] = []
        fileprivate let usage: String
        fileprivate let column: Int

        fileprivate mutating func next(_ what: String) throws(ExpressionError) -> (text: Substring, column: Int) {
            guard !positional.isEmpty else {
                throw ExpressionError(column: column, reason: "expected \(what): \(usage)")
            }
            return positional.removeFirst()
        }

        mutating func word(_ what: String) throws(ExpressionError) -> String { String(try next(what).text) }

        mutating func integer(_ what: String) throws(ExpressionError) -> Int {
            let argument = try next(what)
            guard let value = Int(argument.text), value >= 0 else {
                throw ExpressionError(column: argument.column, reason: "\"\(argument.text)\" is not \(what)")
            }
            return value
        }

        mutating func named(_ name: String) throws(ExpressionError) -> Int? {
            guard let index = named.firstIndex(where: { $0.name == name }) else { return nil }
            let argument = named.remove(at: index)
            guard let value = Int(argument.text), value >= 0 else {
                throw ExpressionError(column: argument.column, reason: "\"\(argument.text)\" is not a whole number")
            }
            return value
        }

        fileprivate func finish() throws(ExpressionError) {
            if let extra = positional.first {
                throw ExpressionError(column: extra.column, reason: "\"\(extra.text)\" is one argument too many: \(usage)")
            }
            if let extra = named.first {
                throw ExpressionError(column: extra.column, reason: "\"\(extra.name)\" is unknown: \(usage)")
            }
        }
    }

    private struct Parser {
        private var rest: Substring
        private let start: Substring

        init(_ text: String) {
            rest = Substring(text)
            start = rest
        }

        private var column: Int { start.distance(from: start.startIndex, to: rest.startIndex) + 1 }

        private func error(_ reason: String) -> ExpressionError { ExpressionError(column: column, reason: reason) }

        private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" } }

        private mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        mutating func finish() throws(ExpressionError) {
            skipSpace()
            guard rest.isEmpty else { throw error("expected + or −, found \"\(rest.prefix(10))\"") }
        }

        mutating func expression(depth: Int) throws(ExpressionError) -> Objective {
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

        private mutating func term(depth: Int) throws(ExpressionError) -> Objective {
            if take("-") || take("−") { return -(try factor(depth: depth)) }
            return try factor(depth: depth)
        }

        private mutating func factor(depth: Int) throws(ExpressionError) -> Objective {
            skipSpace()
            if let first = rest.first, first.isNumber || first == "." {
                // Digits, a point, an exponent with its sign: 1.5e-3.
                var end = rest.startIndex
                var previous: Character = " "
                while end < rest.endIndex,
                    rest[end].isNumber || rest[end] == "." || rest[end] == "e" || rest[end] == "E"
                        || ((rest[end] == "-" || rest[end] == "+") && (previous == "e" || previous == "E"))
                {
                    previous = rest[end]
                    end = rest.index(after: end)
                }
                guard let number = Float(rest[..<end]), number.isFinite else {
                    throw error("\"\(rest[..<end])\" is not a number")
                }
                rest = rest[end...]
                guard take("*") else { throw error("expected * after \(plain(number)): a number weighs a function") }
                return number * (try factor(depth: depth + 1))
            }
            if take("(") {
                let inner = try expression(depth: depth + 1)
                guard take(")") else { throw error("expected )") }
                return inner
            }
            return try function()
        }

        private mutating func function() throws(ExpressionError) -> Objective {
            skipSpace()
            let begin = column
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            guard let function = Objective.functions.first(where: { $0.name == name }) else {
                let what = name.isEmpty ? (rest.isEmpty ? "the end" : "\"\(rest.prefix(10))\"") : "\"\(name)\""
                throw error("expected a function, found \(what); there are \(Objective.usage)")
            }
            rest = rest.dropFirst(name.count)
            guard take("(") else { throw error("expected ( after \(name)") }
            var arguments = Arguments(usage: function.usage, column: begin)
            if !take(")") {
                repeat {
                    skipSpace()
                    let place = column
                    let word = rest.prefix { $0 != "," && $0 != ")" && $0 != "(" }
                    rest = rest.dropFirst(word.count)
                    let text = Substring(word.trimmed)
                    guard !text.isEmpty else { throw error("expected an argument: \(function.usage)") }
                    if let sign = text.firstIndex(of: "=") {
                        let value = Substring(text[text.index(after: sign)...].trimmed)
                        arguments.named.append((Substring(text[..<sign].trimmed), value, place))
                    } else {
                        arguments.positional.append((text, place))
                    }
                } while take(",")
                guard take(")") else { throw error("expected ) to close \(name)") }
            }
            let objective = try function.make(&arguments)
            try arguments.finish()
            return objective
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// An objective that cannot be read.
public struct ExpressionError: Error, CustomStringConvertible, Equatable {
    /// Counted from 1.
    public let column: Int
    /// What is wrong there.
    public let reason: String
    public var description: String { "column \(column): \(reason)" }
}
