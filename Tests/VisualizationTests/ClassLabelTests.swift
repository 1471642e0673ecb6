import Testing
import Visualization

@Suite struct ClassLabelTests {
    private let labels = ["goldfish, Carassius auratus", "crane", "tiger shark", "great white shark", "crane", "Crane bird, crane"]

    private func reason(_ label: String) -> String {
        do {
            return "class \(try classIndex(label: label, among: labels))"
        } catch {
            return error.description
        }
    }

    @Test func oneOfItsNamesIsEnough() {
        #expect(reason("goldfish") == "class 0")
        #expect(reason("CARASSIUS auratus") == "class 0")
        #expect(reason("Tiger Shark") == "class 2")
        #expect(reason("gold fish") == "class 0")
        #expect(reason("tiger-shark") == "class 2")
        #expect(classes(holding: "Gold-Fish", among: labels) == [0])
        #expect(classes(holding: "shark", among: labels) == [2, 3])
        #expect(classes(holding: "", among: labels) == Array(labels.indices))
    }

    /// A class's own name comes before a further name of another class.
    @Test func furtherNamesAreLookedAtLast() throws {
        let (labels, others) = (["tench", "black grouse", "partridge", "lesser panda", "giant panda"], [["Tinca tinca"], ["partridge"], [], ["panda"], ["panda"]])
        #expect(try classIndex(label: "tinca tinca", among: labels, others: others) == 0)
        #expect(try classIndex(label: "partridge", among: labels, others: others) == 2)
        #expect(throws: ClassLabelError.self) { try classIndex(label: "panda", among: labels, others: others) }
        #expect(classes(holding: "tinca", among: labels, others: others) == [0])
        #expect(classes(holding: "partridge", among: labels, others: others) == [1, 2])
        #expect(try Objective(parsing: "class_logit(tinca-tinca)", labels: labels, otherNames: others).text == "class_logit(0)")
        let error = #expect(throws: ClassLabelError.self) { try classIndex(label: "cat", among: ["tiger cat", "tabby"], others: [[], ["tabby cat"]]) }
        #expect(error?.description.contains("tiger cat, tabby cat") == true)
        for index in labels.indices { #expect(try classIndex(label: labels[index], among: labels, others: others) == index) }
    }

    @Test func candidatesAreNamed() {
        let reason = reason("crane")
        #expect(reason.contains("1 (crane)") && reason.contains("4 (crane)"), "\(reason)")
        #expect(self.reason("shark").contains("tiger shark, great white shark"))
        #expect(self.reason("goldfsh").contains("goldfish"))
    }
}
