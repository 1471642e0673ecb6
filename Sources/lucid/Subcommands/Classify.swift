import ArgumentParser
import Studio

/// `lucid classify`
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name what is on photographs: a check of weights and preprocessing.",
        discussion: """
            Example: lucid classify photo.jpg --top 3
                     lucid classify photos/*.jpg --top 1
                     lucid classify photo.jpg --model resnet18 --weights my.pth --labels my.txt
            """)

    @Argument(ClassificationSettings["photos"]) var photos: [String]
    @Option(ClassificationSettings["top"]) var top: String?
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Network") var model: ModelOptions<ClassificationSettings>
    @OptionGroup var running: RunOptions

    func run() throws {
        let settings: ClassificationSettings = try settings(of: self)
        try settings.classify(running.session, TerminalReporter(running)) { guesses throws(Problem) in
            for guess in guesses {
                let photo = photos.count > 1 ? guess.photo.withoutControls + "  " : ""
                try standardOutput(
                    running.json ? json(guess) : "\(photo)\(rounded(100 * Double(guess.probability), 2)) %  \(guess.label) (\(guess.index))")
            }
        }
    }
}
