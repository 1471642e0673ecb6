/// The order in which a person counts names: frame_2 before frame_10, whatever zeros are put before.
public enum NaturalOrder {
    /// Whether a name comes before another. Runs of digits compare as numbers, everything else by its bytes; names that are
    /// the same so far, as 07 and 7, by their bytes too, so that the order is total.
    public static func precedes(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var (i, j) = (0, 0)
        while i < a.count && j < b.count {
            let (first, second) = (digits(a, i), digits(b, j))
            if first.isEmpty || second.isEmpty {
                if a[i] != b[j] { return a[i] < b[j] }
                i += 1
                j += 1
            } else {
                // Without leading zeros the longer number is the larger one.
                let (x, y) = (a[first].drop { $0 == zero }, b[second].drop { $0 == zero })
                if x.count != y.count { return x.count < y.count }
                if x != y { return x.lexicographicallyPrecedes(y) }
                (i, j) = (first.upperBound, second.upperBound)
            }
        }
        if a.count - i != b.count - j { return a.count - i < b.count - j }
        return a.lexicographicallyPrecedes(b)
    }

    private static let zero = UInt8(ascii: "0")

    /// The run of digits that begins at a place.
    private static func digits(_ bytes: [UInt8], _ start: Int) -> Range<Int> {
        start..<(bytes[start...].firstIndex { !(zero...UInt8(ascii: "9")).contains($0) } ?? bytes.count)
    }
}
