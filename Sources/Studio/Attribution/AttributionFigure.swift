import Analysis
import Images
import Networks
import Tensors

/// The picture of a map: over the photograph, as bars of channels, or a panel for each of some channels.
struct AttributionFigure {
    private let job: AttributionJob
    private let found: Attribution
    private let grid: PositionGrid?
    /// `[1, rows, columns]`
    let map: Tensor
    /// The value with the strongest colour, or the longest bar.
    let limit: Float
    /// There is nothing but 0.
    let isEmpty: Bool
    /// The channels that have a panel or a bar, the first above; none of a map by position.
    private let channels: [Int]

    private var plan: AttributionPlan { job.attribution }

    /// Panels of a layer's channels, and bars of each sign.
    private static let (panels, bars) = (6, 10)
    /// The share of pixels that a single large value must not hide.
    private static let pixelQuantile = 0.995

    init(_ job: AttributionJob, _ found: Attribution, map: Tensor, _ grid: PositionGrid?) {
        (self.job, self.found, self.map, self.grid) = (job, found, map, grid)
        let values = found.channels?.map(\.attribution) ?? []
        func order(_ a: Int, _ b: Int) -> Bool { (values[a], b) > (values[b], a) }
        switch job.attribution.by {
        case .channel:
            channels = Array(values.indices.filter { values[$0] > 0 }.sorted(by: order).prefix(Self.bars))
                + Array(values.indices.filter { values[$0] < 0 }.sorted(by: order).suffix(Self.bars))
        case .value where values.isEmpty: channels = Array(0..<found.values.shape.channels)
        case .value: channels = values.indices.sorted { (abs(values[$0]), $1) > (abs(values[$1]), $0) }.prefix(Self.panels).sorted(by: order)
        default: channels = []
        }
        let all = switch job.attribution.by {
        case .channel: values.map { Float($0) }
        case .value: channels.flatMap { Self.plane($0, found, grid).elements }
        default: map.elements
        }
        let largest = Self.strength(all, ofPixels: job.layer == nil)
        isEmpty = largest == 0
        limit = job.attribution.limit ?? (isEmpty ? 1 : largest)
    }

    /// One channel's values as a map.
    private static func plane(_ channel: Int, _ found: Attribution, _ grid: PositionGrid?) -> Tensor {
        let (shape, values) = (found.values.shape, found.values.elements)
        let plane = Tensor(Shape(1, shape.height, shape.width), Array(values[channel * shape.area..<(channel + 1) * shape.area]))
        return grid?.map(plane) ?? plane
    }

    /// The value with the strongest colour: the largest of positions; of pixels one that few exceed.
    private static func strength(_ values: [Float], ofPixels: Bool) -> Float {
        let sizes = values.map(abs).sorted()
        guard ofPixels, !sizes.isEmpty else { return sizes.last ?? 0 }
        let quantile = sizes[Int(Double(sizes.count - 1) * pixelQuantile)]
        return quantile > 0 ? quantile : sizes.last ?? 0
    }

    func figure(_ report: AttributionReport) -> Figure {
        var caption = [
            "\(plan.words), \(report.scores)",
            "\(plan.recipe.method.rawValue)\(plan.layer.map { " at \($0)" } ?? ""), \(job.model.name)",
        ]
        if isEmpty { caption.append("The map is 0 everywhere: nothing here speaks for or against it.") }
        switch plan.by {
        case .channel: return bars(caption)
        case .value:
            return MapOverlay.figure(channels.map { (panelName($0), overlay(Self.plane($0, found, grid), isSigned: true, caption)) })
        default: return overlay(map, isSigned: plan.recipe.method.isSigned, caption).figure
        }
    }

    private func overlay(_ map: Tensor, isSigned: Bool, _ caption: [String]) -> MapOverlay {
        var overlay = MapOverlay(
            photo: job.photo, values: map.elements, rows: map.shape.height, columns: map.shape.width,
            placement: grid?.placement(in: job.square) ?? job.square.placement(), limit: limit, colors: isSigned ? .signed : .positive,
            caption: caption)
        overlay.isFine = job.layer == nil
        return overlay
    }

    private func panelName(_ channel: Int) -> String {
        guard let layer = job.layer else { return channels.count == 3 ? ["red", "green", "blue"][channel] : "grey" }
        // A branch's name is too long to stand under a picture.
        let name = layer == job.model.network.logitsLayer ? job.model.name(ofChannel: channel, of: layer) : "channel \(channel)"
        return "\(name): \(MapOverlay.number(Float(found.channels![channel].attribution)))"
    }

    private func bars(_ caption: [String]) -> Figure {
        let values = found.channels!.map(\.attribution)
        let rows = channels.map { channel in
            ChannelBars.Row(
                name: job.model.name(ofChannel: channel, of: job.layer!), value: values[channel],
                icon: job.iconSheet.flatMap { plan.icons?.icon(of: channel, on: $0) })
        }
        return ChannelBars(
            rows: rows, values: values, limit: Double(limit), title: "Channels of \(job.layer!) for \(plan.words)", caption: caption
        ).figure
    }
}

extension Model {
    /// A channel in words: a class by its name, a branch's channel by the branch, any other by its number.
    func name(ofChannel channel: Int, of layer: LayerName) -> String {
        if layer == network.logitsLayer, let names = classNames, names.indices.contains(channel) {
            return "\(names[channel].split(separator: ",").first.map(String.init) ?? "") (\(channel))"
        }
        guard let source = network.source(ofChannel: channel, of: layer) else { return "channel \(channel)" }
        return "channel \(channel), \(source.layer):\(source.channel)"
    }
}
