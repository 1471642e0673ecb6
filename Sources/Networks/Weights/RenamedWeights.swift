/// A part of a file, under torchvision's names.
struct RenamedWeights: WeightStore {
    let file: String
    /// By torchvision's names; a parameter that the file has in parts has the shape of all of them.
    let shapes: [String: [Int]]
    let naming: Naming
    /// The prefix of every layer's name in the file.
    let prefix: String
    private let store: any WeightStore
    /// The file's names for each parameter, whether it has them or not.
    private let keys: [String: [String]]

    /// - Parameters:
    ///   - stored: the store's shapes, which may take time to make.
    ///   - layers: the names of the parameters before the classifier.
    ///   - classifier: those of the classifier.
    init(
        _ store: any WeightStore, _ stored: [String: [Int]], _ naming: Naming, prefix: String, layers: [String], classifier: [String]
    ) {
        (file, self.store, self.naming, self.prefix) = (store.file, store, naming, prefix)
        let base = Self.base(of: prefix, naming)
        var (shapes, keys): ([String: [Int]], [String: [String]]) = ([:], [:])
        for (names, start) in [(layers, prefix), (classifier, base)] {
            for name in names {
                let own = naming.keys(of: name).map { start + $0 }
                keys[name] = own
                let parts = own.compactMap { stored[$0] }
                guard parts.count == own.count else { continue }
                if parts.count == 1 {
                    shapes[name] = parts[0]
                } else if parts.allSatisfy({ $0.dropFirst() == parts[0].dropFirst() && !$0.isEmpty }) {
                    let (sum, overflow) = parts.reduce((0, false)) { sum, part in
                        let (next, overflow) = sum.0.addingReportingOverflow(part[0])
                        return (next, sum.1 || overflow)
                    }
                    if !overflow { shapes[name] = [sum] + parts[0].dropFirst() }
                }
            }
        }
        (self.shapes, self.keys) = (shapes, keys)
    }

    /// The prefix of the classifier's names.
    static func base(of prefix: String, _ naming: Naming) -> String {
        prefix.hasSuffix(naming.root) ? String(prefix.dropLast(naming.root.count)) : prefix
    }

    /// The prefix of the classifier's names.
    var base: String { Self.base(of: prefix, naming) }

    /// The file's names for a parameter.
    func keys(of name: String) -> [String] { keys[name] ?? [name] }

    /// Everything that is wrong with parameters, a line each; empty if they can be read.
    func problems(_ parameters: [Parameter]) -> [String] {
        parameters.flatMap { parameter -> [String] in
            let keys = keys(of: parameter.name).map { String($0.dropFirst(base.count)) }
            let name = keys.map(shown).joined(separator: ", ")
            guard let shape = shapes[parameter.name] else {
                let missing = self.keys(of: parameter.name).filter { store.unreadable[$0] != nil || !store.holds($0) }
                return missing.map { key in
                    shown(String(key.dropFirst(base.count))) + " " + (store.unreadable[key] ?? "is missing")
                }
            }
            if !isSame(shape, parameter.shape) { return ["\(name) is \(shape), expected \(parameter.shape)"] }
            return shape.contains(0) ? ["\(name) is \(shape), empty"] : []
        }
    }

    /// Whether the numbers of one shape are those of another in the same order: other programs have kernels of 1×1 where
    /// torchvision has matrices, and vectors where it has extents of 1.
    private func isSame(_ stored: [Int], _ wanted: [Int]) -> Bool {
        if stored == wanted { return true }
        guard !naming.isOwn else { return false }
        func significant(_ shape: [Int]) -> [Int] { shape.filter { $0 != 1 } }
        let (a, b) = (significant(stored), significant(wanted))
        return a == b || a.first == b.first && Self.count(a) == Self.count(b) && min(a.count, b.count) > 1
    }

    /// Numbers in all; nil for more than any file has.
    private static func count(_ shape: [Int]) -> Int? {
        shape.reduce(1) { count, extent in
            let product = count?.multipliedReportingOverflow(by: extent)
            return product?.overflow == false ? product?.partialValue : nil
        }
    }

    /// Whether another part of the same file has the same numbers.
    func isSame(as other: RenamedWeights, _ names: [String]) -> Bool {
        names.allSatisfy { name in
            if keys(of: name) == other.keys(of: name) { return true }
            guard let shape = shapes[name], let otherShape = other.shapes[name] else { return false }
            guard let mine = try? read(name, shape: shape), let others = try? other.read(name, shape: otherShape) else { return false }
            return mine == others
        }
    }

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        var values: [Float] = []
        for key in keys(of: name) {
            let part = try store.read(key, shape: store.shape(of: key) ?? shape)
            if keys(of: name).count == 1 { return part }
            values += part
        }
        return values
    }

    /// Refuses parameters that cannot be read, and says what the file has instead.
    func check(_ parameters: [Parameter]) throws(WeightsError) { try refuse(problems(parameters)) }

    /// Refuses the file for these problems, if there are any.
    func refuse(_ problems: [String], having others: [String] = []) throws(WeightsError) {
        guard !problems.isEmpty else { return }
        let first = problems.prefix(10).joined(separator: "; ")
        let rest = problems.count > 10 ? "; and \(problems.count - 10) more" : ""
        let has = others.isEmpty ? "" : "; it has \(others.listed(8))"
        throw WeightsError(file: file, reason: "\(first)\(rest)\(has); is it a training of this network?")
    }
}

extension [String] {
    /// The first of these names, and how many there are beside.
    package func listed(_ most: Int) -> String {
        prefix(most).map(shown).joined(separator: ", ") + (count > most ? " and \(count - most) more" : "")
    }
}

/// Whether a tensor of that name is no weight: a batch normalization's counter, a profiler's counts, a table that Swin's windows
/// make by themselves, or one of the second classifiers (of torchvision's GoogLeNet and Inception, of TensorFlow's inception5h) that branch off half way.
func isOnlyForTraining(_ name: String) -> Bool {
    ["num_batches_tracked", "total_ops", "total_params", "relative_position_index", "attn_mask"].contains { name.hasSuffix($0) }
        || secondClassifiers.contains { name.hasPrefix($0) }
}

private let secondClassifiers = [
    "aux1.", "aux2.", "AuxLogits.", "head0_", "nn0_", "softmax0_", "head1_", "nn1_", "softmax1_",
]
