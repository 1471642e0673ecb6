import Images
import Networks
import Tensors
import Visualization

/// A flight into a dream: each frame is the one before, enlarged a little and dreamt on again.
struct DreamFlight: Work {
    let plan: DreamPlan
    let pictures: DreamPictures
    let model: Model
    let moving: MovingOptions
    let photo: String?
    /// For the file's name.
    let layer: String
    let files: Photographs
    let output: OutputOptions

    /// What `--json` prints.
    private struct Result: Encodable {
        let output: String
        let frames: Int
        let complete: Bool
        let seconds: Double
        let plan: PhotographRecord.Plan
    }

    /// What the first frame's steps are multiplied by in the others, which are dreamt already: at full length colours burn out
    /// within twenty frames.
    private static let pace: Float = 0.4

    /// Flies, and writes the frames. What there is when the program is interrupted is written too.
    func run() throws {
        let count = moving.frames ?? 100
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: plan.seed)
        var plan = plan
        (plan.zoom, plan.frame) = (moving.zoom, 0)
        var path = output.output.map { OutputNames.expand($0, parts) } ?? ""
        if output.output == nil {
            path = OutputNames.path(nil, parts, photo: photo ?? "noise", kind: "zoom")
            path = OutputNames.path(path, ending: ".gif")
        }
        if output.dryRun { return try standardOutput(json(PhotographRecord.Plan.dream(plan))) }
        try FrameWriter.check(path, force: output.force)
        model.sayAssumption(quiet: output.running.quiet)
        for line in files.ingredients(model) { output.say(line) }
        output.say("plan \(json(PhotographRecord.Plan.dream(plan)))")
        let workers = output.running.workers
        let start = ContinuousClock.now
        func record(_ plan: DreamPlan, score: Float) -> String {
            PhotographRecord(version: LucidCommand.version, plan: .dream(plan), stepsDone: plan.steps, score: score, quality: nil).json
        }
        let writer = try FrameWriter(
            path: path, rate: moving.rate ?? FrameWriter.defaultRate, comment: record(plan, score: 0))
        let progress = Progress("zoom", total: count * plan.steps, quiet: output.running.quiet)
        do {
            var (frame, seen) = (plan, pictures.tensors)
            let name = plan.photo ?? "zoom"
            for number in 0..<count where Interruption.signal == 0 {
                frame.frame = number
                frame.seed = plan.seed &+ UInt64(number)
                if number > 0 {
                    frame.photo = name
                    frame.stepSize = plan.stepSize * Self.pace
                }
                var dream = try Dream(frame, model: model, pictures: seen, workers: workers)
                while dream.stepsDone < dream.steps, Interruption.signal == 0 {
                    let score = try dream.step()
                    progress.step(score: score, share: (Double(number) + dream.workDone) / Double(count))
                }
                // A frame that was not finished is not one of the flight.
                guard Interruption.signal == 0 else { break }
                let picture = dream.picture()
                try writer.add(Picture(picture, opacity: nil), record: record(frame, score: try dream.score(of: picture)))
                seen[name] = picture.enlarged(by: moving.zoom!, workers: workers)
            }
            progress.finish()
            if writer.count > 0 { try writer.finish() }
        } catch let error as RenderError {
            throw Failure(error)
        }
        let time = seconds(ContinuousClock.now - start)
        if output.running.json, writer.count > 0 {
            try standardOutput(
                json(Result(output: path, frames: writer.count, complete: writer.count == count, seconds: time, plan: .dream(plan))))
        } else if !output.running.quiet, writer.count > 0 {
            try standardOutput("\(path)  \(writer.count) frames in \(rounded(time, 1)) s")
        }
        if Interruption.signal != 0 { throw Interruption.failure }
    }
}

extension DreamFlight {
    func pieces() throws(Failure) -> [Piece] {
        throw .usage("a batch draws single pictures; run `lucid deepdream --zoom` by itself")
    }
}

extension Tensor {
    /// The middle, enlarged to the same extents.
    fileprivate func enlarged(by factor: Float, workers: Workers) -> Tensor {
        let height = max(shape.height, Int((Float(shape.height) * factor).rounded()))
        let width = max(shape.width, Int((Float(shape.width) * factor).rounded()))
        return scaled(toHeight: height, width: width, workers: workers).cropped(
            top: (height - shape.height) / 2, left: (width - shape.width) / 2, height: shape.height, width: shape.width)
    }
}
