import ArgumentParser
import ModelStore
import Networks
import Visualization

/// `lucid replay`
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a picture again from what it says of itself: the same bytes on the same machine.",
        discussion: "Example: lucid replay squeezenet1_1_features.10_5.png -o again.png")

    @Argument(help: "A picture that lucid drew; - for standard input.") var picture: String
    @Option(help: ArgumentHelp("The weights it was made with, if they are not the bundled ones.", valueName: "file"))
    var weights: String?
    @Option(help: ArgumentHelp("The network it was made with, where that is not found under its name: of an .onnx file, its path.", valueName: "name"))
    var model: String?
    @Option(name: .customLong("picture"), help: ArgumentHelp("A photograph that it was made from, wherever it lies now; may be repeated. (default: of the same name here, or beside the picture)", valueName: "file"), completion: .file())
    var photographs: [String] = []
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        do {
            try replay()
        } catch let failure as Failure where failure.code == 64 {
            // What makes no sense stands in the picture.
            throw Failure.badData("\(picture): \(failure.message)")
        }
    }

    private func replay() throws {
        let record = try PictureRecord(ofFile: picture)
        if weights == nil, self.model == nil, try ModelOptions.library().rulesOut(weights: record.plan.weights, of: record.plan.model) {
            throw otherWeights(record)
        }
        let size = Network.Size(height: record.plan.height, width: record.plan.width)
        let model = try ModelOptions.load(self.model ?? record.plan.model, weights: weights, size: size, quiet: output.running.quiet)
        guard model.weightsSHA256 == record.plan.weights else {
            throw otherWeights(record)
        }
        let name = OutputNames.Parts(model: model.name, seed: record.plan.seed, kind: "replay")
        let isJPEG = output.output == nil && record.plan.quality != nil
        let path = isJPEG ? OutputNames.path(OutputNames.path(nil, name), ending: ".jpg") : OutputNames.path(output.output, name)
        var paths = [String?](repeating: nil, count: record.plan.count)
        paths[record.picture ?? 0] = path
        var job = PictureJob(record.plan, to: paths, saveAt: output.saveAt?.steps ?? [])
        job.evolution = output.evolution
        if let size = output.outputSize { job.plan.outputSize = size.networkSize }
        job.steps = record.stepsDone
        try job.checkSaveAt()
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        try photographs.find(record.plan, model: model, given: self.photographs, beside: picture)
        if record.version != LucidCommand.version, !output.running.quiet {
            standardError("lucid: \(picture) was made by version \(record.version), this is \(LucidCommand.version): the bytes may differ\n")
        }
        try Rendering(model: model, jobs: [job], photographs: photographs, label: "replay", options: output).run()
    }

    private func otherWeights(_ record: PictureRecord) -> Failure {
        .badData(
            "\(picture) was made with other weights of \(record.plan.model) (SHA-256 \(record.plan.weights)); name them with --weights, or an .onnx file with --model")
    }
}
