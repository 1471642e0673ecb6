/// Weights under the names that a network of today has for them, or some of them only.
struct RenamedWeights: WeightStore {
    let file: String
    let shapes: [String: [Int]]
    private let store: any WeightStore
    /// The file's name for each parameter whose name is another here.
    private let names: [String: String]
    private let hidden: Set<String>

    /// Takes off what a wrapper puts before every name (DataParallel's "module.", Lightning's "model."), and renames.
    ///
    /// - Parameters:
    ///   - current: what a name of older checkpoints is now.
    ///   - expected: names that the network has.
    init(_ store: any WeightStore, _ current: (String) -> String, expecting expected: [String]) {
        let keys = store.shapes.keys
        let prefix = Self.commonPrefix(of: keys, before: Set(expected))
        var names: [String: String] = [:]
        var shapes: [String: [Int]] = [:]
        for (key, shape) in store.shapes {
            let name = current(String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
            if name == key {
                shapes[name] = shape
            } else if store.shapes[name] != nil || shapes[name] != nil {
                shapes[key] = shape  // both names: the older one is left over, and reported
            } else {
                shapes[name] = shape
                names[name] = key
            }
        }
        file = store.file
        self.store = store
        self.shapes = shapes
        self.names = names
        hidden = []
    }

    /// Leaves parameters out.
    init(_ store: any WeightStore, without hidden: Set<String>) {
        file = store.file
        shapes = store.shapes.filter { !hidden.contains($0.key) }
        self.store = store
        names = [:]
        self.hidden = hidden
    }

    /// The prefix before an expected name in one key, if all keys have it; else nothing.
    private static func commonPrefix(of keys: Dictionary<String, [Int]>.Keys, before expected: Set<String>) -> String {
        // Any one key will do: either all have the prefix or none is taken off.
        for key in keys.prefix(mostTried) {
            if expected.contains(key) { return "" }
            for dot in key.indices where key[dot] == "." && expected.contains(String(key[key.index(after: dot)...])) {
                let prefix = key[...dot]
                return keys.allSatisfy { $0.hasPrefix(prefix) } ? String(prefix) : ""
            }
        }
        return ""
    }

    /// Keys looked at for a prefix: counters and auxiliary classifiers among them say nothing.
    private static let mostTried = 1000

    func holds(_ name: String) -> Bool { !hidden.contains(name) && store.holds(names[name] ?? name) }

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        try store.read(names[name] ?? name, shape: shape)
    }

    func check(_ parameters: [Parameter]) throws(WeightsError) {
        // A store that knows no shapes (untrained weights) has its own idea of what is there.
        if store.shapes.isEmpty { return try store.check(parameters) }
        try checkNamesAndShapes(parameters)
    }
}
