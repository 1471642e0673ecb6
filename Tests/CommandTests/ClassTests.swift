import Foundation
import Testing

/// Classes by name, and lists of their names.
@Suite struct ClassTests {
    private func classes(_ arguments: [String]) throws -> [String] {
        let result = try Program.run(["classes"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result.text.split(separator: "\n").map(String.init)
    }

    @Test func classesAreListedAndFound() throws {
        #expect(try classes([]).count == 1000)
        #expect(try classes(["gold fish"]) == ["1  goldfish, Carassius auratus"])
        #expect(try classes(["carassius"]) == ["1  goldfish, Carassius auratus"])
        #expect(try classes(["--json", "goldfish"]) == [#"{"index":1,"names":["goldfish","Carassius auratus"]}"#])
        let home = try Scratch()
        let waiting = try Program.run(["classes", "--model", "resnet50", "goldfish"], in: home.path, environment: ["LUCID_HOME": home.path, "TORCH_HOME": home.path])
        #expect(waiting.status == 0 && waiting.text.hasPrefix("1  goldfish"), "weights that are not here yet: \(waiting.errors)")
        let unknown = try Program.run(["classes", "zebar"])
        #expect(unknown.status == 64 && unknown.errors.contains("zebra"), "\(unknown.errors)")
        let none = try Program.run(["classes", "--model", "vgg16"])
        #expect(none.status == 64 && none.errors.contains("end before the classes"), "\(none.errors)")
    }

    @Test func listsOfNamesHaveSeveralForms() throws {
        let scratch = try Scratch()
        func write(_ text: String, _ name: String) throws -> String {
            let path = "\(scratch.path)/\(name)"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        let numbers = 0..<1000
        let files = [
            try write(numbers.map { "bird \($0)" }.joined(separator: "\n"), "lines.txt"),
            try write("[" + numbers.map { "\"bird \($0)\"" }.joined(separator: ",") + "]", "list.json"),
            try write("{" + numbers.reversed().map { "\"\($0)\": [\"n\($0)\", \"bird \($0)\"]" }.joined(separator: ",\n") + "}", "imagenet.json"),
            try write("{" + numbers.map { "\"\($0)\": \"bird \($0)\"" }.joined(separator: ",") + "}", "map.json"),
            try write("index,name\n" + numbers.reversed().map { "\($0),\"bird \($0)\"" }.joined(separator: "\n"), "names.csv"),
        ]
        for file in files { #expect(try classes(["--labels", file, "bird999"]) == ["999  bird 999"], "\(file)") }
        let quoted = try write(numbers.map { "\($0),n\($0),\"bird, \"\"\($0)\"\"\"" }.joined(separator: "\n"), "quoted.csv")
        #expect(try classes(["--labels", quoted, "\"999\""]) == ["999  bird, \"999\""])
        for (text, name) in [("{\"0\": 1}", "a.json"), ("[", "b.json"), ("0,a\n0,b", "c.csv"), ("one", "d.txt")] {
            let result = try Program.run(["classes", "--labels", try write(text, name)])
            #expect(result.status == 65 && result.errors.contains(name), "\(result.errors)")
        }
    }

    @Test func severalClassesAreDrawn() throws {
        let scratch = try Scratch()
        let drawing = ["class", "--size", "64", "--steps", "1", "-o", "./"]
        let result = try Program.run(drawing + ["--label", "gold fish", "--label", "zebra"], in: scratch.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try scratch.names().count == 2)
        #expect(result.text.contains("goldfish is the ") && result.text.contains(" of 1000 classes on this picture"), "\(result.text)")
        let twice = try Program.run(drawing + ["--label", "zebra", "--label", "Zebra"], in: scratch.path)
        #expect(twice.status == 64 && twice.errors.contains("already"), "\(twice.errors)")
        for (label, file) in [("carassius auratus", "goldfish"), ("tabby cat", "tabby")] {
            let plan = try Program.run(drawing + ["--label", label, "--force", "--json"], in: scratch.path)
            #expect(plan.status == 0 && plan.text.contains("squeezenet1_1_class_\(file).png"), "\(plan.errors)")
            #expect(plan.text.contains(#""label":"\#(file)""#) && plan.text.contains(#""strongestLabel":""#), "\(plan.text)")
        }
        let panda = try Program.run(drawing + ["--label", "panda"], in: scratch.path)
        #expect(panda.status == 64 && panda.errors.contains("387 (lesser panda") && panda.errors.contains("388 (giant panda"), "\(panda.errors)")
        let both = try Program.run(drawing + ["--label", "zebra", "--index", "1"], in: scratch.path)
        #expect(both.status == 64 && both.errors.contains("not by both"), "\(both.errors)")
    }

    @Test func resultsAreSentences() throws {
        let scratch = try Scratch()
        let channel = ["channel", "--layer", "features.3", "--size", "64", "--index", "5"]
        let up = try Program.run(channel + ["--steps", "16"], in: scratch.path).text
        #expect(up.contains("; channel 5 is the ") && up.contains("strongest of 128 on this picture"), "\(up)")
        let down = try Program.run(channel + ["--negative", "--steps", "1", "-o", "down.png"], in: scratch.path).text
        #expect(down.contains("weakest of 128 on this picture"), "\(down)")
    }
}
