import Analysis
import Files
import Networks

/// What a unit is tuned to, as JSON and CSV.
struct TuningReport: Encodable, Sendable {
    struct Field: Encodable, Sendable {
        /// The middle of what the unit sees, in pixels of the network's picture.
        let x, y: Double
        /// Pixels on a side.
        let extent: Int
    }

    struct Curve: Encodable, Sendable {
        let values: [Double]
        let responses: [Double]
        /// One less the circular variance; nil of lengths.
        let selectivity: Double?
        /// Full width at half height, in degrees.
        let bandwidth: Double?

        init?(_ curve: TuningCurve?) {
            guard let curve else { return nil }
            (values, responses, selectivity, bandwidth) = (curve.values, curve.responses, curve.selectivity, curve.bandwidth)
        }
    }

    /// The best stimulus of a family, nil where none is answered to more than grey, and the answers around it.
    struct Family: Encodable, Sendable {
        let family: TuningStimulus.Family
        let label: String?
        /// The largest answer, less that to grey.
        let response: Double
        let angle, length, phase, hue, saturation: Double?
        let dark: Bool?
        let angles, lengths, hues: Curve?

        init(_ tuning: FamilyTuning) {
            let best = tuning.isAnswered ? tuning.stimulus : nil
            (family, label, response) = (tuning.stimulus.family, tuning.isAnswered ? tuning.label : nil, tuning.response)
            (angle, length, phase, hue) = (best?.angle, best?.length, best?.phase, best?.hue)
            (saturation, dark) = (best?.saturation, best?.isDark)
            (angles, lengths, hues) = (Curve(tuning.angles), Curve(tuning.lengths), Curve(tuning.hues))
        }
    }

    let model: String
    let weights: String
    let layer: String
    let channel: Int
    let label: String
    /// The family with the largest answer; nil where none is above that to grey.
    let family: TuningStimulus.Family?
    /// The largest answer less that to grey, and that to grey.
    let response, grey: Double
    /// Of the angles of the best family, or else of its hues.
    let selectivity, bandwidth: Double?
    let field: Field
    let contrast: Float
    let families: [Family]
    let file: String

    init(_ plan: TuningPlan, channel: Int, _ unit: UnitTuning, _ place: FieldPlace, file: String) {
        (model, weights, layer, contrast) = (plan.model, plan.weights, plan.layer, plan.contrast)
        (self.channel, label, grey, self.file) = (channel, unit.label, unit.grey, file)
        let best = unit.best
        let curve = best?.angles ?? best?.hues
        (family, response) = (best?.stimulus.family, best?.response ?? 0)
        (selectivity, bandwidth) = (curve?.selectivity, curve?.bandwidth)
        field = Field(x: place.centre.x, y: place.centre.y, extent: place.extent)
        families = unit.families.map(Family.init)
    }

    /// "5  vertical grating, period 8 px: 3.2 above grey; selectivity 0.81, 34° wide"
    var line: String {
        guard family != nil else { return "\(channel)  \(label)" }
        let details = [selectivity.map { "selectivity \(rounded($0, 2))" }, bandwidth.map { "\(rounded($0, 0))° wide" }].compactMap { $0 }
        return "\(channel)  \(label): \(short(Float(response))) above grey" + (details.isEmpty ? "" : "; " + details.joined(separator: ", "))
    }

    /// A row for each unit.
    static func table(_ reports: [TuningReport]) -> String {
        let names = TuningStimulus.Family.allCases
        let head = ["layer", "channel", "family", "response", "grey", "selectivity", "bandwidth"]
        return CSV.line(head + names.flatMap { [$0.rawValue, "\($0.rawValue)_response"] } + ["label"])
            + reports.map { report in
                let families = names.flatMap { name -> [String] in
                    guard let own = report.families.first(where: { $0.family == name }) else { return ["", ""] }
                    return [own.label ?? "", own.response.text]
                }
                let numbers = [report.response, report.grey, report.selectivity, report.bandwidth].map { $0.map(\.text) ?? "" }
                return CSV.line([report.layer, "\(report.channel)", report.family?.rawValue ?? ""] + numbers + families + [report.label])
            }.joined()
    }
}
