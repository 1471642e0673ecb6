/// Tells people in lines of text: what a job says of itself on one stream, and what they should know on another.
public struct TextReporter: Reporter {
    private let output: @Sendable (String) throws(Problem) -> Void
    private let note: @Sendable (Message) -> Void
    private let showsDetails: Bool

    /// - Parameters:
    ///   - showsDetails: plans, memory and times are told as well.
    ///   - output: takes a result's line.
    ///   - note: takes something that people should know.
    public init(
        showsDetails: Bool = false, output: @escaping @Sendable (String) throws(Problem) -> Void,
        note: @escaping @Sendable (Message) -> Void
    ) {
        (self.output, self.note, self.showsDetails) = (output, note, showsDetails)
    }

    public func report(_ event: JobEvent) throws(Problem) {
        switch event {
        case .note(let message): note(message)
        case .detail(let text): if showsDetails { note(Message(text)) }
        case .planned(let job): try output(json(job.plan))
        case .drawn(_, let result, _):
            for line in result.lines { try output(line.withoutControls) }
            if let warning = result.warning { note(warning) }
        case .began, .step, .failed, .ended: break
        }
    }
}

/// Tells scripts: an object of JSON a line for each result.
public struct JSONReporter: Reporter {
    private let output: @Sendable (String) throws(Problem) -> Void
    private let text: TextReporter

    /// - Parameters: as a `TextReporter`'s.
    public init(
        showsDetails: Bool = false, output: @escaping @Sendable (String) throws(Problem) -> Void,
        note: @escaping @Sendable (Message) -> Void
    ) {
        self.output = output
        text = TextReporter(showsDetails: showsDetails, output: output, note: note)
    }

    public func report(_ event: JobEvent) throws(Problem) {
        guard case .drawn(_, let result, _) = event else { return try text.report(event) }
        for value in result.values { try output(json(value)) }
        if let warning = result.warning { try text.report(.note(warning)) }
    }
}
