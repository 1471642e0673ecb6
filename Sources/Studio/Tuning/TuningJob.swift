import Analysis
import Files
import Foundation
import Images
import Networks
import Tensors

/// Shows a layer's units simple stimuli where they look, and draws what they answer.
struct TuningJob: Job {
    let model: Model
    let tuning: TuningPlan
    let path: String
    let quality: Int?
    /// Files of numbers beside the chart.
    var csv: String?
    var curves: String?

    private let layer: LayerName
    private let place: FieldPlace
    private let drawing: StimulusDrawing
    private let stimuli: [TuningStimulus]

    /// - Throws: a problem where the network has no such layer or channel, or stimuli cannot be drawn for it.
    init(_ plan: TuningPlan, model: Model, to path: String, quality: Int?) throws(Problem) {
        (self.model, tuning, self.path, self.quality) = (model, plan, path, quality)
        layer = try model.layer(plan.layer)
        let count = model.network.channels(of: layer)
        guard !plan.channels.isEmpty, zip(plan.channels, plan.channels.dropFirst()).allSatisfy({ $0 < $1 }), plan.channels[0] >= 0,
            plan.channels.last! < count
        else { throw .badData("\(plan.layer) of \(model.name) has no such channels", setting: "index") }
        let channels = model.network.inputChannels
        guard channels == 3 || channels == 1 else {
            throw .usage("\(model.name) takes pictures of \(channels) channels; stimuli are grey or in colour", setting: "model")
        }
        place = try FieldPlace(in: layer, of: model)
        try model.network.checkMemory(for: [layer], seeing: place.size, advice: "name a layer before it")
        drawing = StimulusDrawing(
            on: Shape(channels, place.size.height, place.size.width), centre: place.centre, field: Double(place.extent),
            contrast: Double(plan.contrast))
        stimuli = drawing.stimuli
    }

    var plan: Plan { .tuning(tuning) }
    var outputs: [String] { [path, csv, curves].compactMap { $0 } }
    var form: OutputForm {
        var form = OutputForm()
        form.quality = quality
        form.files = [csv != nil, curves != nil]
        return form
    }
    var steps: Int { stimuli.count }
    var memory: Int {
        let cost = model.network.cost(of: [layer], height: place.size.height, width: place.size.width)
        return 4 * (4 * cost.largestActivation + 3 * cost.parameters + stimuli.count * tuning.channels.count) + 64 << 20
    }
    var holdsPhotographs: Bool { false }
    var hasRecord: Bool { csv == nil && curves == nil }
    var ingredients: [String] { ["\(model.name), weights \(model.weightsSHA256)"] }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: path)
        for path in [csv, curves].compactMap({ $0 }) { try OutputChecks.check(path) }
    }

    /// Numbers belong to the chart that they lie beside.
    func isOwn(_ file: String) -> Bool { file == path ? Record.pictures(ofFile: file).map(\.plan) == [plan] : isFile(path) && isOwn(path) }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let measurement = try asProblem { () throws(WeightsError) in
            try TuningMeasurement(model, layer: layer, channels: tuning.channels, at: place.position, convolution: tuning.convolution)
        }
        var problem: Problem?
        let found = measurement.responses(to: stimuli, drawing, workers: context.workers) {
            do throws(Problem) { try context.step(score: nil) } catch { problem = error }
            return problem == nil && !context.isCancelled()
        }
        if let problem { throw problem }
        guard let found else { throw .interrupted }
        guard (found.responses + [found.grey]).allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw Problem(.failed, "\(model.name): \(tuning.layer) answers with numbers that are not finite; check the weights")
        }
        let units = tuning.channels.indices.map { unit in
            UnitTuning(stimuli, responses: found.responses.map { $0[unit] }, grey: found.grey[unit])
        }
        let reports = zip(tuning.channels, units).map { TuningReport(tuning, channel: $0, $1, place, file: path) }
        let best = units.map { Float($0.best?.response ?? 0) }.max() ?? 0
        let record = Record(DrawnPicture(plan: plan, stepsDone: 1, score: best, quality: quality))
        var result = JobResult(score: best)
        result.preview = try chart(units).figure.write(record, quality: quality, to: path)
        try asProblem { () throws(OutputError) in
            if let csv { try OutputFile.write(Array(TuningReport.table(reports).utf8), to: csv) }
            if let curves { try OutputFile.write(Array(table(of: found.responses).utf8), to: curves) }
        }
        (result.lines, result.values) = (lines(reports), reports)
        return result
    }

    /// Units that people are told of one by one.
    private static let mostLines = 16

    private func lines(_ reports: [TuningReport]) -> [String] {
        let told = reports.prefix(Self.mostLines).map(\.line)
        let rest = reports.count - told.count
        return [path] + told + (rest > 0 ? ["… and \(counted(rest, "channel")) more on the chart"] : [])
    }

    private func chart(_ units: [UnitTuning]) -> TuningChart {
        TuningChart(
            title: "\(model.name) \(tuning.subject): stimuli of \(Int(drawing.size.rounded())) px, contrast \(tuning.contrast.text)",
            units: zip(tuning.channels, units).map { channel, unit in
                TuningChart.Unit(
                    name: "\(channel)", label: unit.label, panels: unit.families.map { TuningChart.Panel($0, drawing) },
                    best: unit.families.firstIndex { $0.stimulus == unit.best?.stimulus })
            })
    }

    /// Every answer as CSV.
    private func table(of responses: [[Float]]) -> String {
        func field(_ value: Double?) -> String { value.map(\.text) ?? "" }
        var text = CSV.line(["layer", "channel", "stimulus", "family", "angle", "length", "phase", "hue", "saturation", "dark", "response"])
        for (unit, channel) in tuning.channels.enumerated() {
            for (index, stimulus) in stimuli.enumerated() {
                var fields = [tuning.layer, "\(channel)", "\(index)", stimulus.family.rawValue]
                fields += [stimulus.angle, stimulus.length, stimulus.phase, stimulus.hue, stimulus.saturation].map(field)
                fields.append(stimulus.isDark.map { $0 ? "1" : "0" } ?? "")
                fields.append(responses[index][unit].text)
                text += CSV.line(fields)
            }
        }
        return text
    }
}

