import Analysis
import Images
import Networks
import Tensors
import Visualization

/// Two networks held against each other over photographs: how alike their layers are, and which channels match.
struct ModelComparison {
    let first: ComparedNetwork
    let second: ComparedNetwork
    /// How many photographs there were.
    let photographs: Int
    /// Positions on a side that each layer is brought to.
    let grid: Int
    /// Positions over all photographs.
    let examples: Int
    /// The layers and channels that match.
    let layers: LayerComparison

    /// Looks at every photograph.
    ///
    /// - Parameters:
    ///   - oneToOne: no two channels of a layer share a match.
    ///   - maximumPixels: of a photograph.
    ///   - progress: called after each photograph.
    init(
        _ first: ComparedNetwork, _ second: ComparedNetwork, photographs paths: [String], grid: Int, oneToOne: Bool,
        maximumPixels: Int, session: Session, progress: () -> Void
    ) throws(Problem) {
        let workers = session.workers
        var similarity = LayerSimilarity(channels: first.channels, and: second.channels)
        for path in paths {
            if session.isCancelled() { throw .interrupted }
            let photograph = try Picture.reading(path, maximumPixels: maximumPixels).composited(over: 0.5)
            similarity.add(
                try first.activations(photograph, path, grid: grid, workers: workers),
                try second.activations(photograph, path, grid: grid, workers: workers), workers: workers)
            progress()
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
