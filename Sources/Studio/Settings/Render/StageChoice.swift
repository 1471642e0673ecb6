import Networks
import Visualization

/// The smaller pictures that a render begins with: as the user lists them, or by a preset's rule for any size.
public enum StageChoice: Sendable, Equatable {
    case list(StageList)
    case rule(StageRule)
}

/// Sizes from large to small by one ratio, and the steps that are taken at each.
public struct StageRule: Sendable, Equatable {
    /// A stage's extents in those of the next larger one.
    let ratio: Double
    /// The shorter side of a stage at least, in pixels.
    let smallest: Int
    /// Steps of the first stage.
    let first: Int
    /// Steps of each other size.
    let further: Int

    /// Stages have sides of so many pixels, or a multiple.
    private static let grain = 16.0

    /// The stages' extents before a picture of this size, from small to large.
    func sizes(for size: PictureSize, where isPossible: (Network.Size) -> Bool) -> [Network.Size] {
        func smaller(_ side: Int) -> Int { Int((Double(side) * ratio / Self.grain).rounded() * Self.grain) }
        var sizes: [Network.Size] = []
        var next = Network.Size(height: smaller(size.height), width: smaller(size.width))
        while min(next.height, next.width) >= smallest, next.height < (sizes.last?.height ?? size.height), isPossible(next) {
            sizes.append(next)
            next = Network.Size(height: smaller(next.height), width: smaller(next.width))
        }
        return sizes.reversed()
    }

    /// The steps of every size, the whole picture's last.
    ///
    /// - Parameter total: shared out in the rule's proportions; nil for the rule's own.
    func steps(sizes: Int, total: Int?) -> [Int] {
        let own = sizes == 1 ? [first + further] : [first] + [Int](repeating: further, count: sizes - 1)
        guard let total else { return own }
        var shares = own.dropLast().map { $0 * total / own.reduce(0, +) }
        shares.append(total - shares.reduce(0, +))
        return shares
    }
}

extension StageChoice: SettingValue {
    public init?(text: String) {
        guard let list = StageList(text) else { return nil }
        self = .list(list)
    }

    /// A preset's rule has no text of its own.
    public var text: String {
        switch self {
        case .list(let list): list.description
        case .rule: "automatic"
        }
    }

    public static let form = "none, or sizes with their steps such as 128:96 or 112:160,160:120"
}

/// What is climbed of a channel or a class.
public enum UnitMeasure: String, NamedChoice {
    /// Its part among the layer's means times its cosine: one whole thing in natural colours.
    case cosine
    /// Its own mean, or a class's score: as strong an answer as can be had.
    case mean
}
