import Networks

/// Smaller pictures that a render begins with, each enlarged for the next one, as plans spell them: `none`, `128:96` or
/// `112x84:160,160x120:120`, extents in pixels with the steps that are taken there. The network sees a small picture as one
/// object, so that few large things appear; the larger ones add the detail.
public struct StageList: Sendable, CodableByText, Equatable {
    /// A smaller picture.
    public struct Stage: Sendable, Equatable {
        /// Rows of pixels.
        public let height: Int
        /// Columns of pixels.
        public let width: Int
        /// Steps uphill, at least 1.
        public let steps: Int

        public init(height: Int, width: Int, steps: Int) {
            (self.height, self.width, self.steps) = (height, width, steps)
        }
    }

    /// From the first to the last before the whole picture.
    public let stages: [Stage]

    /// A single picture of the plan's own size.
    public static let none = StageList([])

    public init(_ stages: [Stage]) { self.stages = stages }

    /// Steps of all of them.
    public var steps: Int { stages.reduce(0) { $0 + $1.steps } }

    /// Reads a list; nil if the text is none.
    public init?(_ text: String) {
        if text == "none" { self = .none; return }
        var stages: [Stage] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int($0.trimmed) }
            guard parts.count == 2, let steps = Int(parts[1].trimmed), (1...Self.most).contains(steps), (1...2).contains(sides.count),
                let width = sides[0], let height = sides.last!, (1...Self.most).contains(width), (1...Self.most).contains(height)
            else { return nil }
            stages.append(Stage(height: height, width: width, steps: steps))
        }
        self.stages = stages
    }

    /// Pixels of a side and steps at most; numbers above it are slips.
    private static let most = 1_000_000

    public var description: String {
        if stages.isEmpty { return "none" }
        return stages.map { "\(Network.Size(height: $0.height, width: $0.width)):\($0.steps)" }.joined(separator: ",")
    }
}

extension RenderPlan {
    /// One picture of the way: a stage, or the whole picture after them.
    struct Section {
        let height: Int
        let width: Int
        /// The steps that are taken at this size, from 0.
        let steps: Range<Int>
    }

    /// Every size on the way; the last is the picture's own.
    var sections: [Section] {
        var sections: [Section] = []
        var first = 0
        for stage in stages.stages {
            sections.append(Section(height: stage.height, width: stage.width, steps: first..<first + stage.steps))
            first += stage.steps
        }
        return sections + [Section(height: height, width: width, steps: first..<max(steps, first))]
    }
}
