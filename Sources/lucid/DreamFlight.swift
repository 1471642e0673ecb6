import Images
import Networks
import Tensors
import Visualization

/// A flight into a dream: each frame is the one before, enlarged a little and dreamt on again.
struct DreamFlight {
    let plan: DreamPlan
    let pictures: DreamPictures
    let model: Model
    let moving: MovingOptions

    /// What the first frame's steps are multiplied by in the others, which are dreamt already: at full length colours burn out
    /// within twenty frames.
    private static let pace: Float = 0.4

    /// Flies, and writes the frames. What there is when the program is interrupted is written too.
    func run(photo: String?, to output: OutputOptions) throws {
        let count = moving.frames ?? 100
        let parts = OutputNames.Parts(model: model.name, seed: plan.seed)
        var path = output.output.map { OutputNames.expand($0, parts) } ?? ""
        if output.output == nil {
            path = OutputNames.path(nil, parts, photo: photo ?? "noise", kind: "zoom")
            path = OutputNames.path(path, ending: ".gif")
        }
        if output.dryRun { return try standardOutput(json(PhotographRecord.Plan.dream(plan))) }
        try FrameWriter.check(path, force: output.force)
        model.sayAssumption(quiet: output.running.quiet)
        output.say("\(model.name), weights \(model.weightsSHA256)")
        output.say("plan \(json(PhotographRecord.Plan.dream(plan)))")
        let workers = output.running.workers
        let start = ContinuousClock.now
        let record = PhotographRecord(version: LucidCommand.version, plan: .dream(plan), stepsDone: plan.steps, score: 0, quality: nil)
        let writer = try FrameWriter(path: path, rate: moving.rate ?? FrameWriter.defaultRate, comment: record.json)
        let progress = Progress("zoom", total: count * plan.steps, quiet: output.running.quiet)
        do {
            var (frame, seen) = (plan, pictures.tensors)
            let name = plan.photo ?? "zoom"
            for number in 0..<count where Interruption.signal == 0 {
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
                try writer.add(Picture(picture, opacity: nil))
                seen[name] = picture.enlarged(by: moving.zoom!, workers: workers)
            }
            progress.finish()
            if writer.count > 0 { try writer.finish() }
        } catch let error as RenderError {
            throw Failure(error)
        }
        if !output.running.quiet, writer.count > 0 {
            try standardOutput("\(path)  \(writer.count) frames in \(rounded(seconds(ContinuousClock.now - start), 1)) s")
        }
        if Interruption.signal != 0 { throw Interruption.failure }
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
