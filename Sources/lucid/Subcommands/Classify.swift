import ArgumentParser
import Images
import ModelStore
import Networks
import Tensors

/// `lucid classify`
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name what is on a photograph: a check of weights and preprocessing.",
        discussion: """
            Example: lucid classify photo.jpg --top 3
                     lucid classify photo.jpg --model resnet18 --weights birds.pth --labels birds.txt
            """)

    @Argument(help: "PNG or JPEG; - for standard input.") var photo: String
    @Option(parsing: .unconditional, help: ArgumentHelp("How many classes to print.", valueName: "n")) var top = 5
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Network") var model: ModelOptions
    @OptionGroup var running: RunOptions

    func validate() throws {
        guard top > 0 else { throw ValidationError("--top must be above 0") }
    }

    /// What `--json` prints of one class.
    private struct Guess: Encodable {
        let index: Int
        let label: String
        let probability: Float
    }

    func run() throws {
        let model = try model.load(quiet: running.quiet)
        guard let names = model.classNames else { throw try ModelOptions.noClasses(of: model) }
        let picture = try PictureSource.read(photo, maximumPixels: reading.maxPixels)
        model.sayAssumption(quiet: running.quiet)
        let guesses = try probabilities(picture, model, workers: running.workers).enumerated()
            .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(top)
            .map { Guess(index: $0.offset, label: names[$0.offset], probability: $0.element) }
        if running.json {
            for guess in guesses { try standardOutput(json(guess)) }
            return
        }
        for guess in guesses {
            try standardOutput("\(rounded(Double(guess.probability), 4))  \(guess.label) (\(guess.index))")
        }
    }

    /// Softmax over the network's last layer for the middle of the picture.
    private func probabilities(_ picture: Picture, _ model: Model, workers: Workers) throws -> [Float] {
        let preprocessing = model.preprocessing
        let scale = Double(preprocessing.resize) / Double(min(picture.width, picture.height))
        let resized = picture.composited(over: 1).resized(
            width: max(preprocessing.crop, Int(Double(picture.width) * scale)),
            height: max(preprocessing.crop, Int(Double(picture.height) * scale)))
        let square = resized.croppedToCentre(width: preprocessing.crop, height: preprocessing.crop)
        let image = Tensor(Shape(3, square.height, square.width), square.planes())
        let last = try model.network.layer(named: model.network.layerNames.last!)
        let network: PreparedNetwork
        do {
            network = try PreparedNetwork(model.network, requests: [last: .all], preprocessing: preprocessing)
        } catch {
            throw Failure(error)
        }
        do {
            try network.check(height: square.height, width: square.width)
        } catch {
            throw Failure.usage("\(model.name) cannot take \(square.width)x\(square.height) pixels: \(error)")
        }
        let pass = Pass(workers: workers)
        do {
            try network.check(height: square.height, width: square.width)
        } catch {
            throw Failure.usage("\(model.name) cannot take \(square.width)x\(square.height) pixels: \(error)")
        }
        let scores = network.forward(image, pass, remembering: false)[last].values
        if model.network.endsInProbabilities { return scores.elements }
        return Softmax()([FeatureMap(scores)], pass).output.planes().elements
    }
}