extension TuningChart.Panel {
    /// Red, green and blue of a hue on the circle around grey.
    private static func color(ofHue hue: Double) -> SIMD3<Float> {
        func part(_ middle: Double) -> Float { Float(0.5 + 0.5 * cos((hue - middle) * .pi / 180)) }
        return SIMD3(part(0), part(120), part(240))
    }

    /// A family with the curves around its best stimulus.
    init(_ family: FamilyTuning, _ drawing: StimulusDrawing) {
        var plots: [TuningChart.Plot] = []
        if let angles = family.angles {
            let half = zip(angles.values, angles.responses).map { (degrees: $0, value: $1) }
            // Stripes have a direction and its opposite.
            plots.append(.round(angles.period == 180 ? half + half.map { ($0.degrees + 180, $0.value) } : half))
        }
        if let lengths = family.lengths { plots.append(.line(zip(lengths.values, lengths.responses).map { ($0, $1) })) }
        if let hues = family.hues {
            let values = zip(hues.values, hues.responses).map { (degrees: $0, value: $1) }
            plots.append(.round(values, colors: hues.values.map(Self.color)))
        }
        self.init(
            title: family.stimulus.family.rawValue, stimulus: family.isAnswered ? Self.picture(of: family.stimulus, drawing) : nil,
            response: family.response, plots: plots)
    }

    /// The part of the picture that a stimulus can reach.
    private static func picture(of stimulus: TuningStimulus, _ drawing: StimulusDrawing) -> Picture {
        let image = drawing(stimulus)
        let (rows, columns) = (drawing.pixels(drawing.centre.y, of: image.shape.height), drawing.pixels(drawing.centre.x, of: image.shape.width))
        let seen = image.cropped(
            top: rows.lowerBound, left: columns.lowerBound, height: rows.count, width: columns.count, workers: .one).elements
        return Picture(planes: image.shape.channels == 1 ? seen + seen + seen : seen, channels: 3, width: columns.count, height: rows.count)
    }
}
