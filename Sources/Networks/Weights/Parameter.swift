import Tensors

/// A named block of trained numbers: in a file until a layer needs them, or already here.
public struct Parameter: Sendable {
    /// The name in the checkpoint, as torchvision has it.
    public let name: String
    /// Row-major extents, e.g. `[filters, channels, kernelHeight, kernelWidth]`.
    public let shape: [Int]
    private let source: Source

    private enum Source: Sendable {
        case store(any WeightStore)
        case values([Float])
        indirect case part(of: Parameter, indices: [Int], axis: Int)
    }

    /// A parameter that `store` holds under this name.
    public init(_ name: String, shape: [Int], in store: any WeightStore) {
        self.name = name
        self.shape = shape
        source = .store(store)
    }

    /// A parameter made by the program itself.
    public init(_ name: String, shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *))
        self.name = name
        self.shape = shape
        source = .values(values)
    }

    /// The part of this parameter at these indices of one axis, in their order.
    func choosing(_ indices: [Int], axis: Int = 0) -> Parameter {
        var extents = shape
        extents[axis] = indices.count
        return Parameter(name: name, shape: extents, source: .part(of: self, indices: indices, axis: axis))
    }

    private init(name: String, shape: [Int], source: Source) {
        self.name = name
        self.shape = shape
        self.source = source
    }

    /// Values in all.
    public var count: Int { shape.reduce(1, *) }

    /// The values in row-major order; all of them finite.
    public func read() throws(WeightsError) -> [Float] {
        switch source {
        case .values(let values): return values
        case .store(let store):
            let values = try store.read(name, shape: shape)
            guard values.allSatisfy(\.isFinite) else {
                throw WeightsError(file: store.file, reason: "\(name) holds numbers that are not finite")
            }
            return values
        case .part(let whole, let indices, let axis):
            let values = try whole.read()
            let extent = whole.shape[axis]
            let blocks = whole.shape[..<axis].reduce(1, *)
            let size = whole.shape[(axis + 1)...].reduce(1, *)  // values at one index
            var part: [Float] = []
            part.reserveCapacity(count)
            for block in 0..<blocks {
                for index in indices {
                    let start = (block * extent + index) * size
                    part += values[start..<start + size]
                }
            }
            return part
        }
    }
}

/// A file (or anything else) that holds parameters by name.
public protocol WeightStore: Sendable {
    /// The file's name for messages.
    var file: String { get }
    /// The shapes by name.
    var shapes: [String: [Int]] { get }
    /// Whether there is a parameter of this name.
    func holds(_ name: String) -> Bool
    /// The shape of one parameter.
    func shape(of name: String) -> [Int]?
    /// The type of a parameter's numbers in the file, by safetensors' names, e.g. "F16"; nil where there is no file.
    func type(of name: String) -> String?
    /// Why tensors that are there cannot be read, by name.
    var unreadable: [String: String] { get }
    /// The values of one parameter, whose shape must be this one.
    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float]
    /// Checks that every parameter is there in the right shape.
    func check(_ parameters: [Parameter]) throws(WeightsError)
}

extension WeightStore {
    public func holds(_ name: String) -> Bool { shape(of: name) != nil }
    public func shape(of name: String) -> [Int]? { shapes[name] }
    public func type(of name: String) -> String? { nil }
    public var unreadable: [String: String] { [:] }

    /// Reading is the check of a store that has no other.
    public func check(_ parameters: [Parameter]) throws(WeightsError) {}
}
