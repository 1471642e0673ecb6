import Networks

/// The network that is asked for: a name, and the user's files and changes.
public struct ModelRequest: Sendable, Hashable {
    /// Nil for the default network.
    public var name: String?
    /// A file of one's own weights for the architecture of that name.
    public var weights: String?
    /// Which of several sets of weights in that file; see `Architecture.fit`.
    public var weightsKey: String?
    /// A file with the name of a class a line.
    public var labels: String?
    /// The size of the picture, for a graph in a file that leaves it open.
    public var size: Network.Size?
    /// The changes to the scaling of pictures.
    public var preprocessing: PreprocessingChange
    /// Values of other inputs than the picture, for a graph in a file that has several.
    public var inputs: [GivenInput] = []

    /// A request for a network.
    public init(
        name: String?, weights: String? = nil, weightsKey: String? = nil, labels: String? = nil, size: Network.Size? = nil,
        preprocessing: PreprocessingChange = PreprocessingChange()
    ) {
        self.name = name
        self.weights = weights
        self.weightsKey = weightsKey
        self.labels = labels
        self.size = size
        self.preprocessing = preprocessing
    }
}

/// Changes to a network's preprocessing; nil leaves a part as it is.
public struct PreprocessingChange: Sendable, Hashable {
    /// The range that 0…1 is stretched to. Mean and deviation of another range mean nothing: they become 0 and 1.
    public var range: [Float]?
    /// Per channel, in units of the range.
    public var mean: [Float]?
    /// Per channel, in units of the range.
    public var std: [Float]?
    /// Blue comes first.
    public var bgr = false

    /// No change.
    public init() {}

    /// Whether nothing is to be changed.
    public var isEmpty: Bool { self == PreprocessingChange() }

    /// Holds the numbers against the channels of the network's pictures.
    func check(channels: Int) throws(StoreError) {
        for (name, numbers) in [("mean", mean), ("std", std)] {
            if let numbers, numbers.count != 1, numbers.count != channels {
                throw StoreError(
                    .name,
                    "\(name) needs one number, or one for each of the network's \(channels) channels, not \(numbers.count)",
                    hint: .setting(name))
            }
        }
        if bgr, channels != 3 {
            throw StoreError(.name, "bgr: the network takes \(channels) channels, not three colours", hint: .setting("bgr"))
        }
    }

    func applied(to original: Preprocessing) -> Preprocessing {
        var changed = original
        if let range {
            changed.range = range
            changed.mean = [0]
            changed.std = [1]
        }
        if let mean { changed.mean = mean }
        if let std { changed.std = std }
        if bgr {
            // The original numbers stay with their colours.
            if !original.bgr, mean == nil { changed.mean.reverse() }
            if !original.bgr, std == nil { changed.std.reverse() }
            changed.bgr = true
        }
        return changed
    }
}
