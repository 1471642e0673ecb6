import Networks

/// A job that lets go of its photographs, and makes itself anew from its request when its turn comes.
struct DeferredJob<Request: DrawingRequest>: Job {
    private let request: Request
    let model: Model
    let plan: Plan
    let outputs: [String]
    let form: OutputForm
    let steps: Int
    let memory: Int
    let pictures: Int
    let hasRecord: Bool
    let ingredients: [String]

    var holdsPhotographs: Bool { false }

    init(_ request: Request, _ job: any Job) {
        self.request = request
        (model, plan, outputs, form) = (job.model, job.plan, job.outputs, job.form)
        (steps, memory, pictures, hasRecord, ingredients) = (job.steps, job.memory, job.pictures, job.hasRecord, job.ingredients)
    }

    func checkOutputs(force: Bool) throws(Problem) { for path in outputs { try OutputChecks.check(path) } }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let session = Session(workers: context.workers, isCancelled: context.isCancelled, only: model)
        let jobs = try request.jobs(session).jobs
        guard jobs.count == 1, jobs[0].identity == identity else {
            throw .badData("a photograph changed while the batch ran; run it again")
        }
        return try jobs[0].draw(context)
    }
}
