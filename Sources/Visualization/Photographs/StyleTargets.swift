import Networks
import Tensors

/// The activations and Gram matrices with which a picture is compared in one stage.
struct StyleTargets: Sendable {
    /// The stage of the plan, from 0.
    let stage: Int
    /// The photograph in the stage's size.
    let content: Tensor
    /// The photograph's activations, by layer.
    let contents: [String: Tensor]
    /// By layer, the Gram matrix that each region should have.
    let styles: [String: [Region]]

    /// A region of the picture, and the style that it takes.
    struct Region: Sendable {
        let gram: [Float]  // [channels, channels]
        let mask: Tensor?  // [1, height, width] of the layer; nil for everywhere
    }

    init(
        stage: Int, _ plan: StylePlan, _ network: PreparedNetwork, _ layers: [String: LayerName], _ pictures: [String: Tensor],
        _ workers: Workers
    ) {
        let size = plan.stages[stage]
        func activations(_ picture: Tensor, height: Int, width: Int) -> [String: Tensor] {
            let scaled = picture.scaled(toHeight: height, width: width, workers: workers)
            let trace = network.forward(scaled, Pass(workers: workers), remembering: false)
            return layers.mapValues { trace[$0].values }
        }
        self.stage = stage
        content = pictures[plan.content]!.scaled(toHeight: size.height, width: size.width, workers: workers)
        let seen = activations(content, height: size.height, width: size.width)
        contents = Dictionary(plan.contentLayers.map { ($0.layer, seen[$0.layer]!) }) { first, _ in first }
        // For each style, by layer.
        let grams = plan.styles.map { style in
            let picture = pictures[style.picture]!
            let extent = plan.styleSize(of: picture.shape, in: size)
            let values = activations(picture, height: extent.height, width: extent.width)
            return Dictionary(plan.styleLayers.map { ($0.layer, StyleLosses.gramMatrix(values[$0.layer]!, workers: workers)) }) {
                first, _ in first
            }
        }
        var styles: [String: [Region]] = [:]
        for layer in plan.styleLayers.map(\.layer) {
            styles[layer] = Self.regions(plan, grams.map { $0[layer]! }, pictures, at: seen[layer]!.shape, workers)
        }
        self.styles = styles
    }

    /// Styles without a mask are mixed; one with a mask has its region to itself.
    ///
    /// - Parameters:
    ///   - grams: for each style, at one layer.
    ///   - shape: the layer's for the picture.
    private static func regions(
        _ plan: StylePlan, _ grams: [[Float]], _ pictures: [String: Tensor], at shape: Shape, _ workers: Workers
    ) -> [Region] {
        var regions: [Region] = []
        let everywhere = plan.styles.indices.filter { plan.styles[$0].mask == nil }
        if !everywhere.isEmpty {
            let all = max(everywhere.reduce(0) { $0 + plan.styles[$1].weight }, .leastNormalMagnitude)
            var mixed = [Float](repeating: 0, count: shape.channels * shape.channels)
            for index in everywhere {
                let share = plan.styles[index].weight / all
                for i in mixed.indices { mixed[i] += share * grams[index][i] }
            }
            regions.append(Region(gram: mixed, mask: nil))
        }
        for (index, style) in plan.styles.enumerated() {
            guard let mask = style.mask else { continue }
            let plane = pictures[mask]!.meanOverChannels()
            regions.append(
                Region(
                    gram: grams[index], mask: plane.scaled(toHeight: shape.height, width: shape.width, workers: workers)))
        }
        return regions
    }
}

extension StylePlan {
    /// The side that a scaled style has at least: networks can take that much.
    private static let smallestStyle = 64

    /// The extents in which a style is seen in a stage.
    func styleSize(of picture: Shape, in stage: Stage) -> (height: Int, width: Int) {
        let scale = Float(max(stage.width, stage.height)) * styleScale / Float(max(picture.width, picture.height))
        func scaled(_ side: Int) -> Int { max(Self.smallestStyle, Int((Float(side) * scale).rounded())) }
        return (scaled(picture.height), scaled(picture.width))
    }
}
