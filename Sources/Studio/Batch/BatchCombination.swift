import Files
import Films
import Images
import Manifests

/// One request of an entry, with a value for each of its settings.
struct BatchCombination {
    let form: RequestForm
    /// The entry's.
    let line: Int
    let name: String?
    let values: [String: Manifest.Value]
    /// Settings whose values are wrong by themselves.
    let wrong: Set<String>
    let template: NameTemplate
    let folder: String

    /// A value that does in the place of a wrong one while other mistakes are looked for.
    private static let substitutes = ["index": "0"]

    /// Makes the request and asks it for its jobs. A setting that is to blame is noted and left out, until the rest makes
    /// sense or nothing is to blame: so one wrong value does not hide the next.
    func jobs(_ session: Session, _ mistakes: inout BatchMistakes) -> [any Job] {
        var values = values.filter { !wrong.contains($0.key) }
        var isWrong = !wrong.isEmpty
        for (setting, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let reason = objection(setting, value) else { continue }
            mistakes.add(value.line, "\(setting) cannot be \(sentence: reason)")
            values[setting] = nil
            isWrong = true
        }
        for _ in 0...2 * values.count {
            do throws(Problem) {
                let jobs = try Self.jobs(form.request, given: texts(values), session)
                let read = values.filter { form.settings[$0.key]!.reads }.flatMap { $0.value.texts ?? [] }
                // A batch knows what it drew by its statuses; what it reads is never its own.
                let lost = jobs.flatMap(\.outputs).first { path in read.contains { isSame($0, path) } }
                if let path = lost {
                    throw Problem(.cannotWrite, "\(path) is read by this entry, and would be lost; choose another output")
                }
                return isWrong ? [] : jobs
            } catch {
                guard let blamed = blamed(error, values) else {
                    // A missing setting may be one that has been left out.
                    if !isWrong { mistakes.add(line, error.message, error.kind) }
                    return []
                }
                isWrong = true
                mistakes.add(values[blamed]!.line, error.message, error.kind)
                let isRequired = form.settings[blamed]!.isRequired
                if let substitute = Self.substitutes[blamed], isRequired, values[blamed]!.text != substitute {
                    values[blamed] = Manifest.Value(line: values[blamed]!.line, content: .text(substitute))
                } else if isRequired || ["model", "weights"].contains(blamed) {
                    return []
                } else {
                    values[blamed] = nil
                }
            }
        }
        return []
    }

    private static func jobs<Request: DrawingRequest>(
        _ request: Request.Type, given texts: [String: [String]], _ session: Session
    ) throws(Problem) -> [any Job] {
        let request = try Request(given: texts)
        let jobs = try request.prepared(session).jobs
        for job in jobs { try checkFiles(of: job) }
        // Thousands of jobs do not keep their photographs until their turn comes.
        guard jobs.count == 1, jobs[0].holdsPhotographs else { return jobs }
        return [DeferredJob(request, jobs[0])]
    }

    /// A batch keeps single files, since it knows a job's files by their names.
    private static func checkFiles(of job: any Job) throws(Problem) {
        if job is FilmJob { throw .usage("a batch draws single pictures; run `lucid deepdream` on the film by itself", setting: "photo") }
        for path in job.outputs.filter({ PictureFormat(fileName: $0) == nil && FigureFormat(fileName: $0) == nil && !$0.hasSuffix(".json") }) {
            guard try asProblem({ () throws(FilmError) in try AnimationKind(of: path) }) == .folder else {
                try asProblem { () throws(FilmError) in try FrameWriter.checkProgram(for: path) }
                continue
            }
            throw .usage("\(path): a batch keeps an animation in one file, such as a .gif", setting: job is FlightJob ? "zoom" : "evolution")
        }
        if let job = job as? FacetsJob, !job.given.isEmpty {
            throw .usage("a batch draws the pictures whose facets it counts; name a channel by \(setting: "index")", setting: "pictures")
        }
    }

    /// The setting whose value a problem is about.
    private func blamed(_ problem: Problem, _ values: [String: Manifest.Value]) -> String? {
        // A layer may stand under another name, and the network beside it is not to blame.
        let layers = problem.setting == "layer" ? ["layers", "anchor", "content-layer", "style-layer"].filter { values[$0] != nil } : []
        let named = layers.filter { names($0, in: problem.message.description, values) }
        let candidates = [problem.setting].compactMap { $0 } + named + layers + problem.message.settings
        if let name = candidates.first(where: { values[$0] != nil }) { return name }
        guard let file = problem.file else { return nil }
        return values.keys.sorted().first { form.settings[$0]!.reads && values[$0]!.texts?.contains(file) == true }
    }

    /// Whether a message quotes one of the layers of a setting, "features.8=0.5" or "features.3,features.8".
    private func names(_ setting: String, in message: String, _ values: [String: Manifest.Value]) -> Bool {
        let texts = (values[setting]?.texts ?? []).flatMap { $0.split(separator: ",") }
        return texts.contains { message.contains("\"\($0.prefix { $0 != "=" }.filter { $0 != " " })\"") }
    }

    // MARK: Texts

    /// The request's settings, with the file's name.
    private func texts(_ values: [String: Manifest.Value]) -> [String: [String]] {
        var texts: [String: [String]] = ["output": [place(expanded(template.text))]]
        for (setting, value) in values {
            guard var own = form.texts(setting, value), !own.isEmpty || !form.settings[setting]!.isFlag else { continue }
            if form.settings[setting]!.writes { own = own.map { place(expanded($0)) } }
            texts[setting] = own
        }
        return texts
    }

    /// Why a value cannot be its setting's: "a list", for example; nil if it can.
    private func objection(_ setting: String, _ value: Manifest.Value) -> String? {
        guard let texts = form.texts(setting, value) else { return Self.kind(of: value) }
        let traits = form.settings[setting]!
        if traits.writes, texts.contains(where: NameTemplate.leadsOut) { return Self.kind(of: value) }
        return (traits.reads && texts.contains("-")) ? "standard input in a batch; name a file" : nil
    }

    private static func kind(of value: Manifest.Value) -> String {
        switch value.content {
        case .text(let text): "\"\(text)\""
        case .list: "a list"
        case .map: "a map"
        case .nothing: "empty"
        }
    }

    /// Puts the entry's own words and settings into a template; the request knows the rest.
    private func expanded(_ template: String) -> String {
        var text = template.replacing("{command}", with: form.command)
        if let name { text = text.replacing("{name}", with: FileTemplate.literal(OutputNames.safe(name))) }
        for (setting, value) in values where !["model", "layer", "index", "seed"].contains(setting) {
            guard text.contains("{\(setting)}"), let content = value.texts?.joined(separator: "-") else { continue }
            let isFile = form.settings[setting]?.reads ?? false
            let name = isFile ? OutputNames.path(content.split(separator: "/").last.map(String.init) ?? "", ending: "") : content
            text = text.replacing("{\(setting)}", with: FileTemplate.literal(OutputNames.safe(name)))
        }
        return text
    }

    /// A file's path in the batch's folder.
    private func place(_ file: String) -> String { folder == "." ? file : OutputNames.join(FileTemplate.literal(folder), file) }
}
