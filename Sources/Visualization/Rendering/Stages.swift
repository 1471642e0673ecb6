import Networks
import Tensors

/// Sizes that a render goes through, from small to large, with the steps that are taken at each and perhaps a learning rate of
/// its own, as people spell them: `128:96 224:64`, `112x84:160:0.05 224x168:120`; `none` for a single size. The network sees a
/// small picture as one object, so that few large things appear; the larger ones add the detail.
public struct StageList: Sendable, CodableByText, Equatable {
    /// A size on the way.
    public struct Stage: Sendable, Equatable {
        /// Rows of pixels.
        public var height: Int
        /// Columns of pixels.
        public var width: Int
        /// Steps uphill, at least 1.
        public var steps: Int
        /// The learning rate; nil for the plan's.
        public var learningRate: Float?

        /// - Parameter learningRate: nil for the plan's.
        public init(height: Int, width: Int, steps: Int, learningRate: Float? = nil) {
            (self.height, self.width, self.steps, self.learningRate) = (height, width, steps, learningRate)
        }
    }

    /// From the first to the last.
    public let stages: [Stage]

    /// A single picture of the plan's own size.
    public static let none = StageList([])

    /// - Parameter stages: from the first to the last.
    public init(_ stages: [Stage]) { self.stages = stages }

    /// Steps of all of them.
    public var steps: Int { stages.reduce(0) { $0 + $1.steps } }

    /// Reads a list, its parts apart by spaces or commas; nil if the text is none.
    public init?(_ text: String) {
        if text.trimmed == "none" { self = .none; return }
        var stages: [Stage] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard (2...3).contains(parts.count), let steps = Int(parts[1]), (1...Self.most).contains(steps),
                (1...2).contains(sides.count), let width = sides[0], let height = sides.last!, (1...Self.most).contains(width),
                (1...Self.most).contains(height)
            else { return nil }
            let rate = parts.count == 3 ? Float(parts[2]) : nil
            guard parts.count == 2 || rate.map({ $0.isFinite && $0 > 0 }) ?? false else { return nil }
            stages.append(Stage(height: height, width: width, steps: steps, learningRate: rate))
        }
        guard !stages.isEmpty else { return nil }
        self.stages = stages
    }

    /// Pixels of a side and steps at most; numbers above it are slips.
    private static let most = 1_000_000

    public var description: String {
        if stages.isEmpty { return "none" }
        return stages.map { stage in
            "\(Network.Size(height: stage.height, width: stage.width)):\(stage.steps)" + (stage.learningRate.map { ":\(plain($0))" } ?? "")
        }.joined(separator: " ")
    }
}

extension RenderPlan {
    /// One picture of the way: a stage, or the whole picture after them.
    struct Section {
        let height: Int
        let width: Int
        /// The steps that are taken at this size, from 0.
        let steps: Range<Int>
        let learningRate: Float
    }

    /// Every size on the way; the last is the picture's own.
    var sections: [Section] {
        var sections: [Section] = []
        var first = 0
        for stage in stages.stages {
            sections.append(
                Section(
                    height: stage.height, width: stage.width, steps: first..<first + stage.steps,
                    learningRate: stage.learningRate ?? learningRate))
            first += stage.steps
        }
        return sections + [Section(height: height, width: width, steps: first..<max(steps, first), learningRate: learningRate)]
    }

    /// Pixels that the network sees in all steps, about: steps of each size × crops × the mean of the smallest and the largest picture
    /// that the transforms leave. Times go with it, whatever the network.
    public var pixelsSeen: Double {
        guard let chain = try? TransformChain(parsing: transforms) else { return 0 }
        return sections.reduce(0) { sum, section in
            let extent = chain.extent(of: Shape(alpha ? 4 : 3, section.height, section.width))
            return sum + Double(section.steps.count * crops * count) * Double(extent.smallest.area + extent.largest.area) / 2
        }
    }
}
