import Files
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Dreams on the frames of a moving picture. Each begins with a share of the dream before, moved along with what it lies on,
/// so that a dream stays where it is in the film.
///
/// Every frame is a file of its own, with a plan that knows the frame before: the same command goes on where another was
/// ended, and does again what has changed.
struct DreamFilm: Work {
    /// Of the folder or the film.
    let path: String
    let dream: DreamOptions
    let reading: ReadingOptions
    let moving: MovingOptions
    let model: Model
    let output: OutputOptions

    /// What the next frame needs of the one before.
    private struct Previous {
        /// As it was and as it was dreamt, `[channels, height, width]`.
        let photo: Tensor
        let result: Tensor
        /// SHA-256 of the result's samples.
        let digest: String
    }

    /// What `--json` prints.
    private struct Result: Encodable {
        let output: String
        let frames: Int
        let dreamt: Int
        let seconds: Double
        let plan: PhotographRecord.Plan
    }

    /// The plan's names for the frame and the one before.
    private static let name = "frame"
    private static let nameOfPrevious = "previous"

    func run() throws {
        let target = targetPath
        let isFolder = try AnimationKind(of: target) == .folder
        // ffmpeg's absence, and a place that cannot be written, are found first.
        if !isFolder { try FrameWriter.check(target, force: output.force) }
        if !isFolder, isFile(target), !output.force { throw Failure(73, "\(target) is there already; use --force to overwrite it") }
        let folder = isFolder ? target : target + ".frames"
        for place in [target, folder] where isSame(place, path) {
            throw Failure(73, "\(place) is what is dreamt on, and would be lost; choose another --output")
        }
        let source = try FrameSource(path: path, maximumPixels: reading.maxPixels)
        guard let first = try source.next() else { throw Failure.badData("\(path): there is no frame in it") }
        var files = Photographs(maximumPixels: reading.maxPixels)
        files.add(first, as: Self.name)
        let (plan, pictures) = try dream.plan(photo: Self.name, model: model, files: &files, workers: output.running.workers)
        if output.dryRun { return try standardOutput(json(PhotographRecord.Plan.dream(plan))) }
        model.sayAssumption(quiet: output.running.quiet)
        try refuseOthers(after: source.rate == nil ? source.count : nil, in: folder)
        for line in files.ingredients(model) { output.say(line) }
        output.say("plan \(json(PhotographRecord.Plan.dream(plan)))")
        let start = ContinuousClock.now
        let (paths, new) = try frames(source, first, plan, pictures, to: folder)
        if !isFolder { try assemble(paths, to: target, rate: moving.rate ?? source.rate ?? FrameWriter.defaultRate, plan) }
        if !isFolder {
            for path in paths { try? FileManager.default.removeItem(atPath: path) }
            removeEmptyFolder(folder)
        }
        let time = seconds(ContinuousClock.now - start)
        if output.running.json {
            try standardOutput(json(Result(output: target, frames: paths.count, dreamt: new, seconds: time, plan: .dream(plan))))
        } else if !output.running.quiet {
            let kept = new < paths.count ? ", \(paths.count - new) of them were there" : ""
            try standardOutput("\(target)  \(paths.count) frames in \(rounded(time, 1)) s\(kept)")
        }
    }

    private var targetPath: String {
        let parts = OutputNames.Parts(model: model.name, layer: dream.layerName(of: model), seed: dream.seed)
        if let given = output.output { return OutputNames.expand(given, parts) }
        let plain = path.hasSuffix("/") ? String(path.dropLast()) : path
        var name = plain.split(separator: "/").last.map(String.init) ?? plain
        if name.allSatisfy({ $0 == "." }) { name = "frames" }
        return FileManager.default.fileExists(atPath: path) && isFolder(path) ? name + "_dream" : OutputNames.path(name, ending: "_dream.mp4")
    }

