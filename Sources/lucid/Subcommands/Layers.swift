import ArgumentParser
import Networks
import Studio

/// `lucid layers`
struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a network's layers: names, shapes, receptive fields, cost.",
        discussion: """
            Works for every architecture, also where its weights are not here.

            Example: lucid layers --model resnet50
            """)

    @OptionGroup(title: "Network") var model: NetworkOptions<LayersSettings>
    @Option(LayersSettings["size"]) var size: String?
    @Flag(help: "Print one JSON object a layer.") var json = false

    func run() throws {
        let settings: LayersSettings = try settings(of: self)
        let (model, size) = try settings.graph()
        let rows: [LayerSummary]
        do {
            rows = try model.network.summary(height: size.height, width: size.width)
        } catch {
            throw Problem.usage("\(model.name) does not take size \(size.text): \(error)")
        }
        if json {
            for row in rows { try standardOutput(Studio.json(row)) }
            return
        }
        var table = Table(["layer", "channels", "height", "width", "sees", "parameters", "multiply-adds", "draw"])
        for row in rows {
            table.add([
                row.name, "\(row.channels)", "\(row.height)", "\(row.width)",
                row.receptiveHeight == row.receptiveWidth
                    ? "\(row.receptiveWidth)" : "\(row.receptiveWidth)x\(row.receptiveHeight)",
                row.parameters == 0 ? "" : "\(row.parameters)",
                row.multiplyAdds == 0 ? "" : "\(rounded(Double(row.multiplyAdds) / 1e6, 1))M",
                row.endsStage ? "*" : "",
            ])
        }
        try standardOutput(table.text)
        if let unread = model.network.unreadSummary { try standardOutput(unread) }
        if rows.contains(where: \.endsStage) { try standardOutput("* ends a part of the network: worth drawing first. \"sees\" is the receptive field in pixels.") }
    }
}
