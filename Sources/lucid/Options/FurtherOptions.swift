import ArgumentParser
import Files

extension ArgumentVisibility {
    /// Options that most pictures do without: --help leaves them out; --help-all, completions and the manual have them.
    static let further: ArgumentVisibility = {
        let words = FileName.commandLineArguments
        let isBrief = words.first == "help" || words.contains("--help") || words.contains("-h")
        return isBrief && !words.contains("--help-all") ? .hidden : .default
    }()
}