    /// Dreams on every frame that is not there yet.
    /// - Returns: the frames' files, and how many are new.
    private func frames(
        _ source: FrameSource, _ first: Picture, _ plan: DreamPlan, _ pictures: DreamPictures,
        to folder: String
    ) throws -> (paths: [String], new: Int) {
        let workers = output.running.workers
        let progress = Progress("dream", total: (source.count ?? 0) * plan.steps, quiet: output.running.quiet)
        defer { progress.finish() }
        var paths: [String] = []
        var new = 0
        var previous: Previous?
        var (frame, fixed) = (Optional(first), pictures.tensors)
        while let picture = frame {
            let number = paths.count
            var own = plan
            own.frame = number
            own.carried = previous == nil ? 0 : blend
            own.pictures[Self.name] = picture.digest
            if let previous { own.pictures[Self.nameOfPrevious] = previous.digest }
            let fitted = PictureSource.fitted(picture, width: plan.width, height: plan.height)
            let photo = try fitted.tensor(channels: model.network.inputChannels, name: Self.name)
            fixed[Self.name] = photo
            let path = FrameWriter.framePath(in: folder, number + 1)
            let result: Picture
            if let done = try finished(path, own) {
                result = done
            } else {
                try checkPlace(path)
                let carried = previous.map { moved($0, to: photo, plan, workers) }
                let count = source.count
                func work(_ share: Double) -> Double? { count.map { (Double(number) + share) / Double(max($0, 1)) } }
                guard let (picture, score) = try dreamt(own, fixed, carried, progress, work) else {
                    throw interrupted(number, progress)
                }
                result = Picture(picture, opacity: fitted.opacity)
                let record = PhotographRecord(
                    version: LucidCommand.version, plan: .dream(own), stepsDone: own.steps, score: score, quality: nil)
                try result.write(record: record.json, quality: nil, to: path)
                new += 1
            }
            previous = Previous(
                photo: photo, result: try result.tensor(channels: model.network.inputChannels, name: path), digest: result.digest)
            paths.append(path)
            frame = try source.next()
            if Interruption.signal != 0, frame != nil { throw interrupted(paths.count, progress) }
        }
        return (paths, new)
    }

    private var blend: Float { moving.blend ?? MovingOptions.standardBlend }

    /// Refuses a folder in which frames of a longer sequence would follow this one's.
    private func refuseOthers(after count: Int?, in folder: String) throws(Failure) {
        guard let count, !output.force else { return }
        let next = FrameWriter.framePath(in: folder, count + 1)
        if isFile(next) {
            throw Failure(73, "\(next) is there already, and \(path) has \(count) frames; name another folder, or use --force to leave it there")
        }
    }

    private func checkPlace(_ path: String) throws(Failure) {
        do {
            try OutputFile.check(path, createFolders: true)
        } catch {
            throw Failure(error)
        }
    }

    /// One frame's dream and its score; nil if it was interrupted.
    private func dreamt(
        _ plan: DreamPlan, _ pictures: [String: Tensor], _ carried: Tensor?, _ progress: Progress, _ work: (Double) -> Double?
    ) throws(Failure) -> (Tensor, Float)? {
        do {
            var dream = try Dream(plan, model: model, pictures: pictures, carried: carried, workers: output.running.workers)
            while dream.stepsDone < dream.steps {
                if Interruption.signal != 0 { return nil }
                let score = try dream.step()
                progress.step(score: score, share: work(dream.workDone))
            }
            let picture = dream.picture()
            return (picture, try dream.score(of: picture))
        } catch {
            throw Failure(error)
        }
    }

    private func interrupted(_ frames: Int, _ progress: Progress) -> Failure {
        progress.finish()
        return Failure(
            Interruption.failure.code, "interrupted after \(frames) frame\(frames == 1 ? "" : "s"); the same command goes on from there")
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
    /// - Throws: 73 for another picture in its place, unless it may be overwritten.
    private func finished(_ path: String, _ plan: DreamPlan) throws(Failure) -> Picture? {
        guard isFile(path) else { return nil }
        let record = (try? PictureRecord.text(ofFile: path)).flatMap { try? PhotographRecord(json: $0) }
        if let record, record.plan == .dream(plan), record.complete, record.version == LucidCommand.version {
            return try PictureSource.read(path)
        }
        guard output.force else {
            throw Failure(73, "\(path) is there already and is not what this command would draw; use --force to overwrite it")
        }
        return nil
    }

    private func assemble(_ paths: [String], to target: String, rate: Double, _ plan: DreamPlan) throws(Failure) {
        let bounded = min(max(rate, FrameWriter.rates.lowerBound), FrameWriter.rates.upperBound)
        let writer = try FrameWriter(path: target, rate: bounded, comment: lineOfRecord(plan))
        for path in paths { try writer.add(try PictureSource.read(path).composited(over: 1)) }
        try writer.finish()
    }

    private func lineOfRecord(_ plan: DreamPlan) -> String {
        PhotographRecord(version: LucidCommand.version, plan: .dream(plan), stepsDone: plan.steps, score: 0, quality: nil).json
    }
}

extension DreamFilm {
    func pieces() throws(Failure) -> [Piece] {
        throw .usage("a batch draws single pictures; run `lucid deepdream` on the film by itself")
    }
}
