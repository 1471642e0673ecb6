import ArgumentParser

extension ArgumentVisibility {
    /// Options that most pictures do without: --help leaves them out; --help-all, completions and the manual have them.
    static let further: ArgumentVisibility = BriefHelp.isAskedFor ? .hidden : .default
}
