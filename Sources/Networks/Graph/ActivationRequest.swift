/// The part of a layer's output that is to be computed.
public struct ActivationRequest: Sendable, Hashable {
    /// Some channels only; nil for all.
    public var channels: Set<Int>?
    /// Some positions only; nil for all.
    public var positions: Set<Position>?

    /// A column and a row of a layer; nil for the middle one, width / 2 and height / 2 rounded down. Beyond the layer's edge
    /// it means the edge.
    public struct Position: Sendable, Hashable {
        /// Column.
        public var x: Int?
        /// Row.
        public var y: Int?

        public init(x: Int? = nil, y: Int? = nil) {
            self.x = x
            self.y = y
        }

        /// The column in a layer of this width.
        public func column(width: Int) -> Int { min(x ?? width / 2, width - 1) }

        /// The row in a layer of this height.
        public func row(height: Int) -> Int { min(y ?? height / 2, height - 1) }
    }

    /// - Parameters: nil for all of them.
    public init(channels: Set<Int>? = nil, positions: Set<Position>? = nil) {
        self.channels = channels
        self.positions = positions
    }

    /// The whole layer.
    public static let all = ActivationRequest()

    /// Some channels, everywhere.
    public static func channels(_ channels: Set<Int>) -> ActivationRequest { ActivationRequest(channels: channels) }

    /// One unit of one channel.
    public static func neuron(_ channel: Int, at position: Position) -> ActivationRequest {
        ActivationRequest(channels: [channel], positions: [position])
    }

    /// Everything that either asks for.
    public func union(_ other: ActivationRequest) -> ActivationRequest {
        var result = ActivationRequest()
        if let mine = channels, let theirs = other.channels { result.channels = mine.union(theirs) }
        if let mine = positions, let theirs = other.positions { result.positions = mine.union(theirs) }
        return result
    }
}
