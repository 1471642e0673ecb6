/// The names that one program gives an architecture's parameters in its checkpoints, told as rules from torchvision's names.
package struct Naming: Sendable {
    /// The program, e.g. "timm".
    package let program: String
    /// Stands before the names of all layers but the classifier's, e.g. "vit."; a file of the layers alone lacks it.
    package let root: String
    private let rules: [Rule]
    /// How the program's layers differ, although their parameters do not.
    var variation = Variation()
    /// The names are those of another program, so that only who knows the program can tell.
    private(set) var mustBeAsked = false

    /// The first rule whose pattern a name begins with replaces that beginning.
    struct Rule: Sendable {
        /// The parts of the pattern between numbers.
        fileprivate let parts: [String]
        /// The text that stands for it: `{0}` is the first number, `{1-1}` the second less one. Of several names, each holds a part of
        /// the parameter's first extent.
        fileprivate let names: [String]

        /// - Parameter pattern: the beginning of torchvision's name, `{}` for a number.
        init(_ pattern: String, _ names: String...) {
            var parts = [""]
            var rest = pattern[...]
            while let place = rest.firstRange(of: "{}") {
                parts[parts.count - 1] += rest[..<place.lowerBound]
                parts.append("")
                rest = rest[place.upperBound...]
            }
            parts[parts.count - 1] += rest
            (self.parts, self.names) = (parts, names)
        }
    }

    /// Facts that are in no file of weights.
    struct Variation: Sendable {
        /// ε of every batch normalization, where it is another than torchvision's.
        var epsilon: Float?
        /// ε of every layer normalization, likewise.
        var layerEpsilon: Float?
        /// Whether networks that were trained on values in −1…1 take them from torchvision's usual normalization.
        var transformsInput = true
        /// Where a stride of 2 needs an odd number of rows of padding, the one more is behind, as in TensorFlow.
        var padsBehind = false
    }

    init(_ program: String, root: String = "", _ rules: [Rule]) {
        (self.program, self.root, self.rules) = (program, root, rules)
    }

    /// torchvision's own names of today.
    package static let own = Naming("torchvision", [])

    /// timm's networks whose names begin with tf_: the same parameters, TensorFlow's padding and ε.
    package static let timmFromTensorFlow = "timm, from TensorFlow"

    /// Whether names and shapes are torchvision's own.
    var isOwn: Bool { rules.isEmpty }

    /// With an ε of the program's own for every batch normalization.
    func normalizing(epsilon: Float) -> Naming {
        var copy = self
        copy.variation.epsilon = epsilon
        return copy
    }

    /// With an ε of the program's own for every layer normalization.
    func normalizing(layerEpsilon: Float) -> Naming {
        var copy = self
        copy.variation.layerEpsilon = layerEpsilon
        return copy
    }

    /// For pictures in −1…1, where torchvision transforms its own.
    func withoutTransform() -> Naming {
        var copy = self
        copy.variation.transformsInput = false
        return copy
    }

    /// The same names in another program.
    func meant(for program: String) -> Naming {
        var copy = Naming(program, root: root, rules)
        (copy.variation, copy.mustBeAsked) = (variation, true)
        return copy
    }

    /// With TensorFlow's padding.
    func paddingBehind() -> Naming {
        var copy = self
        copy.variation.padsBehind = true
        return copy
    }

    /// The names of a parameter in a file, in the order of its first extent.
    package func keys(of name: String) -> [String] {
        for rule in rules {
            guard let (numbers, rest) = rule.match(name) else { continue }
            return rule.names.map { Self.filled($0, numbers) + rest }
        }
        return [name]
    }

    private static func filled(_ text: String, _ numbers: [Int]) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
            let place = rest[rest.index(after: open)..<close]
            result += rest[..<open] + String(numbers[Int(place.prefix(1))!] + (Int(place.dropFirst()) ?? 0))
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

extension Naming.Rule {
    fileprivate func match(_ name: String) -> (numbers: [Int], rest: Substring)? {
        guard name.hasPrefix(parts[0]) else { return nil }
        var rest = name.dropFirst(parts[0].count)
        var numbers: [Int] = []
        for part in parts.dropFirst() {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), rest.dropFirst(digits.count).hasPrefix(part) else { return nil }
            numbers.append(number)
            rest = rest.dropFirst(digits.count + part.count)
        }
        return (numbers, rest)
    }
}
