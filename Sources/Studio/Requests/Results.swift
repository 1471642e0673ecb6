import Synchronization

/// A place for each of several results that threads find.
final class Results<Value: Sendable>: Sendable {
    private let found: Mutex<[Result<Value, Problem>?]>

    init(count: Int) { found = Mutex([Result<Value, Problem>?](repeating: nil, count: count)) }

    subscript(index: Int) -> Result<Value, Problem>? {
        get { found.withLock { $0[index] } }
        set { found.withLock { $0[index] = newValue } }
    }

    /// All of them, or the first problem.
    func values() throws(Problem) -> [Value] {
        var values: [Value] = []
        for result in found.withLock({ $0 }) { if let result { values.append(try result.get()) } }
        return values
    }
}
