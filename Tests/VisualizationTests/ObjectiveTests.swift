import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// Objectives against PyTorch: scripts/goldens/objectives.py.
@Suite struct ObjectiveTests {
    private let scene = Scene(
        image: IntegerHash.tensor("image", Shape(3, 6, 7)),
        activations: ["a": Activation(values: IntegerHash.tensor("activation", Shape(4, 5, 6)), channels: nil)])

    private func check(_ name: String, _ objective: Objective) throws {
        let golden = try Golden("objectives")
        let evaluation = objective.evaluate(scene)
        #expect(relativeError([evaluation.score], try golden.values("\(name)/score")) < 1e-6)
        let gradient = evaluation.layers["a"] ?? evaluation.image!
        #expect(relativeError(gradient.elements, try golden.values("\(name)/gradient")) < 1e-6)
    }

    @Test func channel() throws { try check("channel", .channel("a", 2)) }
    @Test func neuron() throws { try check("neuron", .neuron("a", 1, x: 4, y: 2)) }
    @Test func neuronInTheMiddle() throws { try check("neuron-center", .neuron("a", 1)) }
    @Test func layer() throws { try check("layer", .layer("a")) }
    @Test func totalVariation() throws { try check("total_variation", .totalVariation()) }

    @Test func aRestrictedActivationIsTheSame() {
        let whole = scene.activations["a"]!.values
        let part = Tensor(Shape(1, 5, 6), Array(whole.elements[60..<90]))
        let restricted = Scene(image: scene.image, activations: ["a": Activation(values: part, channels: [2])])
        #expect(Objective.channel("a", 2).evaluate(restricted).score == Objective.channel("a", 2).evaluate(scene).score)
    }

    @Test func theyAddScaleAndSubtract() {
        let (a, b) = (Objective.channel("a", 0), Objective.channel("a", 1))
        let sum = (0.5 * a - 2 * (b + .totalVariation())).evaluate(scene)
        let (ea, eb, et) = (a.evaluate(scene), b.evaluate(scene), Objective.totalVariation().evaluate(scene))
        let expected: Float = 0.5 * ea.score - 2 * (eb.score + et.score)
        #expect(abs(sum.score - expected) < 1e-4)
        let gradient = sum.layers["a"]!.elements
        #expect(gradient[0] == 0.5 / 30)
        #expect(gradient[30] == -2 / Float(30))
        #expect(relativeError(sum.image!.elements, et.image!.elements.map { -2 * $0 }) == 0)
    }

    @Test(arguments: [
        "channel(features.3,5)", "neuron(a,1,x=4,y=2)", "layer(a)", "total_variation()",
        "0.5*channel(features.3,5) + 0.5*channel(features.3,10) - 0.1*total_variation()",
        "-channel(a,1)", "2*(channel(a,1) - layer(a))", "layer(a) - (channel(a,1) + channel(a,2))", "1e-05*layer(a)",
    ])
    func textReadsBackAsItself(_ text: String) throws { #expect(try Objective(parsing: text).text == text) }

    @Test func spacesAndSignsDoNotMatter() throws {
        let objective = try Objective(parsing: " -2 * ( channel( a , 1 )-3e0*layer(a) ) ")
        let expected = -2 * (Objective.channel("a", 1).evaluate(scene).score - 3 * Objective.layer("a").evaluate(scene).score)
        #expect(abs(objective.evaluate(scene).score - expected) < 1e-6)
    }

    @Test(arguments: [
        ("", 1), ("chanel(a,1)", 1), ("channel(a)", 1), ("channel(a,x)", 11), ("channel(a,1,2)", 13), ("channel(a,1", 12),
        ("channel(a,1) channel(a,2)", 14), ("2 channel(a,1)", 3), ("channel(a,1) +", 15), ("neuron(a,1,z=2)", 12),
        ("channel(a,-1)", 11), ("(layer(a)", 10), ("1e99*layer(a)", 1), ("layer(a))", 9),
    ])
    func errorsPointAtTheColumn(_ text: String, _ column: Int) {
        do {
            _ = try Objective(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.column == column, "\(text): \(error)")
        }
    }

    @Test func nestingIsBounded() {
        #expect(throws: ExpressionError.self) {
            try Objective(parsing: String(repeating: "(", count: 100_000) + "layer(a)")
        }
    }
}
