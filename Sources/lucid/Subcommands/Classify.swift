import ArgumentParser
import Studio

/// `lucid classify`
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name what is on a photograph: a check of weights and preprocessing.",
        discussion: """
            Example: lucid classify photo.jpg --top 3
                     lucid classify photo.jpg --model resnet18 --weights birds.pth --labels birds.txt
            """)

    @Argument(ClassificationSettings["photo"]) var photo: String
    @Option(ClassificationSettings["top"]) var top: String?
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Network") var model: ModelOptions
    @OptionGroup var running: RunOptions

    func run() throws {
        let settings: ClassificationSettings = try settings(of: self)
        for guess in try settings.guesses(running.session, TerminalReporter(running)) {
            try standardOutput(
                running.json ? json(guess) : "\(rounded(Double(guess.probability), 4))  \(guess.label) (\(guess.index))")
        }
    }
}
