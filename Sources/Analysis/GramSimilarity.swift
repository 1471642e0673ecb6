import Networks
import Tensors
import Visualization

/// How similar pictures are to a layer: ⟨G_i, G_j⟩ of their normalised Gram matrices, 0…1; 1 for the same textures.
public struct GramSimilarity: Sendable {
    /// The network that sees the pictures.
    public let model: Model
    private let layer: LayerName
    /// The threads that it uses.
    public let workers: Workers

    /// Compares pictures by their textures at one layer.
    public init(_ model: Model, _ layer: LayerName, workers: Workers) {
        self.model = model
        self.layer = layer
        self.workers = workers
    }

    /// The mean over pairs of different pictures; 1 for a single picture.
    ///
    /// - Parameter pictures: `[channels, height, width]` in 0…1.
    public func mean(of pictures: [Tensor]) throws(WeightsError) -> Float {
        let grams = try grams(of: pictures)
        var sum: Float = 0
        var pairs = 0
        for i in grams.indices {
            for j in grams.indices where j > i {
                sum += grams[i].similarity(to: grams[j])
                pairs += 1
            }
        }
        return pairs == 0 ? 1 : sum / Float(pairs)
    }

    /// Every picture with every other, `[pictures, pictures]`.
    public func matrix(of pictures: [Tensor]) throws(WeightsError) -> [Double] {
        let grams = try grams(of: pictures)
        return grams.flatMap { gram in grams.map { Double(gram.similarity(to: $0)) } }
    }

    private func grams(of pictures: [Tensor]) throws(WeightsError) -> [NormalizedGram] {
        let network = try PreparedNetwork(
            model.network, requests: [layer: .all], preprocessing: model.preprocessing, sharing: model.preparedLayers)
        return pictures.map {
            NormalizedGram(network.forward($0, Pass(workers: workers), remembering: false)[layer].values)
        }
    }
}

/// Pictures in groups of similar ones: the facets of a unit.
public struct FacetGroups: Sendable {
    /// `[pictures][pictures]`, 0…1.
    public let similarities: [[Double]]
    /// The pictures of each group, from 0; a group's mean similarity is at least the threshold.
    public let groups: [[Int]]
    /// The mean over pairs of different pictures; 1 for a single picture.
    public let meanSimilarity: Double
    /// How the groups grew, by average linkage over 1 − similarity.
    public let merges: [AverageLinkage.Merge]

    /// - Parameter similarities: `[count, count]`, symmetric, 0…1.
    public init(_ similarities: [Double], count: Int, threshold: Double) {
        let linkage = AverageLinkage(distances: similarities.map { 1 - $0 }, count: count)
        let pairs = (0..<count).flatMap { i in (0..<count).filter { $0 > i }.map { similarities[i * count + $0] } }
        self.similarities = (0..<count).map { Array(similarities[$0 * count..<($0 + 1) * count]) }
        groups = linkage.groups(within: 1 - threshold)
        meanSimilarity = pairs.isEmpty ? 1 : pairs.reduce(0, +) / Double(pairs.count)
        merges = linkage.merges
    }
}
