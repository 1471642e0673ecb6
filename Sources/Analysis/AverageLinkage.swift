/// Hierarchical clustering by average linkage: in every step the two clusters merge whose mean distance over pairs is smallest
/// (UPGMA, Sokal and Michener 1958; SciPy's `linkage(…, "average")`).
public struct AverageLinkage: Sendable {
    /// Two clusters that became one. Single items have the numbers from 0, merged clusters the next ones in their order.
    public struct Merge: Sendable, Equatable {
        /// The cluster with the smaller number.
        public let first: Int
        /// The cluster with the larger number.
        public let second: Int
        /// The mean distance between their items; it never falls from one merge to the next.
        public let distance: Double
    }

    /// How many items there are.
    public let count: Int
    /// In their order, one fewer than items.
    public let merges: [Merge]

    /// - Parameter distances: `[count, count]`, symmetric.
    public init(distances: [Double], count: Int) {
        precondition(distances.count == count * count, "\(distances.count) distances are not \(count) × \(count)")
        self.count = count
        var distances = distances
        var sizes = [Int](repeating: 1, count: count)
        var groups = Array(0..<count)  // the number of the group that stands in each place
        var places = Array(0..<count)  // those that still hold one
        var merges: [Merge] = []
        while places.count > 1 {
            var (nearest, i, j) = (Double.infinity, places[0], places[1])
            for (order, a) in places.enumerated() {
                for b in places[(order + 1)...] where distances[a * count + b] < nearest {
                    (nearest, i, j) = (distances[a * count + b], a, b)
                }
            }
            let distance = distances[i * count + j]
            merges.append(Merge(first: min(groups[i], groups[j]), second: max(groups[i], groups[j]), distance: distance))
            places.removeAll { $0 == j }
            let (own, other) = (Double(sizes[i]), Double(sizes[j]))
            for k in places where k != i {
                let mean = (own * distances[i * count + k] + other * distances[j * count + k]) / (own + other)
                distances[i * count + k] = mean
                distances[k * count + i] = mean
            }
            sizes[i] += sizes[j]
            groups[i] = count + merges.count - 1
        }
        self.merges = merges
    }

    /// The clusters after all merges up to a distance, each in ascending order, ordered by their first items.
    public func groups(within distance: Double) -> [[Int]] {
        var members: [Int: [Int]] = [:]
        for item in 0..<count { members[item] = [item] }
        for (index, merge) in merges.enumerated() where merge.distance <= distance {
            members[count + index] = (members.removeValue(forKey: merge.first)! + members.removeValue(forKey: merge.second)!).sorted()
        }
        return members.values.sorted { $0[0] < $1[0] }
    }
}
