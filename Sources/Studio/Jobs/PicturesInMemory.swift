import Images

extension Session {
    /// Draws a request's pictures and gives them back, in the request's order. No file is written, whatever its output says.
    ///
    /// The pictures of a sheet come one by one.
    ///
    /// - Parameter reporter: told of every step.
    /// - Throws: a usage problem for a request whose result is not a picture, such as a film or a chart; one of the kind
    ///   `interrupted` if the session was cancelled.
    public func pictures(of request: some DrawingRequest, _ reporter: any Reporter = SilentReporter()) throws(Problem) -> [Picture] {
        var drawings: [PictureJob] = []
        for job in try request.prepared(self).jobs {
            switch job {
            case let job as PictureJob: drawings.append(job)
            case let job as SheetJob: drawings += job.jobs
            default: throw .usage("\(type(of: request).command) makes files; run its jobs with a JobRunner")
            }
        }
        for index in drawings.indices { drawings[index].keepNothing() }
        var context = JobContext(workers: workers, isCancelled: isCancelled) { event throws(Problem) in try reporter.report(event) }
        (context.isBatch, context.rates) = (true, false)
        let drawn = try drawings.follow(context)
        if isCancelled() { throw .interrupted }
        return drawn.flatMap(\.state.shown)
    }
}

extension PictureJob {
    /// Leaves out every file.
    fileprivate mutating func keepNothing() {
        paths = [String?](repeating: nil, count: paths.count)
        (saveAt, evolution) = ([], nil)
    }
}
