import Networks

/// Why a plan cannot be followed.
public enum RenderError: Error, CustomStringConvertible {
    /// The objective's text, and the place where it cannot be read.
    case objective(String, ExpressionError)
    /// The text of the transforms, and what is wrong with it.
    case transforms(String, TransformError)
    /// A layer that the network does not have.
    case layer(LayerNameError)
    /// A channel, a position or a picture that does not exist, or an opacity that is missing.
    case index(Reason)
    /// A size that cannot be drawn, and why.
    case size(String, Reason)
    /// A fixed picture that cannot be used, and why.
    case picture(String, Reason)
    /// Weights that cannot be read.
    case weights(WeightsError)
    /// More bytes than there are, and how to need fewer.
    case memory(needed: Int, available: Int, advice: Reason)
    /// The score is infinite or not a number.
    case notFinite(step: Int)
    /// The caller asked for an end.
    case interrupted

    public var description: String { text { $0.plainName } }

    /// The error in a sentence.
    ///
    /// - Parameter name: how the caller's users spell a setting.
    public func text(naming name: (Setting) -> String) -> String {
        switch self {
        case .objective(let text, let error): "objective \"\(shown(text))\", \(error)"
        case .transforms(let text, let error): "transforms \"\(shown(text))\": \(error)"
        case .layer(let error): "\(error)"
        case .index(let reason): reason.text(naming: name)
        case .size(let size, let reason): "size \(size): \(reason.text(naming: name))"
        case .picture(let picture, let reason): "\(shown(picture)): \(reason.text(naming: name))"
        case .weights(let error): "\(error)"
        case .memory(let needed, let available, let advice):
            "this picture would take \(memorySize(needed)) of memory, and there are \(memorySize(available)); \(advice.text(naming: name))"
        case .notFinite(let step):
            "the score stopped being a number at step \(step); try a lower \(name(.learningRate)) or another \(name(.seed))"
        case .interrupted: "interrupted"
        }
    }

    /// A setting that an error names. The raw value is its name in words joined by hyphens.
    public enum Setting: String, Sendable {
        /// The picture's opacity.
        case alpha
        /// Pictures that are drawn together.
        case count
        /// Bytes to stay within.
        case memory
        /// The seed of all random numbers.
        case seed
        /// The picture's extents.
        case size
        /// Smaller sizes to begin with.
        case stages
        /// The side of a dream's tiles.
        case tile
        /// The transforms of each step.
        case transforms
        /// The optimizer's step.
        case learningRate = "learning-rate"
        /// The extents that the finished picture is written in.
        case outputSize = "output-size"
        /// The longer side of a style against the result's.
        case styleScale = "style-scale"

        var plainName: String { rawValue.replacing("-", with: " ") }
    }

    /// A sentence in which settings are named, so that every user interface can spell them in its own way:
    ///
    ///     let reason: RenderError.Reason = "there is no opacity; try \(setting: .alpha)"
    public struct Reason: Sendable, ExpressibleByStringInterpolation {
        /// One part of the sentence.
        fileprivate enum Part: Sendable {
            case words(String)
            case setting(Setting)
        }

        private let parts: [Part]

        public init(stringLiteral value: String) { parts = [.words(value)] }
        public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

        /// The sentence with the settings' names.
        public func text(naming name: (Setting) -> String) -> String {
            parts.map { part in
                switch part {
                case .words(let words): words
                case .setting(let setting): name(setting)
                }
            }.joined()
        }

        /// Collects the parts of a sentence.
        public struct StringInterpolation: StringInterpolationProtocol {
            fileprivate var parts: [Part] = []

            public init(literalCapacity: Int, interpolationCount: Int) {}

            public mutating func appendLiteral(_ literal: String) { parts.append(.words(literal)) }
            /// Adds a value as it describes itself.
            public mutating func appendInterpolation(_ value: some Any) { parts.append(.words("\(value)")) }
            /// Adds a setting, which each caller spells in its own way.
            public mutating func appendInterpolation(setting: Setting) { parts.append(.setting(setting)) }
        }
    }
}

/// "0.3 MB", "250.0 MB", "1.5 GB", rounded up.
package func memorySize(_ bytes: Int) -> String {
    guard bytes >= 1_000_000_000 else {
        let tenths = Int((Double(bytes) / 1e5).rounded(.up))
        return "\(tenths / 10).\(tenths % 10) MB"
    }
    let tenths = Int((Double(bytes) / 1e8).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) GB"
}
