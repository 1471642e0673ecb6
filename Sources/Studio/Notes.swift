import Synchronization

/// Things that people should know and that were found while jobs were planned; each is told once.
final class Notes: Sendable {
    private let state = Mutex((waiting: [Message](), told: Set<String>()))

    func add(_ messages: [Message]) {
        state.withLock { state in
            for message in messages where state.told.insert(message.description).inserted { state.waiting.append(message) }
        }
    }

    /// Those that have not been told yet.
    func take() -> [Message] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
