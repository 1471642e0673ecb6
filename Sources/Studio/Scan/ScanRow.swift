import Analysis
import Files

/// What is kept of a photograph, as bytes of a fixed number: its number and class, its thumbnail's hash, the file's SHA-256, then the
/// maxima of all layers' channels and the means, in half precision.
enum ScanRow {
    static let fixedBytes = 48

    static func bytes(photograph: Int, class number: Int32, _ answer: ScanNetwork.Answer) -> [UInt8] {
        var bytes: [UInt8] = []
        append(Int32(photograph), to: &bytes)
        append(number, to: &bytes)
        append(answer.thumbnail, to: &bytes)
        bytes += answer.sha256
        for summary in answer.summaries { append(halves: summary.maxima, to: &bytes) }
        for summary in answer.summaries { append(halves: summary.means, to: &bytes) }
        return bytes
    }

    /// The samples of one layer, each with its photograph and its position.
    static func samples(photograph: Int, _ summary: PhotographSummary) -> [UInt8] {
        let channels = summary.maxima.count
        var bytes: [UInt8] = []
        for (place, position) in summary.samplePositions.enumerated() {
            append(Int32(photograph), to: &bytes)
            append(Int32(position), to: &bytes)
            summary.samples[place * channels..<(place + 1) * channels].withUnsafeBytes { bytes += $0 }
        }
        return bytes
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }

    private static func append(halves values: [Float], to bytes: inout [UInt8]) { values.map(half).withUnsafeBytes { bytes += $0 } }
}

/// Records of one size from several parts of a scan, in the order of the photographs.
struct ScanRecords {
    private let sources: [UnsafeRawBufferPointer]
    private let recordBytes: Int
    private let order: [(photograph: Int32, source: Int32, place: Int)]
    private let owners: [any Sendable]

    /// - Parameters:
    ///   - sources: each begins its records with the photograph, in ascending order.
    ///   - owners: keep the sources alive.
    init(_ sources: [UnsafeRawBufferPointer], recordBytes: Int, keeping owners: [any Sendable]) {
        self.owners = owners
        self.sources = sources
        self.recordBytes = recordBytes
        var order: [(photograph: Int32, source: Int32, place: Int)] = []
        for (number, source) in sources.enumerated() {
            for place in 0..<source.count / recordBytes {
                order.append((source.loadUnaligned(fromByteOffset: place * recordBytes, as: Int32.self), Int32(number), place))
            }
        }
        // A photograph's samples stay in their order.
        if sources.count > 1 { order.sort { ($0.photograph, $0.place) < ($1.photograph, $1.place) } }
        self.order = order
    }

    /// Whether bytes from a file are so many records, each of a photograph that there is.
    static func areSound(_ bytes: UnsafeRawBufferPointer, recordBytes: Int, count: Int, photographs: Int) -> Bool {
        count >= 0 && bytes.count == count * recordBytes
            && (0..<count).allSatisfy { (0..<Int32(photographs)).contains(bytes.loadUnaligned(fromByteOffset: $0 * recordBytes, as: Int32.self)) }
    }

    var count: Int { order.count }

    /// The photograph's number in the folder.
    func photograph(_ index: Int) -> Int { Int(order[index].photograph) }

    /// A number in a record.
    func load<Value: BitwiseCopyable>(_ index: Int, at offset: Int, as type: Value.Type = Value.self) -> Value {
        let (_, source, place) = order[index]
        return sources[Int(source)].loadUnaligned(fromByteOffset: place * recordBytes + offset, as: type)
    }

    /// A part of a record.
    func bytes(_ index: Int, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        let (_, source, place) = order[index]
        let start = place * recordBytes
        return UnsafeRawBufferPointer(rebasing: sources[Int(source)][start + range.lowerBound..<start + range.upperBound])
    }
}
