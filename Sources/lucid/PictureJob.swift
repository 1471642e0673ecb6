import Visualization

/// One plan to be followed, and where its pictures go.
struct PictureJob: Sendable {
    var plan: RenderPlan
    /// A file for each picture that the plan draws; nil for those that only a sheet shows.
    var paths: [String?]
    /// Steps to take; fewer than the plan's where a picture of the way there is made again.
    var steps: Int
    /// Steps after which the picture is kept as well.
    var saveAt: Set<Int> = []
    /// The way there: a .gif, a .mp4, a folder, or a .png or .jpg for a sheet.
    var evolution: String?
    /// What stands under it on a sheet.
    var caption: String?

    /// A plan of one picture.
    init(_ plan: RenderPlan, to path: String?, saveAt: Set<Int> = []) {
        self.init(plan, to: [path], saveAt: saveAt)
    }

    /// A plan of several pictures that are drawn together.
    init(_ plan: RenderPlan, to paths: [String?], saveAt: Set<Int> = []) {
        precondition(paths.count == plan.count, "each picture goes somewhere")
        self.plan = plan
        self.paths = paths
        self.saveAt = saveAt
        steps = plan.steps
    }

    /// Refuses steps to keep that there are not.
    func checkSaveAt() throws(Failure) {
        guard let last = saveAt.max() else { return }
        guard paths.contains(where: { $0 != nil }) else {
            throw .usage("--save-at keeps single pictures, and these go on a sheet only; draw them one by one")
        }
        guard last <= steps else { throw .usage("--save-at \(last) is never reached in \(steps) steps; see --steps") }
    }

    /// Every picture that the job writes.
    var outputs: [String] {
        let kept = paths.compactMap { $0 }
        return kept.flatMap { path in saveAt.filter { $0 < steps }.sorted().map { OutputNames.path(path, step: $0) } } + kept
    }
}

/// Several jobs' pictures on one sheet.
struct PictureSheet: Sendable {
    /// Where it goes.
    var path: String
    /// A grid as square as can be if nil.
    var columns: Int?
    /// Beside the sheet, a JSON file that says what is where.
    var index: String?

    init(to path: String, columns: Int? = nil, index: String? = nil) {
        self.path = path
        self.columns = columns
        self.index = index
    }
}
