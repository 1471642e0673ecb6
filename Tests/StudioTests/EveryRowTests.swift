import Images
import Studio
import Testing

/// Every row of every command's table is an option that does something: none is refused whatever goes with it, and none is taken and
/// forgotten.
@Suite struct EveryRowTests {
    /// The words of a wish that are needed, by command. Two names stand for photographs, and one for a folder of them.
    private static let needed: [String: [String]] = {
        let (layer, unit) = (["--layer", "features.3"], ["--layer", "features.3", "--index", "5"])
        return [
            "channel": unit, "neuron": unit, "layer": layer, "direction": layer + ["--channels", "5:1"], "class": ["--index", "1"],
            "render": ["channel(features.3,5)"], "diversity": unit, "facets": unit, "sheet": layer + ["--index", "0-1"],
            "progression": ["--layers", "features.3,features.5"], "interpolate": layer + ["--index", "5,6"],
            "caricature": ["PHOTO"] + layer, "invert": ["PHOTO"] + layer, "accentuate": ["PHOTO"] + unit,
            "deepdream": ["PHOTO"], "style": ["PHOTO", "OTHER", "PHOTO", "--model", "squeezenet1_1"], "attribute": ["PHOTO"],
            "tuning": unit, "exemplars": ["--photos", "FOLDER"] + unit,
        ]
    }()

    /// A value for each setting, and what must be said beside it.
    private static let values: [String: (value: String, beside: [String])] = [
        "alignment": ("0.5", []), "alpha": ("", []), "anchor": ("features.2", []), "baseline": ("black", ["--method", "integrated"]), "bgr": ("", []),
        "blend": ("2,1", []), "blur": ("0.1", []), "boundary": ("0.1", []), "by": ("channel", []), "cell": ("50", []), "channel": ("5", ["--layer", "features.3"]), "check": ("", []),
        "clip-gradient": ("1", []), "columns": ("1", []), "content-layer": ("features.5", []), "content-weight": ("3", []), "contrast": ("0.3", []),
        "convolution": ("plain", []), "cosine-power": ("3", []), "cossim-pow": ("1", []), "count": ("3", []), "crop": ("whole", []), "crops": ("2", []), "curves": ("c.csv", []), "draw": ("", []),
        "csv": ("a.csv", []), "decay-power": ("1.5", []), "depth": ("16", []), "evolution": ("way.gif", []), "frames": ("3", ["--zoom", "1.1"]),
        "guide": ("OTHER", []), "icons": ("ICONS", ["--by", "channel", "--layer", "features.12"]), "index": ("7", []), "iterations": ("3", []), "jitter": ("4", []), "keep": ("kept", []), "keep-colors": ("", []), "l1": ("0.1", []),
        "l2": ("0.1", []), "layer": ("features.5", []), "learning-rate": ("0.01", []), "limit": ("2", []), "low-pass": ("15", ["--method", "saliency"]), "mask": ("OTHER", []), "mean": ("0.4", []),
        "method": ("saliency", []), "negative": ("", []), "neuron": ("", []), "no-captions": ("", []), "no-decorrelate": ("", []), "noise": ("0.3", ["--method", "smoothgrad"]),
        "normalize-gradient": ("", []), "npy": ("a.npy", []), "octave-scale": ("1.5", []), "octaves": ("2", []), "optimizer": ("sgd", []),
        "output": ("named.png", []), "output-size": ("96", ["--param", "cppn"]), "param": ("pixel", []), "patch": ("20", ["--method", "occlusion"]),
        "path-steps": ("9", ["--method", "integrated"]), "plain-decay": ("", ["--decay-power", "1.5"]), "pool-gradient": ("average", []),
        "preset": ("lucent", []), "quality": ("80", ["--output", "named.jpg"]), "range": ("0,2", []), "rate": ("10", ["--zoom", "1.1"]),
        "relu": ("plain", []), "reproducible": ("", []), "rule": ("middle", ["--method", "integrated"]), "samples": ("9", ["--method", "smoothgrad"]),
        "save-at": ("1", []), "schedule": ("cosine", []), "seed": ("7", []), "seeds": ("0-1", []), "size": ("80", []),
        "spectrum": ("FOLDER", ["--param", "maco"]), "spectrum-bound": ("2,3", []), "stages": ("48:2 64:2", []), "start": ("OTHER", []), "std": ("0.4", []),
        "step": ("2", []), "steps": ("40", []), "strength": ("0.5", []), "style-layer": ("features.5", []), "style-scale": ("2", []),
        "style-weight": ("3", []), "target": ("5", []), "threshold": ("0.5", []), "tile": ("256", []), "title": ("words", []), "top": ("", ["--count", "1"]),
        "transforms": ("jitter(4)", []), "tv": ("0.2", []), "until-converged": ("0.1", []), "versus": ("5", []), "weight": ("3", []),
        "whiten": ("FOLDER", []), "x": ("1", []), "y": ("1", []), "zoom": ("1.1", []),
    ]

