/// For every channel the photographs with the largest values, the largest first; of equal values the photograph of the smaller number.
public struct BestPhotographs: Sendable, Equatable {
    /// How many are kept.
    public let keep: Int
    /// `[channels, keep]`
    public private(set) var values: [Float]
    /// `[channels, keep]`; −1 where there is none.
    public private(set) var photographs: [Int32]
    /// `[channels, keep]`, where in the layer the value is found, row by row; −1 where there is none.
    public private(set) var positions: [Int32]

    /// Room for `keep` photographs of each channel, with none in it yet.
    public init(channels: Int, keep: Int) {
        self.keep = keep
        values = [Float](repeating: -.infinity, count: channels * keep)
        photographs = [Int32](repeating: -1, count: channels * keep)
        positions = [Int32](repeating: -1, count: channels * keep)
    }

    /// - Parameters: as the properties hold them.
    public init(keep: Int, values: [Float], photographs: [Int32], positions: [Int32]) {
        (self.keep, self.values, self.photographs, self.positions) = (keep, values, photographs, positions)
    }

    /// Takes a photograph in.
    ///
    /// - Parameters:
    ///   - found: its value for each channel.
    ///   - places: where each is.
    public mutating func add(_ found: [Float], at places: [Int32], photograph: Int) {
        for channel in found.indices { insert(found[channel], places[channel], Int32(photograph), channel) }
    }

    /// Takes those of another part in.
    public mutating func add(_ other: BestPhotographs) {
        precondition(other.keep == keep && other.values.count == values.count)
        for index in other.values.indices where other.photographs[index] >= 0 {
            insert(other.values[index], other.positions[index], other.photographs[index], index / keep)
        }
    }

    private mutating func insert(_ value: Float, _ position: Int32, _ photograph: Int32, _ channel: Int) {
        let (start, end) = (channel * keep, (channel + 1) * keep)
        func precedes(_ index: Int) -> Bool {
            photographs[index] < 0 || value > values[index] || (value == values[index] && photograph < photographs[index])
        }
        guard keep > 0, precedes(end - 1) else { return }
        var place = end - 1
        while place > start, precedes(place - 1) {
            (values[place], photographs[place], positions[place]) = (values[place - 1], photographs[place - 1], positions[place - 1])
            place -= 1
        }
        (values[place], photographs[place], positions[place]) = (value, photograph, position)
    }
}
