import Studio
import Testing
import Visualization

/// The tables of settings: what they take, what they refuse, and that they agree with plans.
@Suite struct SettingTests {
    @Test func aTextBecomesASettingsValue() throws {
        let settings = try RenderSettings(given: ["steps": ["64"], "size": ["640x480"], "alpha": [""], "seeds": ["0-3"], "param": ["pixel"]])
        #expect(settings.steps == 64 && settings.size == PictureSize(width: 640, height: 480))
        #expect(settings.alpha && settings.seeds?.seeds == [0, 1, 2, 3] && settings.param == .pixel)
    }

    @Test(arguments: [
        ("steps", "-1", "steps must be 0 to 10000000, not -1"), ("steps", "many", "steps must be a whole number, not \"many\""),
        ("crops", "0", "crops must be 1 to 1024, not 0"), ("learning-rate", "0", "learning-rate must be a finite number above 0, not 0"),
        ("size", "0x3", "size must be 1 to 1000000 pixels, or two such numbers as WIDTHxHEIGHT, not \"0x3\""),
        ("relu", "grid", "relu must be plain, redirected, guided, deconvolution or linear, not \"grid\""),
        ("preset", "lucidd", "there is no preset \"lucidd\"; the nearest are lucid, lucent, maco"),
    ])
    func aWrongValueIsBlamedOnItsSetting(_ name: String, _ text: String, _ message: String) {
        let problem = #expect(throws: Problem.self) { try RenderSettings(given: [name: [text]]) }
        #expect(problem?.kind == .usage && problem?.setting == name)
        #expect(problem?.message.description == message)
    }

    @Test func countsAndPlacesAreWritten() {
        #expect([0, 1, 2].map { counted($0, "picture") } == ["0 pictures", "1 picture", "2 pictures"])
        #expect([1, 2, 3, 4, 10, 11, 12, 13, 21, 112, 123].map(ordinal) == [
            "1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "112th", "123rd",
        ])
    }

    @Test func anUnknownSettingAndAMissingOneAreNamed() {
        #expect(#expect(throws: Problem.self) { try RenderSettings(given: ["stepz": ["1"]]) }?.setting == "stepz")
        #expect(#expect(throws: Problem.self) { try ChannelRequest(given: ["layer": ["features.3"]]) }?.setting == "index")
    }

    /// A shell spells settings as options.
    @Test func aMessageIsSpelledByItsReader() {
        let problem = Problem.usage("\(setting: "seed") and \(setting: "seeds") exclude each other")
        #expect(problem.message.text { "--\($0)" } == "--seed and --seeds exclude each other")
        #expect(problem.setting == "seed")
    }

    /// Every request's table has each name once, and its help says something.
    @Test func tablesAreSound() {
        func check<Request: DrawingRequest>(_ request: Request.Type) {
            let names = Request.settings.map(\.name)
            #expect(Set(names).count == names.count, "\(Request.command)")
            #expect(Request.settings.allSatisfy { $0.help.hasSuffix(".") || $0.help.hasSuffix(")") }, "\(Request.command)")
        }
        for request in allRequests { check(request) }
        #expect(Set(allRequests.map { $0.command }).count == allRequests.count)
    }

    /// A picture's command gives its plan again.
    @Test(arguments: [
        ["steps": "64"], ["param": "cppn"], ["param": "maco", "optimizer": "nadam"], ["optimizer": "sgd(0.9)", "learning-rate": "0.1"],
        ["preset": "lucent"], ["preset": "horama"], ["size": "96x64", "seed": "7", "schedule": "cosine"], ["relu": "guided", "crops": "3"],
        ["no-decorrelate": "", "normalize-gradient": "", "clip-gradient": "1"], ["convolution": "plain", "reproducible": ""],
    ])
    func aPlansCommandGivesThePlanAgain(_ given: [String: String]) throws {
        let model = PlanModel(name: "squeezenet1_1", weights: "ab", preprocessing: nil)
        let plan = try RenderSettings(given: given.mapValues { [$0] }).plan("channel(features.3,5)", model)
        let command = try #require(PlanCommand(plan))
        #expect(command.command == "channel")
        let own: Set<String> = ["layer", "index"]
        let texts = Dictionary(uniqueKeysWithValues: command.settings.filter { !own.contains($0.name) }.map { ($0.name, [$0.text]) })
        #expect(try RenderSettings(given: texts).plan("channel(features.3,5)", model) == plan)
    }
}
