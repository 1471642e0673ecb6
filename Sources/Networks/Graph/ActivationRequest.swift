import Tensors

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

        /// - Parameters: nil for the middle.
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

/// A layer's output: everything, or the channels and the part that were requested.
public struct Activation: Sendable {
    /// `[channels.count, height, width]`
    public let values: Tensor
    /// The layer's channels that these are, ascending; nil for all.
    public let channels: [Int]?
    /// Where `values` lies in the layer.
    public let place: Place

    /// A part of a layer: its upper left position, and the whole layer's extent.
    public struct Place: Sendable, Hashable {
        /// The part's first row.
        public let top: Int
        /// The part's first column.
        public let left: Int
        /// Rows of the whole layer.
        public let height: Int
        /// Columns of the whole layer.
        public let width: Int

        /// - Parameters: the height and the width are the whole layer's.
        public init(top: Int = 0, left: Int = 0, height: Int, width: Int) {
            self.top = top
            self.left = left
            self.height = height
            self.width = width
        }
    }

    /// - Parameter place: nil if the values are the whole layer.
    public init(values: Tensor, channels: [Int]?, place: Place? = nil) {
        self.values = values
        self.channels = channels
        self.place = place ?? Place(height: values.shape.height, width: values.shape.width)
    }

    /// Where a position of the layer lies in a plane of `values`.
    public func offset(of position: ActivationRequest.Position) -> Int {
        (position.row(height: place.height) - place.top) * values.shape.width + position.column(width: place.width)
            - place.left
    }

    /// Where a channel of the layer lies in `values`.
    public func position(of channel: Int) -> Int {
        guard let channels else { return channel }
        guard let position = channels.firstIndex(of: channel) else {
            preconditionFailure("channel \(channel) was not requested")
        }
        return position
    }
}
