import Files
import Networks
import Tensors

/// Parts of a scan, put together.
struct ScanMerging {
    let state: ScanState
    let records: [ScanRecords]

    /// - Parameter paths: of all parts of one scan, in any order.
    init(_ paths: [String]) throws(Problem) {
        var parts: [(path: String, file: SafetensorsFile, state: ScanState)] = []
        for path in paths {
            let foreign = Problem.badData("\(path) is no part of a scan", setting: "parts")
            let file = try ScanFile.opened(path, foreign: foreign)
            guard let state = try ScanState(file) else {
                throw file.metadata[ScanFile.key] != nil
                    ? .badData("\(path) is a whole scan, and no part of one", setting: "parts") : foreign
            }
            parts.append((path, file, state))
        }
        guard let first = parts.first else { throw .usage("name the parts that \(setting: "merge") is to put together", setting: "parts") }
        for (place, (path, _, state)) in parts.enumerated().dropFirst() {
            try first.state.plan.check((state.plan.model, state.plan.weightsSHA256), file: first.path)
            guard state.plan == first.state.plan, state.shard.count == first.state.shard.count else {
                throw .badData("\(path) and \(first.path) are parts of different scans", setting: "parts")
            }
            if let other = parts[..<place].first(where: { $0.state.shard == state.shard }) {
                throw .usage("\(path) and \(other.path) are the same part, \(state.shard.text)", setting: "parts")
            }
        }
        parts.sort { $0.state.shard.index < $1.state.shard.index }
        let missing = Set(0..<first.state.shard.count).subtracting(parts.map(\.state.shard.index)).sorted()
        guard missing.isEmpty else {
            let count = first.state.shard.count
            throw Problem(.missing, "\(missing.count == 1 ? "part" : "parts") \(missing.map { "\($0)/\(count)" }.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing", setting: "parts")
        }
        var whole = ScanState(first.state.plan, shard: .whole, names: first.state.names)
        for part in parts { whole.add(part.state) }
        state = whole
        var records: [ScanRecords] = []
        for (index, bytes) in ScanProgress.recordBytes(whole.plan).enumerated() {
            var sources: [UnsafeRawBufferPointer] = []
            for part in parts {
                let source = try asProblem { () throws(WeightsError) in try part.file.bytes(of: ScanWriting.recordsName(index), type: .u8) }
                guard ScanRecords.areSound(source, recordBytes: bytes, count: part.state.records[index], photographs: whole.plan.files) else {
                    throw .badData("\(part.path) has damaged records", setting: "parts")
                }
                sources.append(source)
            }
            records.append(ScanRecords(sources, recordBytes: bytes, keeping: parts.map(\.file)))
        }
        self.records = records
    }
}
