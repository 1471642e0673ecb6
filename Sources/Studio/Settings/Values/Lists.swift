/// "5", "0-15", "3,7,9" or "all"; any mixture with commas.
public struct IndexList: SettingValue {
    private enum Part: Sendable, Equatable {
        case all
        case range(ClosedRange<Int>)
    }

    private let parts: [Part]
    /// As it was written.
    public let text: String

    public static let form = "a list such as 5, 0-15, 3,7,9 or all, each index once"
    /// Every index.
    public static let all = IndexList(text: "all")!

    /// One index.
    public init(_ index: Int) {
        parts = [.range(index...index)]
        text = "\(index)"
    }

    public init?(text: String) {
        var parts: [Part] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            if word == "all" {
                parts.append(.all)
                continue
            }
            let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends[0], let last = ends.last!, ends.count <= 2, first >= 0, first <= last else { return nil }
            parts.append(.range(first...last))
        }
        let ranges = parts.compactMap { if case .range(let range) = $0 { range } else { nil } }.sorted { $0.lowerBound < $1.lowerBound }
        guard parts.count == 1 || ranges.count == parts.count else { return nil }  // all, and more
        guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound }) else { return nil }
        self.parts = parts
        self.text = text
    }

    /// An index that is too large.
    public struct OutOfRange: Error {
        /// The index.
        public let index: Int
    }

    /// The indices in ascending order, each once, all below `count`; throws the first that is not.
    public func indices(below count: Int) throws(OutOfRange) -> [Int] {
        var found: Set<Int> = []
        for part in parts {
            switch part {
            case .all: found.formUnion(0..<count)
            case .range(let range):
                guard range.upperBound < count else { throw OutOfRange(index: max(count, range.lowerBound)) }
                found.formUnion(range)
            }
        }
        return found.sorted()
    }
}

/// "0-3" or "1,5,9": different seeds, in their order.
public struct SeedList: SettingValue {
    /// The seeds, each once.
    public let seeds: [UInt64]
    /// As it was written.
    public let text: String

    public static let form = "seeds such as 0-3 or 1,5,9, each once and at most \(longestRange) in a range"
    /// A range of more seeds is a mistake.
    private static let longestRange = 1000

    public init?(text: String) {
        var seeds: [UInt64] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard let first = ends[0], let last = ends.last!, ends.count <= 2, first <= last, last - first < Self.longestRange else {
                return nil
            }
            seeds += first...last
        }
        guard Set(seeds).count == seeds.count else { return nil }
        self.seeds = seeds
        self.text = text
    }
}

/// "32,128,512": steps, from 1.
public struct StepList: SettingValue {
    /// The steps, from 1.
    public let steps: Set<Int>
    /// As it was written.
    public let text: String

    public static let form = "steps from 1 such as 32,128,512, each once"

    public init?(text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !numbers.contains(where: { $0 == nil || $0! < 1 }) else { return nil }
        steps = Set(numbers.map { $0! })
        guard steps.count == numbers.count else { return nil }
        self.text = text
    }
}

/// "0.485,0.456,0.406"
public struct NumberList: SettingValue {
    /// The numbers in their order.
    public let numbers: [Float]
    /// As it was written.
    public let text: String

    public static let form = "numbers such as 0.5,1"

    public init?(text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.allSatisfy({ $0?.isFinite ?? false }) else { return nil }
        self.numbers = numbers.map { $0! }
        self.text = text
    }
}

/// "features.8", or with its share "features.8=0.5".
public struct LayerShare: SettingValue {
    /// The layer's name.
    public let name: String
    /// Its share, 1 where none is said.
    public let share: Float

    public static let form = "a layer, perhaps with a share above 0 such as features.8=0.5"

    /// - Parameter share: 1 where none is said.
    public init(name: String, share: Float = 1) {
        self.name = name
        self.share = share
    }

    public init?(text: String) {
        guard let equals = text.lastIndex(of: "=") else {
            self.init(name: text)
            return
        }
        guard let share = Float(text[text.index(after: equals)...]), share.isFinite, share > 0 else { return nil }
        self.init(name: String(text[..<equals]), share: share)
    }

    public var text: String { share == 1 ? name : "\(name)=\(share)" }
}
