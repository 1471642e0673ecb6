import Networks

/// Numbers that are known before any picture is seen: weights that an operator looks at, and all that shape arithmetic
/// comes to.
struct Constant: Sendable {
    /// Row-major extents; none for a single number.
    var dims: [Int]
    var values: Values
    /// It follows from the picture's size, so that what depends on it fits that size only.
    var isSized = false

    enum Values: Sendable {
        case integers([Int])
        case floats([Float])
    }

    init(_ dims: [Int], _ values: Values, isSized: Bool = false) {
        self.dims = dims
        self.values = values
        self.isSized = isSized
    }

    init(integers: [Int], isSized: Bool = false) { self.init([integers.count], .integers(integers), isSized: isSized) }

    var count: Int { dims.reduce(1, *) }

    var isInteger: Bool { if case .integers = values { true } else { false } }

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
    func moved(_ movement: Movement) -> Constant {
        switch values {
        case .integers(let numbers): return Constant(movement.dims, .integers(movement.moved(numbers, fill: wholeNumber(movement.fill))), isSized: isSized)
        case .floats(let numbers): return Constant(movement.dims, .floats(movement.moved(numbers, fill: movement.fill)), isSized: isSized)
        }
    }

    func reshaped(_ dims: [Int]) -> Constant { Constant(dims, values, isSized: isSized) }
}
