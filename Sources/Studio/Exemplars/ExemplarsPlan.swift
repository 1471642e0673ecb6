import Networks
import Tensors
import Visualization

/// Everything that a sheet of exemplars depends on: the photographs have been chosen.
public struct ExemplarsPlan: Sendable, Codable, Equatable {
    /// The network's name in the catalogue, or as its file gives it.
    public var model: String
    /// SHA-256 of the network's weights.
    public var weights: String
    /// The network's input, where it is not the one that comes with the model's name.
    public var preprocessing: Preprocessing?
    /// The kernels that everything is computed with; nil for the fastest that the machine has.
    public var profile: NumericProfile?
    /// Whose values the photographs are ranked by.
    public var unit: Unit
    /// The unit for people.
    public var words: String
    /// Whether photographs go by their mean over positions.
    public var byMean: Bool
    /// Which part of each photograph is on the sheet; the usual part of the unit has been filled in.
    public var crop: ExemplarCrop
    /// The value that 99 % of positions lie below, where one is known.
    public var threshold: Float?
    /// Pixels of a picture's side on the sheet.
    public var cell: Int
    /// Photographs that were chosen among.
    public var photographs: Int
    /// Band after band from the top to the lowest, within each the best first; at least one.
    public var exemplars: [Exemplar]
    /// A picture of the unit that was there, a name in `pictures`.
    public var beside: String?
    /// A picture of the unit that is drawn.
    public var drawing: RenderPlan?
    /// SHA-256 of the photographs, and of the picture beside them, by their names.
    public var pictures: [String: String]

    /// The thing whose value decides.
    public struct Unit: Sendable, Codable, Equatable {
        /// The layer's node; nil of an expression.
        public var layer: String?
        /// Weights of its channels, "5:1" for channel 5; nil of an expression.
        public var direction: String?
        /// An expression of the objective language; nil of channels.
        public var expression: String?
    }

    /// A photograph and why it was chosen.
    public struct Exemplar: Sendable, Codable, Equatable {
        /// A name in `pictures`.
        public var photo: String
        /// "top", "99.9 %" or "lowest".
        public var band: String
        /// From the best one, 0, down.
        public var rank: Int
        /// The share of photographs with a smaller value.
        public var quantile: Double
        /// Where classes are known.
        public var label: String?
    }
}

extension ExemplarsPlan {
    /// The first number that no command would write.
    var fieldOutOfBounds: String? {
        let most = 10_000  // exemplars
        let checks: [(String, Bool)] = [
            ("cell", (1...4096).contains(cell)), ("exemplars", (1...most).contains(exemplars.count)), ("photographs", photographs >= 0),
            ("threshold", threshold?.isFinite ?? true),
        ]
        return checks.first { !$0.1 }?.0 ?? drawing?.fieldOutOfBounds
    }
}

/// The part of a photograph that is shown.
public enum ExemplarCrop: String, NamedChoice, Codable {
    /// What the position with the largest value sees.
    case field
    /// Everything, dimmed where the value is not above the unit's 99 % quantile.
    case mask
    /// Everything.
    case whole
}
