import Networks
import Tensors
import Visualization

/// How alike pictures are to a layer: the mean over pairs of ⟨G_i, G_j⟩, G a picture's normalised Gram matrix; 1 for the same.
struct GramSimilarity: Sendable {
    private let model: Model
    private let layer: String
    private let workers: Workers

    init(_ model: Model, _ layer: String, workers: Workers) {
        self.model = model
        self.layer = layer
        self.workers = workers
    }

    /// - Parameter pictures: `[channels, height, width]` in 0…1 each.
    func callAsFunction(_ pictures: [Tensor]) throws(Problem) -> Float {
        let grams = try grams(pictures)
        let pairs = grams.indices.flatMap { i in grams.indices.filter { $0 > i }.map { grams[i].similarity(to: grams[$0]) } }
        return pairs.isEmpty ? 1 : pairs.reduce(0, +) / Float(pairs.count)
    }

    /// ⟨G_i, G_j⟩ of every picture with every other, `[pictures, pictures]`.
    func matrix(_ pictures: [Tensor]) throws(Problem) -> [Double] {
        let grams = try grams(pictures)
        return grams.flatMap { gram in grams.map { Double(gram.similarity(to: $0)) } }
    }

    /// The mean of an objective over a job's pictures, each by itself and without transforms.
    func score(_ drawn: PictureJob.Drawn, of objective: Objective) throws(Problem) -> Float {
        guard case .picture(var plan) = drawn.state.plan else { preconditionFailure("only renders have an objective to change") }
        plan.objective = objective.text
        (plan.start, plan.mask) = (nil, nil)  // the pictures are there already
        return try asProblem { () throws(RenderError) in
            try Renderer(plan, model: model, workers: workers).score(of: drawn.state.tensors)
        }
    }

    private func grams(_ pictures: [Tensor]) throws(Problem) -> [NormalizedGram] {
        let name = try model.layer(layer)
        let network = try asProblem { () throws(WeightsError) in
            try PreparedNetwork(
                model.network, demands: [name: .all], preprocessing: model.preprocessing, sharing: model.loaded)
        }
        return pictures.map { NormalizedGram(network.forward($0, Pass(workers: workers), remembering: false)[name].values) }
    }
}
