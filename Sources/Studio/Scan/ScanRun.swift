import Analysis
import Files
import Networks
import Synchronization
import Tensors

/// Goes through the photographs of a part, from where another process was ended.
struct ScanRun {
    let photographs: ScanPhotographs
    let network: ScanNetwork
    let session: Session
    let reporter: any Reporter

    /// Seconds from one checkpoint to the next at least, and how many times longer than a checkpoint takes.
    private static let interval = (seconds: 0.5, perCheckpoint: 20.0)
    /// Blocks after which 32-bit counts of positions are carried over, so that none overflows.
    private static let mostUncarried = 1024

    /// - Parameter state: the last one of another process, or a fresh one; the finished one afterwards.
    /// - Throws: `stopped` where work is left that the same command finishes.
    func callAsFunction(_ state: inout ScanState, _ progress: ScanProgress) throws(Problem) {
        let blocks = state.plan.blocks(of: state.shard)
        let left = blocks[state.blocks...]
        try reporter.report(.began(label: "\(network.model.name)", steps: left.reduce(0) { $0 + $1.count }))
        let counts = HistogramCounts(network.shapes)
        let clock = ContinuousClock()
        var (last, cost, uncarried) = (clock.now, 0.0, 0)
        func checkpoint(_ state: inout ScanState) throws(Problem) {
            counts.carry(to: &state.totals)
            let start = clock.now
            try progress.checkpoint(state)
            (last, cost, uncarried) = (clock.now, seconds(clock.now - start), 0)
        }
        do throws(Problem) {
            for block in left {
                if session.isCancelled() {
                    try checkpoint(&state)
                    throw Problem(.stopped, "interrupted; \(state.blocks) of \(blocks.count) blocks of photographs are done, and the same command goes on")
                }
                try look(at: block, &state, progress, counts)
                state.blocks += 1
                uncarried += 1
                if uncarried >= Self.mostUncarried { counts.carry(to: &state.totals) }
                if seconds(clock.now - last) >= max(Self.interval.seconds, Self.interval.perCheckpoint * cost) { try checkpoint(&state) }
                for _ in block { try reporter.report(.step(score: nil, share: nil)) }
            }
            try checkpoint(&state)
        } catch {
            guard error.kind == .diskFull else { throw error }
            throw Problem(.stopped, "\(error.message); the same command then goes on")
        }
        try reporter.report(.ended)
    }

    private func look(at block: Range<Int>, _ state: inout ScanState, _ progress: ScanProgress, _ counts: HistogramCounts) throws(Problem) {
        let plan = state.plan
        let seen = Results<Result<ScanNetwork.Answer, Problem>>(count: block.count)
        session.workers.forEach(block.count) { place in
            let photograph = block.lowerBound + place
            let path = photographs.path(of: photograph)
            seen[place] = Result { () throws(Problem) in
                let photo: ScanNetwork.Seen
                // One that cannot be read is left out; a network that has gone astray ends the scan.
                do throws(Problem) { photo = try network.see(path) } catch { return .failure(error) }
                var histograms = counts.take()
                defer { counts.give(back: histograms) }
                let samples = ScanPositions.samples(of: photograph, among: plan.files, total: plan.samples)
                return .success(
                    try network.answer(photo, path, photograph: photograph, samples: samples, seed: plan.seed, histograms: &histograms))
            }
        }
        var answers: [(photograph: Int, answer: ScanNetwork.Answer)] = []
        for (place, result) in try seen.values().enumerated() {
            let photograph = block.lowerBound + place
            switch result {
            case .success(let answer): answers.append((photograph, answer))
            case .failure(let problem): state.damaged.append(ScanState.Damage(photograph: photograph, message: problem.message.description))
            }
        }
        state.totals.withUnsafeMutableBufferPointer { totals in
            session.workers.forEach(totals.count) { layer in
                totals[layer].add(answers.map { ($0.photograph, $0.answer.summaries[layer]) })
            }
        }
        var records: [[UInt8]] = [
            answers.flatMap { photograph, answer in
                ScanRow.bytes(photograph: photograph, class: answer.predicted ?? photographs.classes?[photograph] ?? -1, answer)
            }
        ]
        for layer in plan.layers.indices { records.append(answers.flatMap { ScanRow.samples(photograph: $0, $1.summaries[layer]) }) }
        try progress.append(records)
        for (index, bytes) in ScanProgress.recordBytes(plan).enumerated() { state.records[index] += records[index].count / bytes }
    }
}

/// Positions in bins of every layer, counted by several threads at once, each in counts of its own. Sums of whole numbers do not depend on
/// who counted what.
private final class HistogramCounts: Sendable {
    private let shapes: [Shape]
    private let free = Mutex<[[[UInt32]]]>([])

    init(_ shapes: [Shape]) { self.shapes = shapes }

    /// `[layers][channels · bins]`
    func take() -> [[UInt32]] {
        free.withLock { $0.popLast() } ?? shapes.map { [UInt32](repeating: 0, count: $0.channels * ActivationBins.count) }
    }

    func give(back counts: [[UInt32]]) { free.withLock { $0.append(counts) } }

    /// Adds what was counted so far to the totals, and begins at 0. Nobody may be counting.
    func carry(to totals: inout [LayerTotals]) {
        free.withLock { free in
            for place in free.indices {
                for layer in totals.indices {
                    totals[layer].add(histogram: free[place][layer])
                    for index in free[place][layer].indices { free[place][layer][index] = 0 }
                }
            }
        }
    }
}
