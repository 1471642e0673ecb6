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
    ///   - notes: gets what is left out.
    ///   - progress: called after each photograph.
    init(
        _ first: ComparedNetwork, _ second: ComparedNetwork, photographs folder: PictureFolder, grid: Int, oneToOne: Bool,
        session: Session, notes: Notes, progress: () -> Void
    ) throws(Problem) {
        let workers = session.workers
        var similarity = LayerSimilarity(channels: first.channels, and: second.channels)
        var seen = 0
        notes.add(try folder.forEach { photograph, path throws(Problem) in
            if session.isCancelled() { throw .interrupted }
            similarity.add(
                try first.activations(photograph, path, grid: grid, workers: workers),
                try second.activations(photograph, path, grid: grid, workers: workers), workers: workers)
            seen += 1
            progress()
        })
        similarity.complete(workers: workers)
        self.first = first
        self.second = second
        self.grid = grid
        self.photographs = seen
        examples = similarity.examples
        layers = LayerComparison(similarity, oneToOne: oneToOne)
    }
}
