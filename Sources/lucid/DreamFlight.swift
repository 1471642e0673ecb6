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

    /// Of the first frame, which the animation's record holds.
    private var beginning: DreamPlan {
        var plan = plan
        (plan.zoom, plan.frame) = (moving.zoom, 0)
        return plan
    }

    private var count: Int { moving.frames ?? 100 }

    private var path: String {
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: plan.seed)
        if let given = output.output { return OutputNames.expand(given, parts) }
        return OutputNames.path(OutputNames.path(nil, parts, photo: photo ?? "noise", kind: "zoom"), ending: ".gif")
    }

    /// Flies, and writes the frames. What there is when the program is interrupted is written too.
    func run() throws {
        let path = path
        if output.dryRun { return try standardOutput(json(PhotographRecord.Plan.dream(beginning))) }
        try FrameWriter.check(path, force: output.force)
        model.sayAssumption(quiet: output.running.quiet)
        for line in files.ingredients(model) { output.say(line) }
        output.say("plan \(json(PhotographRecord.Plan.dream(beginning)))")
        let start = ContinuousClock.now
        let progress = Progress("zoom", total: count * plan.steps, quiet: output.running.quiet)
        defer { progress.finish() }
        let (writer, _) = try fly(to: path, output.running.workers, progress, isAlone: true)
        progress.finish()
        if writer.count > 0 { try writer.finish() }
        let time = seconds(ContinuousClock.now - start)
        if output.running.json, writer.count > 0 {
            try standardOutput(
                json(Result(output: path, frames: writer.count, complete: writer.count == count, seconds: time, plan: .dream(beginning))))
        } else if !output.running.quiet, writer.count > 0 {
            try standardOutput("\(path)  \(writer.count) frames in \(rounded(time, 1)) s")
        }
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    /// Dreams the frames, until the program is interrupted.
    ///
    /// - Parameter isAlone: the share of the work done is the progress's.
    /// - Returns: what has the frames, not yet finished, and the last one's score.
    private func fly(
        to path: String, _ workers: Workers, _ progress: Progress, isAlone: Bool
    ) throws(Failure) -> (writer: FrameWriter, score: Float) {
        func record(_ plan: DreamPlan, score: Float) -> String {
            PhotographRecord(version: LucidCommand.version, plan: .dream(plan), stepsDone: plan.steps, score: score, quality: nil).json
        }
        let writer = try FrameWriter(
            path: path, rate: moving.rate ?? FrameWriter.defaultRate, comment: record(beginning, score: 0))
        var (frame, seen, score) = (beginning, pictures.tensors, Float(0))
        let name = plan.photo ?? "zoom"
        do {
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
                    progress.step(score: score, share: isAlone ? (Double(number) + dream.workDone) / Double(count) : nil)
                }
                // A frame that was not finished is not one of the flight.
                guard Interruption.signal == 0 else { break }
                let picture = dream.picture()
                score = try dream.score(of: picture)
                try writer.add(Picture(picture, opacity: nil), record: record(frame, score: score))
                seen[name] = picture.enlarged(by: moving.zoom!, workers: workers)
            }
        } catch let error as RenderError {
            throw Failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(70, "\(error)")
        }
        return (writer, score)
    }
}

extension DreamFlight {
    /// Everything that the file depends on.
    private struct Identity: Encodable {
        let plan: PhotographRecord.Plan
        let frames: Int
        let rate: Double
        let format: String
    }

    func pieces() throws(Failure) -> [Piece] {
        let path = path
        guard try AnimationKind(of: path) != .folder else {
            throw .usage("\(path): a batch keeps a flight in one file, such as a .gif")
        }
        try FrameWriter.checkProgram(for: path)
        let identity = Identity(
            plan: .dream(beginning), frames: count, rate: moving.rate ?? FrameWriter.defaultRate, format: OutputNames.ending(of: path))
        let memory: Int
        do {
            memory = try Dream.estimatedMemory(of: plan, model: model)
        } catch {
            throw Failure(error)
        }
        // A GIF is in memory until its end.
        let piece = Piece(
            model: model, outputs: [path], identity: json(identity), steps: count * plan.steps,
            memory: memory + count * plan.width * plan.height, holdsPhotographs: true
        ) { [self] workers, progress throws(Failure) in
            let (writer, score) = try fly(to: path, workers, progress, isAlone: false)
            guard writer.count == count else { throw Interruption.failure }
            try writer.finish()
            return Piece.Outcome(score: score)
        }
        return [piece]
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
