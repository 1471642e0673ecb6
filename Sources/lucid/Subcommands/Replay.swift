import ArgumentParser
import ModelStore
import Networks
import Tensors
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
        let text = try PictureRecord.text(ofFile: picture)
        if PhotographRecord.describes(json: text) { return try replayPhotograph(text) }
        let record = try PictureRecord(ofFile: picture, text: text)
        try NumericProfile.begin(record.plan.profile)
        let size = Network.Size(height: record.plan.height, width: record.plan.width)
        let model = try load(record.plan.model, weights: record.plan.weights, size: size)
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
        noteVersion(record.version)
        try Rendering(model: model, jobs: [job], photographs: photographs, label: "replay", options: output).run()
    }

    /// A dream or a transfer of style.
    private func replayPhotograph(_ text: String) throws {
        let record: PhotographRecord
        do {
            record = try PhotographRecord(json: text)
        } catch {
            throw Failure.badData("\(picture): \(error)")
        }
        if case .dream(let plan) = record.plan, let frame = plan.frame {
            let (whole, again) = plan.zoom == nil ? ("film", "on the film") : ("flight", "with --zoom")
            throw Failure.badData(
                "\(picture) is frame \(frame + 1) of a \(whole), which depends on those before it; run `lucid deepdream` \(again) again")
        }
        try NumericProfile.begin(record.plan.profile)
        let model = try load(record.plan.model, weights: record.plan.weights, size: nil)
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        try photographs.find(record.plan.pictures.mapValues { $0 }, given: self.photographs, beside: picture)
        noteVersion(record.version)
        let name = OutputNames.Parts(model: model.name, seed: 0, kind: "replay")
        let isJPEG = output.output == nil && record.quality != nil
        let path = isJPEG ? OutputNames.path(OutputNames.path(nil, name), ending: ".jpg") : OutputNames.path(output.output, name)
        switch record.plan {
        case .dream(let plan):
            try checkMemory { memory throws(RenderError) in try Dream.check(plan, model: model, memory: memory) }
            let pictures = try DreamPictures(plan, photographs, channels: model.network.inputChannels)
            try DeepDream.work(plan, pictures, photographs, model, to: path, steps: record.stepsDone, quality: record.quality, output).run()
        case .style(let plan):
            try StyleCommand.work(plan, photographs, model, to: path, steps: record.stepsDone, quality: record.quality, output).run()
        }
    }

    /// The network of a plan, with the weights that it was made with.
    private func load(_ name: String, weights digest: String, size: Network.Size?) throws(Failure) -> Model {
        let others = Failure.badData(
            "\(picture) was made with other weights of \(name) (SHA-256 \(digest)); name them with --weights, or an .onnx file with --model")
        if weights == nil, model == nil, try ModelOptions.library().rulesOut(weights: digest, of: name) { throw others }
        let model = try ModelOptions.load(self.model ?? name, weights: weights, size: size, quiet: output.running.quiet)
        guard model.weightsSHA256 == digest else { throw others }
        return model
    }

    private func noteVersion(_ version: String) {
        guard version != LucidCommand.version, !output.running.quiet else { return }
        standardError("lucid: \(picture) was made by version \(version), this is \(LucidCommand.version): the bytes may differ\n")
    }
}
