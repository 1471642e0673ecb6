import Foundation
import Studio
import Testing

/// Every command's options are its settings, and what is said with them arrives.
@Suite struct SubcommandTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
    private static let photo = photos.appending(path: "chelsea.jpg").path
    private static let other = photos.appending(path: "coffee.jpg").path
    private static let unit = ["--layer", "features.3", "--index", "5"]

    private func run(_ scratch: Scratch, _ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let program = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(program.status == 0, "\(arguments): \(program.errors)")
        return program
    }

    // MARK: Options

    /// ArgumentParser's description of the program.
    private struct Description: Decodable {
        struct Command: Decodable {
            let commandName: String
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        struct Argument: Decodable {
            struct Name: Decodable { let name: String }
            let kind: String
            let names: [Name]?
            let valueName: String?
        }
        let command: Command
    }

    /// A setting without an option could not be said, and an option of another name would be lost.
    @Test func everySettingHasItsOption() throws {
        let program = try Program.run(["--experimental-dump-help"])
        let commands = try JSONDecoder().decode(Description.self, from: program.output).command.subcommands ?? []
        func check<Group: SettingGroup>(_ name: String, _ group: Group.Type) throws {
            let arguments = try #require(commands.first { $0.commandName == name }?.arguments, "\(name)")
            let spelled = Dictionary(arguments.flatMap { argument in (argument.names ?? []).map { ($0.name, argument.kind) } }) { first, _ in first }
            let places = Set(arguments.filter { $0.kind == "positional" }.compactMap(\.valueName))
            for setting in Group.settings {
                if setting.isPositional {
                    #expect(places.contains(setting.valueName), "\(name): \(setting.name)")
                } else {
                    for name in [setting.name] + setting.otherNames {
                        #expect(spelled[name] == (setting.kind == .flag ? "flag" : "option"), "\(Group.self): \(name)")
                    }
                }
            }
        }
        for request in allRequests { try check(request.command, request) }
        try check("replay", ReplayRequest.self)
        try check("batch", BatchSettings.self)
        try check("compare-models", ComparisonRequest.self)
        try check("compare", CaptionedSheetSettings.self)
        try check("diff", DiffSettings.self)
        try check("report", ReportSettings.self)
        try check("classify", ClassificationSettings.self)
        try check("classes", ClassesSettings.self)
        try check("layers", LayersSettings.self)
    }

    /// The plan of each command has what its options said.
    @Test(arguments: [
        (["channel"] + unit + ["--seed", "7"], ["channel_cosine(features.3,5)", "\"seed\":7"]),
        (["neuron"] + unit + ["--x", "3", "--y", "2"], ["neuron(features.3,5,x=3,y=2)"]),
        (["layer", "--layer", "features.3", "--tv", "0.5"], ["layer(features.3)", "total_variation"]),
        (["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5"], ["5:1", "10:-0.5"]),
        (["class", "--label", "goldfish", "--alpha"], ["\"alpha\":true"]),
        (["render", "-0.5*channel(features.3,5)", "--param", "pixel"], ["-0.5*channel(features.3,5)", "\"pixel\""]),
        (["render", "-(channel(features.3,5) + l1())", "--size", "40x48"], ["l1()", "\"width\":40", "\"height\":48"]),
        (["diversity"] + unit + ["--count", "3"], ["\"count\":3"]),
        (["facets"] + unit + ["--seeds", "0-1", "--threshold", "0.25"], ["\"threshold\":0.25"]),
        (["sheet", "--layer", "features.3", "--index", "0-1", "--title", "two"], ["channel_cosine(features.3,0)", "channel_cosine(features.3,1)"]),
        (["progression", "--layers", "features.1,features.3"], ["layer(features.1)", "layer(features.3)"]),
        (["interpolate", "--layer", "features.3", "--index", "5,12", "--count", "2"], ["features.3"]),
        (["caricature", photo, "--layer", "features.3"], ["caricature(features.3,chelsea.jpg"]),
        (["invert", photo, "--layer", "features.3"], ["activation_distance(features.3,chelsea.jpg"]),
        (["accentuate", photo] + unit, ["chelsea.jpg", "features.3"]),
        (["deepdream", photo, "--layer", "features.3=2", "--layer", "features.6", "--octaves", "2"], ["features.3", "features.6", "\"octaves\":2"]),
        (["style", photo, other, "--model", "squeezenet1_1", "--keep-colors"], ["chelsea.jpg", "coffee.jpg", "\"keepColors\":true"]),
    ])
    func whatIsSaidArrives(_ arguments: [String], _ parts: [String]) throws {
        let scratch = try Scratch()
        let plan = try run(scratch, arguments + ["--dry-run"]).text
        for part in parts { #expect(plan.contains(part), "\(arguments): \(plan)") }
        #expect(try scratch.names().isEmpty)
    }

    @Test func theUsualNamesAreUnderstood() throws {
        let scratch = try Scratch()
        let dream = ["deepdream", Self.photo, "--layer", "features.3", "--size", "32", "--octaves", "1", "--dry-run"]
        #expect(try run(scratch, dream + ["--channel", "5", "--iterations", "1"]).text == run(scratch, dream + ["--index", "5", "--steps", "1"]).text)
        let mix = ["direction", "--layer", "features.3", "--dry-run"]
        #expect(try run(scratch, mix + ["--channels", "5:1,6:1"]).text == run(scratch, mix + ["--index", "5,6"]).text)
    }

    @Test func verboseSaysWhatHappens() throws {
        let scratch = try Scratch()
        let program = try run(scratch, ["channel"] + Self.unit + ["--size", "32", "--steps", "1", "--verbose", "-o", "a.png"])
        for word in ["squeezenet1_1", "\"objective\"", "threads", "drawn in"] { #expect(program.errors.contains(word), "\(program.errors)") }
    }

    // MARK: Commands that tell

    @Test func networksAreCompared() throws {
        let scratch = try Scratch()
        let words = ["compare-models", "squeezenet1_1", "squeezenet1_1", "--photos", Self.photos.path, "--size", "64", "--grid", "3", "--layers"]
        let told = try run(scratch, words + ["features.3", "-o", "m.png"])
        #expect(told.text.contains("features.3") && told.text.contains("m.png") && told.errors.contains("add photographs"), "\(told.text)")
        #expect(try run(scratch, words + ["features.3", "--json"]).text.hasPrefix("{"))
    }

    @Test func classesAreListed() throws {
        let home = try Scratch()
        #expect(try run(home, ["classes", "--json", "goldfish"]).text == #"{"index":1,"names":["goldfish","Carassius auratus"]}"# + "\n")
        let waiting = try run(home, ["classes", "--model", "resnet50", "goldfish"], environment: ["LUCID_HOME": home.path, "TORCH_HOME": home.path])
        #expect(waiting.text.hasPrefix("1  goldfish"), "weights that are not here yet: \(waiting.errors)")
    }

    @Test func severalPhotographsAreNamed() throws {
        let program = try Program.run(["classify", "coffee.jpg", "chelsea.jpg", "--top", "1"], in: Self.photos.path)
        let lines = program.text.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("coffee.jpg  ") && lines[1].hasPrefix("chelsea.jpg  "), "\(program.text)\(program.errors)")
        #expect(lines.first?.contains("espresso") == true)
    }
}
