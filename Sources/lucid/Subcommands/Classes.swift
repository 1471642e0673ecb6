import ArgumentParser
import Studio

/// `lucid classes`
struct Classes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the classes that a network knows: all, or those with one of some words in their names.",
        discussion: """
            Each line has the class's number and its names, which `lucid class` takes as --index and --label.

            Example: lucid classes dog
                     lucid classes cat lion
                     lucid classes --model resnet50
            """)

    @Argument(ClassesSettings["words"]) var words: [String] = []
    @OptionGroup(title: "Network") var model: ModelOptions<ClassesSettings>
    @Flag(help: "Print one JSON object a class.") var json = false

    func run() throws {
        let settings: ClassesSettings = try settings(of: self)
        for entry in try settings.entries() {
            try standardOutput(json ? Studio.json(entry) : "\(entry.index)  \(entry.names.joined(separator: ", "))")
        }
    }
}
