import Files
import Films
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Dreams on the frames of a moving picture. Each begins with a share of the dream before, moved along with the things that it lies
/// on, so that a dream stays where it is in the film.
///
/// Every frame is a file of its own, with a plan that knows the frame before: the same command goes on where another was
/// ended, and does again what has changed.
struct FilmJob: Job {
    let model: Model
    /// The first frame's.
    let first: DreamPlan
    let pictures: DreamPictures
    /// The film or the folder that is dreamt on.
    let source: String
    /// The film or the folder that is made.
    let path: String
    /// The share of a frame's dream that moves on into the next one.
    let blend: Float
    /// Frames a second; nil for the source's.
    let rate: Double?
    let maximumPixels: Int
    let memory: Int
    let ingredients: [String]
    let frameCount: Int?

    /// The plan's names for the frame and the one before.
    static let frameName = "frame"
    private static let previousName = "previous"

    var plan: Plan { .dream(first) }
    var outputs: [String] { [path] }
    var form: OutputForm { OutputForm() }
    var steps: Int { (frameCount ?? 0) * first.steps }
    var holdsPhotographs: Bool { true }

    private var isFolder: Bool { (try? AnimationKind(of: path)) == .folder }
    private var folder: String { isFolder ? path : path + ".frames" }

    /// ffmpeg's absence, and a place that cannot be written, are found first.
    func checkOutputs(force: Bool) throws(Problem) {
        if !isFolder {
            try asProblem { () throws(FilmError) in try FrameWriter.check(path, force: force) }
        }
        for place in [path, folder] where isSame(place, source) {
            throw Problem(.cannotWrite, "\(place) is what is dreamt on, and would be lost; choose another \(setting: "output")")
        }
        // Frames of a longer sequence would follow this one's.
        guard let frameCount, Files.isFolder(source), !force else { return }
        let next = FrameWriter.framePath(in: folder, frameCount + 1)
        if isFile(next) {
            throw Problem(.cannotWrite, "\(next) is there already, and \(source) has \(frameCount) frames; name another folder, or use \(setting: "force") to leave it there")
        }
    }

    /// A film's plan knows its first frame only; others may have begun with the same.
    func isOwn(_ path: String) -> Bool { false }

    /// The numbers for scripts.
    private struct Values: Encodable, Sendable {
        let output: String
        let frames: Int
        let dreamt: Int
        let seconds: Double
        let plan: Plan
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let start = ContinuousClock.now
        if pictures.opacity?.isTransparent == true { try context.reportLostOpacity(in: path) }
        let frames = try asProblem { () throws(FilmError) in try FrameSource(path: source, maximumPixels: decodablePixels(atMost: maximumPixels), isCancelled: context.isCancelled) }
        let (paths, new) = try dream(frames, context)
        let leftOut = PictureFolder.lines(of: frames.leftOut.map { Problem($0) }, among: frames.position, in: source)
        for line in leftOut { try context.report(.note(line)) }
        let keepsTime = rate == nil || rate == frames.rate, keepsSound = keepsTime && FrameWriter.canSound(path)
        if !isFolder {
            try assemble(paths, rate: rate ?? frames.rate ?? FrameWriter.defaultRate, keepsSound ? frames.sound : nil)
            for path in paths { try? FileManager.default.removeItem(atPath: path) }
            removeEmptyFolder(folder)
        }
        let time = seconds(ContinuousClock.now - start)
        var result = JobResult(score: 0)
        let kept = new < paths.count ? ", \(paths.count - new) of them were there" : ""
        if frames.sound != nil, !keepsSound {
            let reason: Message = keepsTime ? "only .mp4 and .webm have one" : "\(setting: "rate") changes its time"
            result.warning = "the sound of \(source) is left out: \(reason)"
        }
        result.lines = ["\(path)  \(paths.count) frames in \(rounded(time, 1)) s\(kept)"]
        result.values = [Values(output: path, frames: paths.count, dreamt: new, seconds: time, plan: plan)]
        return result
    }

    /// The frame before, for the next one.
    private struct Previous {
        /// As it was and as it was dreamt, `[channels, height, width]`.
        let photo: Tensor
        let result: Tensor
        /// SHA-256 of the result's samples.
        let digest: String
    }

    /// Dreams on every frame that is not there yet.
    /// - Returns: the frames' files, and how many are new.
    private func dream(_ source: FrameSource, _ context: JobContext) throws(Problem) -> (paths: [String], new: Int) {
        var (paths, new, previous) = ([String](), 0, Previous?.none)
        while let picture = try source.next(within: maximumPixels) {
            if !paths.isEmpty, context.isCancelled() { throw interrupted(after: paths.count) }
            let path = FrameWriter.framePath(in: folder, paths.count + 1)
            let plan = plan(ofFrame: paths.count, picture, previous)
            let fitted = picture.fitted(width: plan.width, height: plan.height)
            let photo = try fitted.tensor(channels: model.network.inputChannels, name: Self.frameName)
            let result: Picture
            if let done = try finished(path, plan, force: context.force) {
                result = done
            } else {
                try OutputChecks.check(path)
                result = try dreamt(plan, photo, fitted.opacity, previous, to: path, of: source.count, context)
                new += 1
            }
            previous = Previous(
                photo: photo, result: try result.tensor(channels: model.network.inputChannels, name: path), digest: result.digest)
            paths.append(path)
        }
        guard !paths.isEmpty else { throw .badData("\(self.source): there is no frame in it") }
        return (paths, new)
    }

