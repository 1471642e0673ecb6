import ArgumentParser
import Networks

/// `lucid layers`
struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a network's layers: names, shapes, receptive fields, cost.",
        discussion: """
            Works for every architecture, also where its weights are not here.

            Example: lucid layers --model resnet50
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("The picture's size, 1 to 1000000 or WIDTHxHEIGHT, which decides the shapes. (default: 224, or the one size that the network takes)", valueName: "n"))
    var size: PictureSize?
    @Flag(help: "Print one JSON object a layer.") var json = false

    func validate() throws {
        guard model.labels == nil else { throw ValidationError("--labels names classes, and layers lists none") }
    }

    func run() throws {
        let model = try model.loadGraph(size: size?.networkSize)
        let size = size ?? model.network.onlySize.map { PictureSize(width: $0.width, height: $0.height) } ?? .standard
        let rows: [LayerSummary]
        do {
            rows = try model.network.summary(height: size.height, width: size.width)
        } catch {
            throw Failure.usage("\(model.name) does not take size \(size): \(error)")
        }
        if json {
            for row in rows { try standardOutput(lucid.json(row)) }
            return
        }
        var table = Table(["layer", "channels", "height", "width", "sees", "parameters", "multiply-adds"])
        for row in rows {
            table.add([
                row.name, "\(row.channels)", "\(row.height)", "\(row.width)",
                row.receptiveHeight == row.receptiveWidth
                    ? "\(row.receptiveWidth)" : "\(row.receptiveWidth)x\(row.receptiveHeight)",
                row.parameters == 0 ? "" : "\(row.parameters)",
                row.multiplyAdds == 0 ? "" : "\(rounded(Double(row.multiplyAdds) / 1e6, 1))M",
            ])
        }
        try standardOutput(table.text)
    }
}
