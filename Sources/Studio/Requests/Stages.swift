import Networks

/// Layers of a network at most where none are named.
let mostStages = 12

/// The names in "features.3, features.8", each once.
func layerNames(_ list: String, setting: String = "layers") throws(Problem) -> [String] {
    let names = list.split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) }
    guard !names.contains("") else { throw .value(of: setting, "names of layers with commas between them", "\"\(list)\"") }
    for (place, name) in names.enumerated() where names[..<place].contains(name) {
        throw .usage("\(setting: setting) names \(name) twice", setting: setting)
    }
    return names
}

extension Network {
    /// The ends of a network's larger parts, shallow to deep: all of them, or so many that are evenly spread. A part goes by
    /// its own name ("features.3") where that means its last layer ("features.3.cat").
    func stages(atMost count: Int) -> [String] {
        let stages = stages
        let count = min(count, stages.count)
        return (0..<count).map { index in
            let layer = stages[(index * (stages.count - 1) + (count - 1) / 2) / max(count - 1, 1)]
            let part = layer.node.split(separator: ".").prefix(2).joined(separator: ".")
            return (try? self.layer(named: part)) == layer ? part : layer.node
        }
    }
}
