/// The contents of a pickle: plain data, nothing that acts.
///
/// Containers lie in flat lists and refer to each other by index, as pickles may be nested a million deep and hold
/// themselves: no value owns another, and nothing here is ever walked recursively.
struct Pickle {
    enum Value {
        case none
        case boolean(Bool)
        case integer(Int)
        case string(String)
        /// A list or a tuple: an index into `sequences`.
        case sequence(Int)
        /// A dict or an OrderedDict: an index into `dictionaries`.
        case dictionary(Int)
        /// An index into `tensors`.
        case tensor(Int)
        /// A storage, which stands outside of the pickle: an index into `persistents`.
        case persistent(Int)
        /// A Python object by name, which is one of those known.
        case global(Global)
        /// Something that no weights depend on and that was not looked at: a float, a set, a NumPy scalar, a Namespace.
        case opaque
    }

    /// The Python objects that may be named. Everything else is an error.
    enum Global: Equatable {
        case orderedDictionary, size, parameter, rebuildTensor, rebuildTensor2, rebuildParameter
        case storage(ElementType)
        /// torch.FloatTensor and the like, which training scripts may store among their options.
        case tensorType
        /// May be called or made with any arguments, as nothing is called or made: the result is opaque.
        case opaque
    }

    /// A tensor as PyTorch's `_rebuild_tensor` is told: not yet checked against its storage.
    struct Tensor {
        let persistent: Int
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    var root = Value.none
    var sequences: [[Value]] = []
    var dictionaries: [[(key: Value, value: Value)]] = []
    var tensors: [Tensor] = []
    /// The persistent ids in the order in which they were met.
    var persistents: [Value] = []

    /// The elements of a list or a tuple.
    func elements(_ value: Value) -> [Value]? {
        if case .sequence(let index) = value { sequences[index] } else { nil }
    }

    /// The integers of a list or a tuple that holds nothing else.
    func integers(_ value: Value) -> [Int]? {
        guard let elements = elements(value) else { return nil }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else { return nil }
            integers.append(integer)
        }
        return integers
    }

    /// The entries of a dict whose keys are strings, in their order; a key set twice has its last value.
    func entries(_ value: Value) -> [String: Value]? {
        guard case .dictionary(let index) = value else { return nil }
        var entries: [String: Value] = [:]
        for case (.string(let key), let value) in dictionaries[index] { entries[key] = value }
        return entries
    }

    /// How deep dicts and lists are looked into for tensors.
    private static let deepest = 12
    /// Bytes of a tensor's name; longer ones are no names, and many of them would not fit into memory.
    private static let longestName = 1000

    /// Every tensor in the root's dicts and lists, under its keys with slashes between. One that occurs twice has the shorter
    /// name.
    var tensorsByName: [String: Value] {
        var found: [String: Value] = [:]
        var (seenDictionaries, seenSequences): (Set<Int>, Set<Int>) = ([], [])
        var level = [(name: "", value: root)]
        for _ in 0..<Self.deepest where !level.isEmpty {
            var next: [(name: String, value: Value)] = []
            for (name, container) in level {
                let start = name.isEmpty ? "" : name + "/"
                var children: [(key: String, value: Value)] = []
                switch container {
                case .dictionary(let index) where seenDictionaries.insert(index).inserted:
                    for (key, value) in dictionaries[index] {
                        switch key {
                        case .string(let key): children.append((key, value))
                        case .integer(let key): children.append(("\(key)", value))
                        default: break
                        }
                    }
                case .sequence(let index) where seenSequences.insert(index).inserted:
                    children = sequences[index].enumerated().map { ("\($0)", $1) }
                default: break
                }
                for (key, value) in children where start.utf8.count + key.utf8.count <= Self.longestName {
                    switch value {
                    case .tensor: found[start + key] = value
                    case .dictionary, .sequence: next.append((start + key, value))
                    default: break
                    }
                }
            }
            level = next
        }
        return found
    }
}
