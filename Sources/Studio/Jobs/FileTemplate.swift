import Files

/// A file's name in which words in braces stand for something: `{model}/{index}.png`. `{{` and `}}` are braces themselves. Single
/// commands and batches read their templates by this.
struct FileTemplate {
    private enum Part {
        case text(String)
        case word(String)
    }

    private let parts: [Part]

    /// Braces that have no others.
    struct Unbalanced: Error { let brace: Character }

    init(_ text: String) throws(Unbalanced) {
        var (parts, plain, word) = ([Part](), "", String?.none)
        var rest = Substring(text)
        while let character = rest.popFirst() {
            let isDoubled = rest.first == character
            switch (character, word) {
            case ("{", nil) where isDoubled, ("}", nil) where isDoubled:
                plain.append(character)
                rest.removeFirst()
            case ("{", nil):
                parts.append(.text(plain))
                (plain, word) = ("", "")
            case ("{", .some): throw Unbalanced(brace: "{")
            case ("}", nil): throw Unbalanced(brace: "}")
            case ("}", let name?):
                parts.append(.word(name))
                word = nil
            case (_, nil): plain.append(character)
            case (_, let name?): word = name + String(character)
            }
        }
        guard word == nil else { throw Unbalanced(brace: "{") }
        self.parts = parts + [.text(plain)]
    }

    /// The words in braces, in their order.
    var words: [String] { parts.compactMap { if case .word(let word) = $0 { word } else { nil } } }

    /// The name with values in the place of words, all at once: a model in a file called `{seed}.onnx` keeps its name.
    ///
    /// - Parameter value: a word's; nil leaves it as it is.
    func expanded(_ value: (_ word: String) -> String?) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .word(let word): value(word) ?? "{\(word)}"
            }
        }.joined()
    }

    /// The template that stands for a text as it is.
    static func literal(_ text: String) -> String { text.replacing("{", with: "{{").replacing("}", with: "}}") }
}

extension FileTemplate.Unbalanced {
    /// The mistake in a setting's template.
    func message(_ text: String) -> String {
        "\(FileName.quoted(text)): there is a \(brace) without its \(brace == "{" ? "}" : "{"); a brace itself is written \(brace)\(brace)"
    }
}

extension OutputNames {
    /// The words that stand for something in a single command's templates.
    static let words = ["model", "layer", "index", "seed"]

    /// Refuses a template that has other words.
    static func check(template text: String, setting: String) throws(Problem) {
        let template: FileTemplate
        do {
            template = try FileTemplate(text)
        } catch {
            throw .usage("\(setting: setting) \(sentence: error.message(text))", setting: setting)
        }
        guard let word = template.words.first(where: { !words.contains($0) }) else { return }
        throw .usage(
            "\(setting: setting) \(text): there is no {\(word)} here; \(words.map { "{\($0)}" }.joined(separator: " ")) expand, and {{ is a brace itself",
            setting: setting)
    }
}