    private func plan(ofFrame number: Int, _ picture: Picture, _ previous: Previous?) -> DreamPlan {
        var plan = first
        plan.frame = number
        plan.carried = previous == nil ? 0 : blend
        plan.pictures[Self.frameName] = picture.digest
        if let previous { plan.pictures[Self.previousName] = previous.digest }
        return plan
    }

    /// Dreams one frame, and writes it.
    private func dreamt(
        _ plan: DreamPlan, _ photo: Tensor, _ opacity: Tensor?, _ previous: Previous?, to path: String, of count: Int?, _ context: JobContext
    ) throws(Problem) -> Picture {
        var fixed = pictures.tensors
        fixed[Self.frameName] = photo
        let carried = previous.map { moved($0, to: photo, plan, context.workers) }
        var dream = try asProblem { () throws(RenderError) in
            try Dream(plan, model: model, pictures: fixed, carried: carried, workers: context.workers)
        }
        while dream.stepsDone < dream.steps {
            if context.isCancelled() { throw interrupted(after: plan.frame!) }
            let score = try asProblem { () throws(RenderError) in try dream.step() }
            try context.step(score: score, share: count.map { (Double(plan.frame!) + dream.workDone) / Double(max($0, 1)) })
        }
        let picture = dream.picture()
        let score = try asProblem { () throws(RenderError) in try dream.score(of: picture) }
        let result = Picture(picture, opacity: opacity)
        try result.write(Record(DrawnPicture(plan: .dream(plan), stepsDone: plan.steps, score: score)), quality: nil, to: path)
        return result
    }

    private func interrupted(after frames: Int) -> Problem {
        Problem(.interrupted, "interrupted after \(frames) frame\(frames == 1 ? "" : "s"); the same command goes on from there")
    }

    /// The previous frame's dream, moved to where things are now, as far as they can be followed.
    private func moved(_ previous: Previous, to photo: Tensor, _ plan: DreamPlan, _ workers: Workers) -> Tensor {
        var change = previous.result
        change.add(previous.photo, scaledBy: -1)
        let motion = MotionField(from: previous.photo, to: photo, workers: workers)
        var moved = motion.warped(change, workers: workers)
        moved.scaleEachChannel(by: motion.confidence(from: previous.photo, to: photo, workers: workers))
        moved.scale(by: plan.strength == 0 ? 0 : blend / plan.strength)
        return moved
    }

    /// A frame that is there already and was made by the same plan.
    ///
    /// - Throws: a problem for another picture in its place, unless it may be overwritten.
    private func finished(_ path: String, _ plan: DreamPlan, force: Bool) throws(Problem) -> Picture? {
        guard isFile(path) else { return nil }
        if let record = try? Record(ofFile: path), !record.isSheet, record.version == version, record.pictures[0].complete,
            record.pictures[0].plan == .dream(plan)
        {
            return try Picture.reading(path)
        }
        guard force else {
            throw Problem(.cannotWrite, "\(path) is there already and is not what this command would draw; use \(setting: "force") to overwrite it")
        }
        return nil
    }

    private func assemble(_ paths: [String], rate: Double, _ sound: FilmSound?) throws(Problem) {
        let bounded = min(max(rate, FrameWriter.possibleRates.lowerBound), FrameWriter.possibleRates.upperBound)
        let record = Record(DrawnPicture(plan: plan, stepsDone: first.steps, score: 0))
        let writer = try asProblem { () throws(FilmError) in try FrameWriter(path: path, rate: bounded, comment: record.json, keyword: Record.keyword, sound: sound) }
        for path in paths {
            let picture = try Picture.reading(path)
            try asProblem { () throws(FilmError) in try writer.add(picture) }
        }
        try asProblem { () throws(FilmError) in try writer.finish() }
    }
}

extension FrameSource {
    /// The next frame, if there is memory for it; nil after the last one.
    ///
    /// - Parameter maximumPixels: those that it was opened with.
    /// - Throws: bad data for a folder of which no picture can be read.
    func next(within maximumPixels: Int) throws(Problem) -> Picture? {
        let picture = try decoding(atMost: maximumPixels) { _ in try next() }
        if picture == nil, let count { try PictureFolder.refuse(leftOut.map { Problem($0) }, ifAllOf: count, in: path) }
        return picture
    }
}
