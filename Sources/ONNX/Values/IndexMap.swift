/// Moves values about: for each value of an output the place in the source's memory that it comes from, which is the sum of
/// one table entry for each axis. Slices, gathers, transpositions, repetitions and paddings are all of this form.
struct IndexMap {
    /// For each axis of the output, and each index along it, an offset in the source's memory; −1 for `fill`.
    var tables: [[Int]]
    /// The value where nothing of the source goes.
    var fill: Float = 0

    /// The output's extents.
    var dims: [Int] { tables.map(\.count) }

    /// Values of the output; Int.max where that is more than an Int holds.
    var count: Int { elementCount(dims) ?? .max }

    /// The map that leaves every value where it is.
    ///
    /// - Parameters:
    ///   - dims: extents of the source.
    ///   - strides: distance in the source's memory between neighbours along each axis; row-major by default.
    init(_ dims: [Int], strides: [Int]? = nil) {
        tables = zip(dims, strides ?? rowMajorStrides(dims)).map { extent, stride in (0..<extent).map { $0 * stride } }
    }

    /// One value, `count` times.
    init(repeating count: Int) { tables = [[Int](repeating: 0, count: count)] }

    /// Takes these indices along one axis; −1 for the fill.
    mutating func choose(_ indices: some Sequence<Int>, axis: Int) {
        let table = tables[axis]
        tables[axis] = indices.map { $0 < 0 ? -1 : table[$0] }
    }

    /// Axis i of the output becomes axis `order[i]` of what it was.
    mutating func transpose(_ order: [Int]) { tables = order.map { tables[$0] } }

    /// Repeats axes of extent 1, and adds axes before the first.
    mutating func expand(to dims: [Int]) {
        tables = [[Int]](repeating: [0], count: max(dims.count - tables.count, 0)) + tables
        for (axis, extent) in dims.enumerated() where tables[axis].count == 1 && extent != 1 {
            tables[axis] = [Int](repeating: tables[axis][0], count: extent)
        }
    }

    /// The output, row-major.
    func moved<Number>(_ source: [Number], fill: Number) -> [Number] {
        guard let last = tables.last else { return source }
        var outer = self
        outer.tables.removeLast()
        var result: [Number] = []
        result.reserveCapacity(count)
        for place in outer.places() {
            for offset in last { result.append(place < 0 || offset < 0 ? fill : source[Int(place) + offset]) }
        }
        return result
    }

    /// The place in the source for each place in the output's memory; −1 for the fill.
    ///
    /// - Parameter order: the output's axes from the slowest in memory to the fastest; row-major by default.
    func places(order: [Int]? = nil) -> [Int32] {
        let tables = (order ?? Array(self.tables.indices)).map { self.tables[$0] }
        var places: [Int32] = [0]
        for table in tables {
            var next: [Int32] = []
            next.reserveCapacity(places.count * table.count)
            for place in places {
                for offset in table { next.append(place < 0 || offset < 0 ? -1 : place + Int32(offset)) }
            }
            places = next
        }
        return places
    }

    /// Whether the output is a source of this many values, each in its place.
    func isIdentity(count: Int) -> Bool {
        self.count == count && count < 1 << 26 && places().enumerated().allSatisfy { Int32($0) == $1 }
    }
}

/// Distances in memory between neighbours along each axis, the last axis being the fastest.
func rowMajorStrides(_ dims: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: dims.count)
    for axis in dims.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * dims[axis + 1] }
    return strides
}

/// The product of extents; nil where it, or the product of the first few, is above a bound.
func elementCount(_ dims: [Int], atMost bound: Int = .max) -> Int? {
    var count = 1
    for extent in dims {
        let (product, overflows) = count.multipliedReportingOverflow(by: extent)
        guard !overflows, product <= bound else { return nil }
        count = product
    }
    return count
}

/// Extents with ones before the first axis, up to this many axes.
func withLeadingOnes(_ dims: [Int], _ rank: Int) -> [Int] { [Int](repeating: 1, count: rank - dims.count) + dims }
