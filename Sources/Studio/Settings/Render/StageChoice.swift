import Networks
import Visualization

/// The sizes that a render goes through: as the user lists them, or by a preset's rule for any size.
public enum StageChoice: Sendable, Equatable {
    /// Every size with its steps, the picture's own last; an empty list for one size.
    case list(StageList)
    /// Sizes that depend on the picture's own.
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

    public static let form = "none, or sizes with their steps such as \"128:96 224:64\""
}

extension StageList {
    /// The same way to a picture of another size, or in another number of steps.
    func fitted(to size: PictureSize, steps total: Int?) -> StageList {
        guard let last = stages.last else { return self }
        func scaled(_ side: Int, _ whole: Int, _ other: Int) -> Int { max(1, (side * whole + other / 2) / other) }
        var sizes = stages
        var left = total ?? steps
        for index in stages.indices {
            sizes[index].width = scaled(stages[index].width, size.width, last.width)
            sizes[index].height = scaled(stages[index].height, size.height, last.height)
            if let total { sizes[index].steps = index + 1 == stages.count ? left : stages[index].steps * total / steps }
            left -= sizes[index].steps
        }
        return StageList(sizes)
    }
}

/// A bound, or the word that there is to be none.
public enum BoundChoice: SettingValue {
    /// Any contrast.
    case none
    /// These limits.
    case limits(SpectrumLimits)

    public init?(text: String) {
        if ["0", "none"].contains(text) { self = .none; return }
        guard let limits = SpectrumLimits(text) else { return nil }
        self = .limits(limits)
    }

    public var text: String {
        switch self {
        case .none: "0"
        case .limits(let limits): limits.description
        }
    }

    public static let form = "numbers above 0 such as 2.5,3.1, or 0 for no bound"
}
