import Analysis
import Images
import Networks
import Tensors
import Visualization

/// A picture of one channel for each of several seeds, and how many facets they show.
struct FacetsWork: Work {
    var files: FacetFiles
    let channel: Int
    let jobs: [PictureJob]
    let photographs: Photographs

    func run() throws {
        _ = try draw()
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    private var rendering: Rendering {
        var rendering = Rendering(
            model: files.model, jobs: jobs, photographs: photographs, label: "\(files.layer):\(channel) (\(jobs.count) seeds)",
            options: files.output)
        rendering.isBrief = true
        rendering.options.running.json = false  // the report is the result
        rendering.options.show = false
        rendering.keepsPictures = true
        rendering.isTrial = true  // what there is when it is interrupted is looked at as well
        rendering.willWrite = files.paths
        return rendering
    }

    /// - Parameter needsAll: that nothing is written of what was interrupted.
    /// - Returns: the pictures that there are; none if it was a dry run.
    private func draw(needsAll: Bool = false) throws(Failure) -> [Rendering.Finished] {
        let finished = try rendering.draw()
        if files.output.dryRun || finished.count < 2 { return [] }
        let isComplete = finished.count == jobs.count && finished.allSatisfy(\.isComplete)
        if needsAll, !isComplete { throw Interruption.failure }
        let subject = FacetReport.Subject(
            model: files.model.name, layer: files.layer, channel: channel, pictures: finished.map { "\($0.plan.seed)" },
            scores: finished.map(\.check.score), complete: isComplete)
        let record = SheetRecord(version: LucidCommand.version, pictures: finished.flatMap(\.records)).json
        try files.write(subject, finished.flatMap(\.pictures), finished.flatMap(\.shown), record: record)
        return finished
    }
}

extension FacetsWork {
    /// Everything that the files depend on.
    private struct Identity: Encodable {
        let facets: [String]
        let threshold: Double
        let quality: Int?
    }

    func pieces() throws(Failure) -> [Piece] {
        let pictures = try rendering.pieces()
        let steps = pictures.reduce(0) { $0 + $1.steps }
        let identity = Identity(facets: pictures.map(\.identity), threshold: files.threshold, quality: files.quality)
        return [
            Piece(
                model: files.model, outputs: files.paths, identity: json(identity), steps: steps,
                memory: pictures.map(\.memory).max() ?? 0, pictures: pictures.count, holdsPhotographs: !photographs.isEmpty
            ) { [self] workers, progress throws(Failure) in
                var alone = self
                alone.files.output = files.output.silent
                alone.files.output.force = true
                alone.files.output.running.threads = workers.count
                let finished = try alone.draw(needsAll: true)
                guard !finished.isEmpty else { throw Interruption.failure }
                progress.advance(by: steps)
                let scores = finished.map(\.check.score)
                return Piece.Outcome(
                    score: scores.reduce(0, +) / Float(scores.count), isDead: finished.allSatisfy(\.check.isDead))
            }
        ]
    }
}

/// How many facets pictures show that are there already.
struct FacetsOfPictures: Work {
    let files: FacetFiles
    /// Of the pictures.
    let paths: [String]
    let maximumPixels: Int

    func run() throws {
        try files.check()
        let model = files.model
        let name = try Drawing.layer(files.layer, in: model)
        model.sayAssumption(quiet: files.output.running.quiet)
        var shown: [Picture] = []
        var tensors: [Tensor] = []
        for path in paths {
            var picture = try PictureSource.read(path, maximumPixels: maximumPixels).composited(over: 0.5)
            if let size = model.network.onlySize(for: name) {
                picture = PictureSource.fitted(picture, width: size.width, height: size.height)
            }
            do {
                _ = try model.network.shape(of: name, height: picture.height, width: picture.width)
            } catch {
                throw Failure.badData("\(path): \(picture.width)x\(picture.height) pixels are not for \(files.layer): \(error)")
            }
            shown.append(picture)
            tensors.append(try PictureSource.planes(picture, channels: model.network.inputChannels, path))
        }
        let names = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let subject = FacetReport.Subject(model: model.name, layer: files.layer, pictures: names)
        try files.write(subject, tensors, shown, record: nil)
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    func pieces() throws -> [Piece] {
        throw Failure.usage("a batch draws the pictures whose facets it counts; name a channel by --index")
    }
}

/// The chart of facets, and the numbers beside it.
struct FacetFiles: Sendable {
    let model: Model
    let layer: String
    /// How alike the pictures of a facet are, 0 to 1.
    let threshold: Double
    let chart: String
    var output: OutputOptions

    private var numbers: String { OutputNames.path(chart, ending: ".json") }

    /// What is written, the chart first.
    var paths: [String] { [chart, numbers] }

    /// Of a chart that is a JPEG.
    var quality: Int? { PictureFormat(fileName: chart) == .jpeg ? output.quality ?? OutputOptions.standardQuality : nil }

    /// That both can be written, and neither is there unless it may be overwritten.
    func check() throws(Failure) {
        for path in paths {
            do {
                try OutputFile.check(path)
            } catch {
                throw Failure(error)
            }
            if !output.force, isFile(path) { throw Failure(73, "\(path) is there already; use --force to overwrite it") }
        }
    }

    /// Looks for facets, writes what there is, and says it.
    ///
    /// - Parameters:
    ///   - pictures: as the network sees them, `[3, height, width]` each.
    ///   - record: how the pictures were drawn; nil where they were given.
    func write(_ subject: FacetReport.Subject, _ pictures: [Tensor], _ shown: [Picture], record: String?) throws(Failure) {
        let similarity = GramSimilarity(model, try Drawing.layer(layer, in: model), workers: output.running.workers)
        let matrix: [Double]
        do {
            matrix = try similarity.matrix(of: pictures)
        } catch {
            throw Failure(error)
        }
        let report = FacetReport(subject, matrix: matrix, threshold: threshold)
        let picture = report.chart(shown)
        if let record {
            try picture.write(record: record, quality: quality, to: chart)
        } else {
            try picture.write(to: chart, quality: quality ?? OutputOptions.standardQuality)
        }
        do {
            try OutputFile.write(Array((json(report) + "\n").utf8), to: numbers)
        } catch {
            throw Failure(error)
        }
        if output.show { try picture.show() }
        if output.running.json { return try standardOutput(json(report)) }
        if !output.running.quiet { try standardOutput("\(chart)  \(report.line)") }
    }
}
