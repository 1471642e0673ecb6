import Networks

extension Network {
    /// The ends of a network's larger parts, shallow to deep: all of them, or so many that are evenly spread.
    func stages(atMost count: Int) -> [LayerName] {
        let stages = stages
        let count = min(count, stages.count)
        return (0..<count).map { stages[($0 * (stages.count - 1) + (count - 1) / 2) / max(count - 1, 1)] }
    }
}

extension Drawing {
    /// Layers of a network where none are named.
    static let stages = 12

    /// "features.3, features.8"
    static func names(ofList list: String) -> [String] { list.split(separator: ",").map { String($0.filter { $0 != " " }) } }
}