    /// Other values where a command means something else by the name.
    private static let others: [String: (value: String, beside: [String])] = [
        "style stages": ("1", []), "style optimizer": ("lbfgs", []), "style method": ("lucid", []), "deepdream relu": ("guided", []), "style seed": ("7", ["--from-noise"]), "style from-noise": ("", []),
        "attribute seed": ("7", ["--method", "smoothgrad"]), "attribute layer": ("features.5", []), "sheet depth": ("16", ["--keep", "kept"]),
        "sheet save-at": ("1", ["--keep", "kept"]), "direction x": ("1", ["--neuron"]), "direction y": ("1", ["--neuron"]),
        "progression layers": ("features.5", []), "progression cosine-power": ("3", ["--index", "5"]), "caricature cossim-pow": ("2", []), "progression index": ("5", []), "style tv": ("0.3", []),
        "exemplars beside": ("OTHER", []), "exemplars by": ("mean", []), "exemplars count": ("1", []), "exemplars steps": ("9", ["--draw"]),
    ]

    /// Those that stand for another way to say what is needed, name files of networks, or only set bounds.
    private static let leftOut: Set = ["model", "weights", "weights-key", "labels", "input", "max-pixels", "memory", "channels", "vector", "label"]
    private static let leftOutOf: Set = [
        "deepdream from-noise", "deepdream blend", "deepdream tile", "style mask", "facets pictures", "exemplars scan", "exemplars photos",
        "exemplars objective", "attribute from", "attribute to",
    ]
    /// Commands whose sheet needs several seeds.
    private static let needsSeeds: Set = ["title", "no-captions"]

    @Test(arguments: allRequests.map { $0.command })
    func everyRowIsTakenAndDoesSomething(_ command: String) throws {
        let scratch = try Scratch()
        for (place, name) in ["photo.png", "other.png", "folder/a.png", "folder/b.png"].enumerated() {
            let samples = (0..<160 * 120 * 3).map { UInt8(($0 * (37 + place)) % 251) }
            try scratch.save(name, Picture(width: 160, height: 120, samples: .eight(samples)))
        }
        let icons = #"{"sheet": "other.png", "pictures": [{"layer": "features.12", "index": 0, "x": 0, "y": 0, "width": 9, "height": 9}]}"#
        try scratch.save("icons.json", text: icons)
        func words(_ words: [String]) -> [String] {
            words.map { ["ICONS": scratch("icons.json"), "PHOTO": scratch("photo.png"), "OTHER": scratch("other.png"), "FOLDER": scratch("folder")][$0] ?? $0 }
        }
        func check<Request: DrawingRequest>(_ request: Request.Type) throws {
            let base = try #require(Self.needed[command], "\(command) has no example here")
            var known: [[String]: String] = [:]
            for setting in Request.settings where !setting.isPositional && !Self.leftOut.contains(setting.name) {
                let full = "\(command) \(setting.name)"
                // What is needed is said already.
                guard !Self.leftOutOf.contains(full), !setting.isRequired || Self.others[full] != nil else { continue }
                guard let (value, beside) = Self.others[full] ?? Self.values[setting.name] else {
                    Issue.record("\(full) has no example here")
                    continue
                }
                let isOfSeeds = Self.needsSeeds.contains(setting.name) && Request.row("seeds") != nil
                // Small pictures are planned fast.
                let isOfSize = ["size", "stages"].contains(setting.name) || Request.row("size") == nil
                let around = words(base + beside + (isOfSize ? [] : ["--size", "64"]) + (isOfSeeds ? ["--seeds", "0-1"] : []))
                let own = ["--" + setting.name] + (setting.kind == .flag ? [] : words([value]))
                do {
                    let without = try known[around] ?? facts(command, around)
                    known[around] = without
                    if try facts(command, around + own) == without { Issue.record("\(full) changes nothing") }
                } catch let problem as Problem {
                    Issue.record("\(full) is refused: \(problem.line)")
                }
            }
        }
        let request: any DrawingRequest.Type = try #require(allRequests.first { $0.command == command })
        try check(request)
    }

    /// Everything that is known of the jobs of a wish.
    private func facts(_ command: String, _ words: [String]) throws -> String {
        try jobs(command, words).jobs.map { "\(json($0.plan)) \(json($0.form)) \($0.outputs) \(own($0))" }.joined(separator: "\n")
    }

    /// A job's own values that are texts, numbers or answers to yes or no.
    private func own(_ job: any Job) -> String {
        Mirror(reflecting: job).children.compactMap { child in
            switch child.value {
            case let value as String?: value
            case let value as Bool: "\(value)"
            case let value as Double: "\(value)"
            case let value as Float?: value.map { "\($0)" }
            case let value as Int?: value.map { "\($0)" }
            default: nil
            }
        }.joined(separator: " ")
    }
}
