import Films
import Images
import Networks
import Tensors
import Visualization

/// A flight into a dream: each frame is the one before, enlarged a little and dreamt on again.
struct FlightJob: Job {
    let model: Model
    let flight: Plan.FlightPlan
    let pictures: DreamPictures
    let path: String
    let memory: Int
    let ingredients: [String]

    /// The first frame's steps are multiplied by this in the others, which are dreamt already: at full length colours burn out
    /// within twenty frames.
    private static let laterSteps: Float = 0.4

    init(_ flight: Plan.FlightPlan, _ pictures: DreamPictures, model: Model, _ photographs: Photographs, to path: String) throws(Problem) {
        self.model = model
        self.flight = flight
        self.pictures = pictures
        self.path = path
        ingredients = model.ingredients(photographs)
        // A GIF is in memory until its end.
        memory = try asProblem { () throws(RenderError) in try Dream.estimatedMemory(of: flight.dream, model: model) }
            + flight.frames * flight.dream.width * flight.dream.height
    }

    var plan: Plan { .flight(flight) }
    var outputs: [String] { [path] }
    var form: OutputForm {
        var form = OutputForm()
        form.format = OutputNames.ending(of: path)
        return form
    }
    var steps: Int { flight.frames * flight.dream.steps }
    var holdsPhotographs: Bool { true }

    func checkOutputs(force: Bool) throws(Problem) { try asProblem { () throws(FilmError) in try FrameWriter.check(path, force: force) } }

    /// The numbers for scripts.
    private struct Values: Encodable, Sendable {
        let output: String
        let frames: Int
        let complete: Bool
        let seconds: Double
        let plan: Plan
    }

    /// Flies, and writes the frames. Those that there are when the work is cancelled are written too, unless it is a batch's.
    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let start = ContinuousClock.now
        if pictures.opacity?.isTransparent == true { try context.report(.note("a flight has no opacity: it begins with the photograph's colours alone")) }
        let (writer, score) = try fly(context)
        guard writer.count == flight.frames || writer.count > 0 && !context.isBatch else { throw .interrupted }
        try asProblem { () throws(FilmError) in try writer.finish() }
        let time = seconds(ContinuousClock.now - start)
        var result = JobResult(score: score)
        result.isComplete = writer.count == flight.frames
        result.lines = ["\(path)  \(writer.count) frames in \(rounded(time, 1)) s"]
        result.values = [Values(output: path, frames: writer.count, complete: result.isComplete, seconds: time, plan: .dream(flight.dream))]
        return result
    }

    /// Dreams the frames, until the work is cancelled.
    ///
    /// - Returns: the frames' writer, not yet finished, and the last frame's score.
    private func fly(_ context: JobContext) throws(Problem) -> (writer: FrameWriter, score: Float) {
        func record(_ plan: DreamPlan, score: Float) -> String {
            Record(DrawnPicture(plan: .dream(plan), stepsDone: plan.steps, score: score)).json
        }
        let writer = try asProblem { () throws(FilmError) in
            try FrameWriter(path: path, rate: flight.rate, comment: Record(DrawnPicture(plan: plan, stepsDone: steps, score: 0)).json, keyword: Record.keyword)
        }
        var (frame, seen, score) = (flight.dream, pictures.tensors, Float(0))
        let name = frame.photo ?? "zoom"
        for number in 0..<flight.frames where !context.isCancelled() {
            frame.frame = number
            frame.seed = flight.dream.seed &+ UInt64(number)
            if number > 0 {
                frame.photo = name
                frame.stepSize = flight.dream.stepSize * Self.laterSteps
            }
            guard let dream = try followed(frame, seen, number, context) else { break }  // an unfinished frame is not one
            let picture = dream.picture()
            score = try asProblem { () throws(RenderError) in try dream.score(of: picture) }
            try asProblem { () throws(FilmError) in try writer.add(Picture.made(picture, opacity: nil), record: record(frame, score: score)) }
            seen[name] = picture.enlarged(by: flight.dream.zoom!, workers: context.workers)
        }
        return (writer, score)
    }

    /// One frame's dream; nil if the work was cancelled.
    private func followed(_ frame: DreamPlan, _ seen: [String: Tensor], _ number: Int, _ context: JobContext) throws(Problem) -> Dream? {
        var dream = try asProblem { () throws(RenderError) in try Dream(frame, model: model, pictures: seen, workers: context.workers) }
        while dream.stepsDone < dream.steps {
            if context.isCancelled() { return nil }
            let score = try asProblem { () throws(RenderError) in try dream.step() }
            try context.step(score: score, share: (Double(number) + dream.workDone) / Double(flight.frames))
        }
        return context.isCancelled() ? nil : dream
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
