/// Where each value of an output comes from, one axis at a time: the place in the source's memory is the sum of what the
/// tables say of each output axis. Slices, gathers, transpositions, repetitions and paddings are all of this form.
struct Movement {
    /// For each output axis and index along it an offset in the source; −1 where nothing comes from.
    var tables: [[Int]]
    /// What stands where nothing comes from.
    var fill: Float = 0

    /// The output's extents.
    var dims: [Int] { tables.map(\.count) }

    /// Values in all; Int.max where that is more than an Int holds.
    var count: Int {
        dims.reduce(1) { product, extent in
            let (next, overflows) = product.multipliedReportingOverflow(by: extent)
            return overflows ? Int.max : next
        }
    }

    /// Nothing moves.
    ///
    /// - Parameters:
    ///   - dims: extents of the source.
    ///   - strides: how far apart in the source's memory the neighbours along each axis are.
    init(_ dims: [Int], strides: [Int]) {
        tables = zip(dims, strides).map { extent, stride in (0..<extent).map { $0 * stride } }
    }

    /// Nothing moves, in row-major memory.
    init(_ dims: [Int]) { self.init(dims, strides: rowMajorStrides(dims)) }

    /// Along one axis the named indices; −1 for the fill.
    mutating func choose(_ indices: [Int], axis: Int) {
        let table = tables[axis]
        tables[axis] = indices.map { $0 < 0 ? -1 : table[$0] }
    }

    /// Axis i of the output is axis `order[i]` of the source.
    mutating func transpose(_ order: [Int]) { tables = order.map { tables[$0] } }

    /// Repeats axes of extent 1, and adds axes before the first.
    mutating func expand(to dims: [Int]) {
        tables = [[Int]](repeating: [0], count: max(dims.count - tables.count, 0)) + tables
        for (axis, extent) in dims.enumerated() where tables[axis].count == 1 && extent != 1 {
            tables[axis] = [Int](repeating: tables[axis][0], count: extent)
        }
    }

    /// The source's numbers where they go, row-major.
    func moved<Number>(_ numbers: [Number], fill: Number) -> [Number] {
        guard let last = tables.last else { return numbers }
        var outer = self
        outer.tables.removeLast()
        var result: [Number] = []
        result.reserveCapacity(count)
        for place in outer.places() {
            for offset in last { result.append(place < 0 || offset < 0 ? fill : numbers[Int(place) + offset]) }
        }
        return result
    }

    /// The source's place for each place of the output, whose axes lie in memory in this order (row-major without).
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
}

/// Distances in memory between neighbours along each axis.
func rowMajorStrides(_ dims: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: dims.count)
    for axis in dims.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * dims[axis + 1] }
    return strides
}
