import Networks
import Tensors

/// Numbers that are known before any picture is seen: the results of shape arithmetic, and weights that are computed with
/// while the graph is read.
struct Constant: Sendable {
    /// Row-major extents; none for a single number.
    var dims: [Int]
    var values: Values
    /// It follows from the picture's size, so that a layer which depends on it fits that size only.
    var isSized = false
    /// The element type in the file, where it comes from there unchanged.
    var type: TensorType?

    enum Values: Sendable {
        case integers([Int])
        case floats([Float])
    }

    /// Bound on the values of one constant; larger tensors are weights, and stay in their file.
    static let mostValues = 1 << 26

    init(_ dims: [Int], _ values: Values, isSized: Bool = false) {
        self.dims = dims
        self.values = values
        self.isSized = isSized
    }

    init(integers: [Int], isSized: Bool = false) { self.init([integers.count], .integers(integers), isSized: isSized) }

    /// Whether a constant may have these extents.
    static func fits(_ dims: [Int]) -> Bool { elementCount(dims, atMost: mostValues) != nil }

    var count: Int { dims.reduce(1, *) }

    var isInteger: Bool { if case .integers = values { true } else { false } }

    /// Fractions are cut off.
    var integers: [Int] {
        switch values {
        case .integers(let values): values
        case .floats(let values): values.map(wholeNumber)
        }
    }

    var floats: [Float] {
        switch values {
        case .integers(let values): values.map { Float($0) }
        case .floats(let values): values
        }
    }

    /// The same numbers at other places.
    func moved(_ map: IndexMap) -> Constant {
        switch values {
        case .integers(let numbers): Constant(map.dims, .integers(map.moved(numbers, fill: wholeNumber(map.fill))), isSized: isSized)
        case .floats(let numbers): Constant(map.dims, .floats(map.moved(numbers, fill: map.fill)), isSized: isSized)
        }
    }

    /// The same numbers under other extents of the same count.
    func reshaped(_ dims: [Int]) -> Constant {
        var constant = self
        constant.dims = dims
        return constant
    }

    /// The numbers repeated along axes of extent 1.
    func expanded(to dims: [Int]) -> Constant {
        if self.dims == dims { return self }
        var map = IndexMap(self.dims)
        map.expand(to: dims)
        return moved(map)
    }

    /// The function of a layer, of each number; whole numbers stay whole.
    func mapped(_ function: any ElementwiseFunction) -> Constant {
        let results = function(FeatureMap(height: 1, width: 1, everywhere: floats), workers: .one).withElements { Array($0) }
        return Constant(dims, isInteger ? .integers(results.map(wholeNumber)) : .floats(results))
    }
}

/// x without its fraction, within what an Int holds.
func wholeNumber(_ x: Float) -> Int { x.isFinite ? Int(max(min(x, 9e18), -9e18)) : x.isNaN ? 0 : x > 0 ? .max : .min }
