/// What a unit tells apart, as a formula of classes and categories: "dog OR espresso", "animal AND NOT dog" (INVERT, Bykov et al. 2023,
/// arXiv:2311.13594).
public struct ClassFormula: Sendable {
    /// Names joined by OR, AND and AND NOT, with brackets only where signs differ.
    public let text: String
    /// Classes and categories in it.
    public let length: Int
    /// How well it is told from all other photographs. It was searched for: no test is left.
    public let separation: RankTest.Separation

    /// A class or a category.
    public struct Atom: Sendable {
        let name: String
        let members: ClassSet

        /// - Parameter members: numbers of classes.
        public init(name: String, members: some Sequence<Int>) { (self.name, self.members) = (name, ClassSet(members)) }
    }

    private static let (longest, kept) = (3, 5)
    /// The share of photographs that a formula must hold for at least; the paper's example.
    private static let leastShare = 0.0035
    /// A shorter formula is taken where a longer one is better by no more than this.
    private static let gain = 0.005

    /// "a OR b OR c", "(a OR b) AND NOT c": brackets only where signs differ.
    private static func joined(_ text: String, _ sign: String, _ name: String) -> String {
        let isPlain = [" OR ", " AND "].allSatisfy { other in other == " \(sign) " || !text.contains(other) }
        return isPlain ? "\(text) \(sign) \(name)" : "(\(text)) \(sign) \(name)"
    }

    private struct Candidate {
        let text: String
        let length: Int
        let members: ClassSet
        let separation: RankTest.Separation
    }

    /// The formula that a unit tells apart best, by a beam search.
    ///
    /// - Returns: nil where no atom has photographs enough.
    public init?(_ unit: UnitClasses, _ photographs: PhotographClasses, atoms: [Atom]) {
        let fewest = max(Double(PhotographClasses.fewest), Self.leastShare * Double(photographs.classes.count))
        var seen: Set<ClassSet> = []
        func candidate(_ text: @autoclosure () -> String, _ length: Int, _ members: ClassSet) -> Candidate? {
            let count = members.reduce(0) { $0 + photographs.counts[$1] }
            guard Double(count) >= fewest, photographs.isTested(members), seen.insert(members).inserted,
                let separation = unit.separation(of: members)
            else { return nil }
            return Candidate(text: text(), length: length, members: members, separation: separation)
        }
        func best(_ candidates: [Candidate]) -> [Candidate] {
            let order = candidates.enumerated().sorted { ($0.element.separation.auc, -$0.offset) > ($1.element.separation.auc, -$1.offset) }
            return order.prefix(Self.kept).map(\.element)
        }
        var beam = best(atoms.compactMap { candidate($0.name, 1, $0.members) })
        var all = beam
        for length in 2...Self.longest {
            var found: [Candidate] = []
            for before in beam where before.length == length - 1 {
                for atom in atoms {
                    found += [
                        candidate(Self.joined(before.text, "OR", atom.name), length, before.members.union(atom.members)),
                        candidate(Self.joined(before.text, "AND", atom.name), length, before.members.intersection(atom.members)),
                        candidate(Self.joined(before.text, "AND NOT", atom.name), length, before.members.subtracting(atom.members)),
                    ].compactMap { $0 }
                }
            }
            beam = best(found)
            all += beam
        }
        guard let most = all.map(\.separation.auc).max() else { return nil }
        let chosen = all.filter { $0.separation.auc >= most - Self.gain }
            .min { ($0.length, -$0.separation.auc) < ($1.length, -$1.separation.auc) }!
        (text, length, separation) = (chosen.text, chosen.length, chosen.separation)
    }
}

/// Numbers of classes, a bit each.
struct ClassSet: Hashable, Sendable, Sequence {
    private var words: [UInt64]

    private static let bits = UInt64.bitWidth

    init(_ numbers: some Sequence<Int>) {
        words = []
        for number in numbers {
            while words.count * Self.bits <= number { words.append(0) }
            words[number / Self.bits] |= 1 << UInt64(number % Self.bits)
        }
    }

    private init(words: [UInt64]) {
        self.words = words
        while self.words.last == 0 { self.words.removeLast() }
    }

    private func joined(_ other: ClassSet, _ operation: (UInt64, UInt64) -> UInt64) -> ClassSet {
        ClassSet(words: (0..<Swift.max(words.count, other.words.count)).map { place in
            operation(place < words.count ? words[place] : 0, place < other.words.count ? other.words[place] : 0)
        })
    }

    func union(_ other: ClassSet) -> ClassSet { joined(other) { $0 | $1 } }
    func intersection(_ other: ClassSet) -> ClassSet { joined(other) { $0 & $1 } }
    func subtracting(_ other: ClassSet) -> ClassSet { joined(other) { $0 & ~$1 } }

    /// Ascending.
    func makeIterator() -> AnyIterator<Int> {
        var (place, rest) = (0, words.first ?? 0)
        let words = words
        return AnyIterator {
            while rest == 0 {
                place += 1
                guard place < words.count else { return nil }
                rest = words[place]
            }
            defer { rest &= rest - 1 }
            return place * Self.bits + rest.trailingZeroBitCount
        }
    }
}
