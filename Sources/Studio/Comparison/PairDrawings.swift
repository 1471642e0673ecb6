import Analysis
import Images
import Networks
import Visualization

/// Pictures of channels that match, the first network's above the second's.
struct PairDrawings {
    let comparison: ModelComparison
    /// Pairs.
    let count: Int
    let render: RenderSettings
    let session: Session
    let reporter: any Reporter

    /// Draws them; nil if no channels match.
    func sheet() throws(Problem) -> Figure? {
        let pairs = comparison.layers.bestPairs(count)
        guard !pairs.isEmpty else { return nil }
        let first = try draw(pairs.map { (comparison.first.names[$0.match.layer], $0.pair.channel) }, comparison.first.model)
        let second = try draw(pairs.map { (comparison.second.names[$0.match.other], $0.pair.other!) }, comparison.second.model)
        var (above, below): ([ContactSheet.Tile], [ContactSheet.Tile]) = ([], [])
        for (index, (match, pair)) in pairs.enumerated() {
            let correlation = "r = \(rounded(pair.correlation, 3))"
            let names = (comparison.first.names[match.layer], comparison.second.names[match.other])
            above.append(ContactSheet.Tile(first[index], caption: "\(comparison.first.label)\n\(names.0):\(pair.channel)\n\(correlation)"))
            below.append(ContactSheet.Tile(second[index], caption: "\(comparison.second.label)\n\(names.1):\(pair.other!)\n\(correlation)"))
        }
        return ContactSheet.figure(above + below, columns: pairs.count, gap: 4)
    }

    private func draw(_ units: [(layer: String, channel: Int)], _ model: Model) throws(Problem) -> [Picture] {
        let photographs = try render.photographs()
        var jobs: [PictureJob] = []
        for unit in units {
            let plan = try render.plan(.channel(unit.layer, unit.channel), model: model, photographs)
            jobs.append(try PictureJob(plan, model: model, photographs, to: [nil]))
        }
        try reporter.report(.began(label: "\(model.name) (\(counted(jobs.count, "picture")))", steps: jobs.reduce(0) { $0 + $1.steps }))
        var context = JobContext(workers: session.workers, isCancelled: session.isCancelled) { [reporter] event throws(Problem) in
            if case .step = event { try reporter.report(event) }
        }
        context.rates = false
        let drawn = try jobs.follow(context)
        try reporter.report(.ended)
        if session.isCancelled() { throw .interrupted }
        return drawn.flatMap(\.state.shown)
    }
}
