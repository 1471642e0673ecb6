import Networks

extension Model {
    /// Says on standard error what was assumed, once it is clear that the command can be followed.
    func sayAssumption(quiet: Bool) {
        if let assumption, !quiet { standardError("lucid: \(name): \(assumption); --mean, --std, --range and --bgr say otherwise\n") }
    }
}
