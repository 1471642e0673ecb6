import ArgumentParser
import Images
import Networks
import Visualization

/// Pictures of channels that match, the first network's above the second's.
struct PairDrawings {
    let comparison: ModelComparison
    /// Pairs.
    let count: Int
    /// Pixels on a side.
    let size: Int?
    let steps: Int
    let seed: UInt64
    let running: RunOptions

    /// Draws them; nil if no channels match.
    func sheet() throws -> Picture? {
        let pairs = comparison.layers.bestPairs(count)
        guard !pairs.isEmpty else { return nil }
        let first = try draw(pairs.map { (comparison.first.names[$0.match.layer], $0.pair.channel) }, comparison.first.model)
        let second = try draw(pairs.map { (comparison.second.names[$0.match.other], $0.pair.other!) }, comparison.second.model)
        var (above, below): ([Picture], [Picture]) = ([], [])
        for (index, (match, pair)) in pairs.enumerated() {
            let correlation = "r = \(rounded(pair.correlation, 3))"
            let names = (comparison.first.names[match.layer], comparison.second.names[match.other])
            above.append(first[index].captioned("\(comparison.first.label)\n\(names.0):\(pair.channel)\n\(correlation)"))
            below.append(second[index].captioned("\(comparison.second.label)\n\(names.1):\(pair.other!)\n\(correlation)"))
        }
        return ContactSheet.compose(above + below, columns: pairs.count, gap: 4)
    }

    private func draw(_ units: [(layer: String, channel: Int)], _ model: Model) throws -> [Picture] {
        let sized = size.map { ["--size=\($0)"] } ?? []
        let render = try RenderOptions.parse(sized + ["--steps=\(steps)", "--seed=\(seed)"])
        var output = try OutputOptions.parse([])
        output.running = running
        output = output.silent
        output.running.quiet = running.quiet
        let photographs = try render.photographs()
        var jobs: [PictureJob] = []
        for unit in units {
            jobs.append(PictureJob(try render.plan(.channel(unit.layer, unit.channel), model: model, photographs), to: nil))
        }
        var rendering = Rendering(
            model: model, jobs: jobs, photographs: photographs, label: "\(model.name) (\(jobs.count) pictures)", options: output)
        rendering.isBrief = true
        rendering.keepsPictures = true
        return try rendering.draw().flatMap(\.shown)
    }
}
