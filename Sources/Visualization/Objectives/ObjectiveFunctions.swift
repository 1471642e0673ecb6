/// The functions of the expression language: one table that parses them, and that help texts and errors are made of.
extension Objective {
    /// One function: its name, how it is written, what it means, and how it is made of its arguments.
    public struct Function: Sendable {
        /// As an expression calls it.
        public let name: String
        /// Its arguments.
        public let usage: String
        /// One line of help.
        public let meaning: String
        let make: @Sendable (_ arguments: inout ExpressionArguments) throws(ExpressionError) -> Objective
    }

    /// Every function, in the order in which help shows them.
    public static let functions: [Function] = [
        Function(name: "channel", usage: "channel(LAYER, INDEX)", meaning: "a channel's mean") {
            arguments throws(ExpressionError) in
            .channel(try arguments.layer(), try arguments.integer("a channel"))
        },
        Function(name: "neuron", usage: "neuron(LAYER, INDEX, x=COLUMN, y=ROW)", meaning: "one unit, by default the middle") {
            arguments throws(ExpressionError) in
            .neuron(
                try arguments.layer(), try arguments.integer("a channel"), x: try arguments.integer(named: "x"),
                y: try arguments.integer(named: "y"))
        },
        Function(name: "layer", usage: "layer(LAYER)", meaning: "a layer's energy, mean(a²)") {
            arguments throws(ExpressionError) in .layer(try arguments.layer())
        },
        Function(name: "class_logit", usage: "class_logit(INDEX or LABEL)", meaning: "a class's score before the softmax") {
            arguments throws(ExpressionError) in .classLogit(try arguments.classNumber())
        },
        Function(
            name: "direction", usage: "direction(LAYER, CHANNEL:WEIGHT, ..., pow=P)",
            meaning: "a mix of channels; pow sharpens by the cosine"
        ) { arguments throws(ExpressionError) in
            let layer = try arguments.layer()
            let direction = try arguments.direction()
            return .direction(layer, direction, cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
        },
        Function(
            name: "direction_neuron", usage: "direction_neuron(LAYER, CHANNEL:WEIGHT, ..., x=COLUMN, y=ROW, pow=P)",
            meaning: "the same at one position"
        ) { arguments throws(ExpressionError) in
            let layer = try arguments.layer()
            let direction = try arguments.direction()
            return .directionNeuron(
                layer, direction, x: try arguments.integer(named: "x"), y: try arguments.integer(named: "y"),
                cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
        },
        Function(
            name: "tensor_direction", usage: "tensor_direction(LAYER, PHOTO, pow=P)",
            meaning: "the direction of a photo's whole activation"
        ) { arguments throws(ExpressionError) in
            .tensorDirection(
                try arguments.layer(), of: try arguments.photo(),
                cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
        },
        Function(
            name: "caricature", usage: "caricature(LAYER, PHOTO, pow=P, scale=lucid|photo)",
            meaning: "the photo's activation, exaggerated; by its own scale the photo scores 1"
        ) { arguments throws(ExpressionError) in
            .caricature(
                try arguments.layer(), of: try arguments.photo(),
                cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0,
                scale: try arguments.choice(named: "scale", of: CaricatureScale.self) ?? .lucid)
        },
        Function(
            name: "activation_difference", usage: "activation_difference(LAYER, PHOTO, as=activation|gram)",
            meaning: "mean |difference| to a photo's activation or texture"
        ) { arguments throws(ExpressionError) in
            let (layer, photo) = (try arguments.layer(), try arguments.photo())
            return .activationDifference(
                layer, to: photo, as: try arguments.choice(named: "as", of: Comparison.self) ?? .activation)
        },
        Function(
            name: "activation_distance", usage: "activation_distance(LAYER, PHOTO)", meaning: "‖a − a₀‖₂ to a photo's activation"
        ) { arguments throws(ExpressionError) in
            .activationDistance(try arguments.layer(), to: try arguments.photo())
        },
        Function(name: "guide", usage: "guide(LAYER, PHOTO)", meaning: "what a photo shows of a layer, wherever it shows it") {
            arguments throws(ExpressionError) in
            .guide(try arguments.layer(), by: try arguments.photo())
        },
        Function(name: "input_diff", usage: "input_diff(PHOTO)", meaning: "√mean((x − x₀)²) to a photo") {
            arguments throws(ExpressionError) in .inputDifference(try arguments.photo())
        },
        Function(
            name: "diversity", usage: "diversity(LAYER)", meaning: "how alike the pictures drawn together are; weigh it negatively"
        ) { arguments throws(ExpressionError) in .diversity(try arguments.layer()) },
        Function(
            name: "alignment", usage: "alignment(LAYER, decay=2)", meaning: "how alike neighbouring pictures are, 0 at best"
        ) { arguments throws(ExpressionError) in
            let layer = try arguments.layer()
            return .alignment(layer, decay: try arguments.number(named: "decay", in: 0.01...1000) ?? 2)
        },
        Function(
            name: "channel_interpolate", usage: "channel_interpolate(LAYER, INDEX, LAYER, INDEX)",
            meaning: "from one channel in the first picture to another in the last"
        ) { arguments throws(ExpressionError) in
            .channelInterpolate(
                try arguments.layer(), try arguments.integer("a channel"), try arguments.layer(),
                try arguments.integer("a channel"))
        },
        Function(
            name: "picture", usage: "picture(NUMBER, EXPRESSION)", meaning: "the expression for one of the pictures drawn together"
        ) { arguments throws(ExpressionError) in
            let picture = try arguments.integer("a picture's number")
            return try arguments.expression().of(picture: picture)
        },
        Function(name: "total_variation", usage: "total_variation()", meaning: "Σ |differences of neighbouring pixels|") {
            _ throws(ExpressionError) in .totalVariation()
        },
        Function(name: "l1", usage: "l1(CONSTANT)", meaning: "Σ |x − constant|, by default 0") {
            arguments throws(ExpressionError) in .l1(constant: try arguments.number("a constant", in: -100...100) ?? 0)
        },
        Function(name: "l2", usage: "l2(CONSTANT)", meaning: "√Σ (x − constant)², by default 0") {
            arguments throws(ExpressionError) in .l2(constant: try arguments.number("a constant", in: -100...100) ?? 0)
        },
        Function(
            name: "blur_input_each_step", usage: "blur_input_each_step()", meaning: "½ Σ (x − blurred x)², to blur a little each step"
        ) { _ throws(ExpressionError) in .blurInputEachStep() },
        Function(
            name: "penalize_boundary_complexity", usage: "penalize_boundary_complexity(w=20, c=0.5)",
            meaning: "high where a frame of w pixels is plain and grey"
        ) { arguments throws(ExpressionError) in
            .penalizeBoundaryComplexity(
                width: try arguments.integer(named: "w") ?? 20, grey: try arguments.number(named: "c", in: -100...100) ?? 0.5)
        },
        Function(name: "mean_alpha", usage: "mean_alpha()", meaning: "the mean opacity (--alpha)") {
            _ throws(ExpressionError) in .meanAlpha()
        },
        Function(
            name: "blur_alpha_each_step", usage: "blur_alpha_each_step()", meaning: "blur_input_each_step of the opacity (--alpha)"
        ) { _ throws(ExpressionError) in .blurAlphaEachStep() },
    ]
}

/// What stands between a function's parentheses, taken one by one.
struct ExpressionArguments {
    /// One argument as it was written.
    struct Argument {
        let text: String
        /// Of its first character in the expression.
        let column: Int
    }

    private var positional: [Argument] = []
    private var named: [(name: String, column: Int, value: Argument)] = []
    private let usage: String
    private let column: Int
    private let names: ExpressionNames
    private let depth: Int

    /// - Parameter column: of the function's name.
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
        named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
    }

    mutating func layer() throws(ExpressionError) -> String { try word("a layer") }

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

    mutating func integer(_ what: String) throws(ExpressionError) -> Int { try Self.integer(try next(what), what) }

    mutating func integer(named name: String) throws(ExpressionError) -> Int? {
        guard let argument = value(of: name) else { return nil }
        return try Self.integer(argument, "a whole number")
    }

    private static func integer(_ argument: Argument, _ what: String) throws(ExpressionError) -> Int {
        guard let value = Int(argument.text), value >= 0 else {
            throw ExpressionError(column: argument.column, reason: "\"\(argument.text)\" is not \(what)")
        }
        return value
    }

    /// A number that may be missing at the end.
    mutating func number(_ what: String, in range: ClosedRange<Float>) throws(ExpressionError) -> Float? {
        positional.isEmpty ? nil : try Self.number(try next(what), in: range)
    }

    mutating func number(named name: String, in range: ClosedRange<Float>) throws(ExpressionError) -> Float? {
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
            return try classIndex(label: label, among: labels)
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
            throw ExpressionError(column: extra.column, reason: "\"\(extra.name)\" is unknown: \(usage)")
        }
    }
}
