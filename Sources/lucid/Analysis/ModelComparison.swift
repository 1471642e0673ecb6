import Analysis
import Networks
import Tensors
import Visualization

/// Two networks held against each other over photographs: how alike their layers are, and whom each channel matches.
struct ModelComparison {
    let first: ComparedNetwork
    let second: ComparedNetwork
    /// How many there were.
    let photographs: Int
    /// Positions on a side that each layer is brought to.
    let grid: Int
    /// Positions of all photographs.
    let examples: Int
    /// The layers and channels that match.
    let layers: LayerComparison

    /// Looks at every photograph.
    ///
    /// - Parameters:
    ///   - oneToOne: no two channels of a layer share a match.
    ///   - maximumPixels: of a photograph.
    init(
        _ first: ComparedNetwork, _ second: ComparedNetwork, photographs paths: [String], grid: Int, oneToOne: Bool,
        maximumPixels: Int, running: RunOptions
    ) throws(Failure) {
        let workers = running.workers
        let progress = Progress(
            "\(first.label) and \(second.label)", total: paths.count, unit: "photographs", quiet: running.quiet)
        defer { progress.finish() }
        var similarity = LayerSimilarity(channels: first.channels, and: second.channels)
        for path in paths {
            if Interruption.signal != 0 { throw Interruption.failure }
            let photograph = try PictureSource.read(path, maximumPixels: maximumPixels).composited(over: 0.5)
            similarity.add(
                try first.activations(photograph, path, grid: grid, workers: workers),
                try second.activations(photograph, path, grid: grid, workers: workers), workers: workers)
            progress.step()
        }
        similarity.complete(workers: workers)
        self.first = first
        self.second = second
        self.grid = grid
        self.photographs = paths.count
        examples = similarity.examples
        layers = LayerComparison(similarity, oneToOne: oneToOne)
    }
}
