import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// The expression language.
@Suite struct ExpressionTests {
    private static let item = ObjectiveCase(text: "", samples: 1, alpha: nil, detached: nil)

    private func score(_ text: String) throws -> Float { try Objective(parsing: text).evaluate(Self.item.batch()).score }

    @Test func anArgumentThatIsGivenTwiceIsCalledThat() {
        let error = #expect(throws: ExpressionError.self) { try Objective(parsing: "neuron(a,5,x=1,x=2)", labels: nil) }
        #expect(error?.description.contains("x is given twice") == true)
        let unknown = #expect(throws: ExpressionError.self) { try Objective(parsing: "neuron(a,5,z=1)", labels: nil) }
        #expect(unknown?.description.contains("\"z\" is unknown") == true)
    }

    @Test func everyCaseReadsBackAsItself() throws {
        for (name, item) in try ObjectiveCase.all() {
            let objective = try Objective(parsing: item.text)
            let again = try Objective(parsing: objective.text)
            #expect(again.text == objective.text, "\(name)")
            #expect(again.evaluate(item.batch()).score == objective.evaluate(item.batch()).score, "\(name)")
            #expect(again.references == objective.references)
            #expect(again.requests == objective.requests)
        }
    }

    @Test(arguments: [
        "channel(features.3,5)", "neuron(a,1,x=4,y=2)", "neuron(a,1,y=2)", "layer(a)", "total_variation()", "class_logit(7)",
        "0.5*channel(features.3,5) + 0.5*channel(features.3,10) - 0.1*total_variation()",
        "-channel(a,1)", "2*(channel(a,1) - layer(a))", "layer(a) - (channel(a,1) + channel(a,2))", "1e-05*layer(a)",
        "direction(a,5:1,10:-0.5)", "direction(a,0:1e-05,pow=2)", "direction_neuron(a,5:1,x=0,y=3,pow=0.5)",
        "tensor_direction(a,dog.jpg,pow=2)", "caricature(a,../photos/a dog.jpg)", "caricature(a,dog.jpg,pow=1)",
        "caricature(a,dog.jpg,pow=1,scale=photo)",
        "activation_difference(a,dog.jpg)", "activation_difference(a,dog.jpg,as=gram)", "activation_distance(a,dog.jpg)",
        "input_diff(dog.jpg)", "diversity(a)", "alignment(a)", "alignment(a,decay=3)", "channel_interpolate(a,1,b,2)",
        "picture(1,channel(a,1) - layer(b))", "l1()", "l1(0.5)", "l2()", "l2(-1)", "blur_input_each_step()",
        "penalize_boundary_complexity()", "penalize_boundary_complexity(w=10)", "penalize_boundary_complexity(w=10,c=0.25)",
        "mean_alpha()", "blur_alpha_each_step()", "layer(a)*layer(b)*mean_alpha()", "layer(a)*(1 - mean_alpha())", "2", "2 - 0.5",
        "layer(a)*3", "2*(-layer(a))", "layer(a) - (-layer(b))", "picture(0,picture(0,layer(a)))",
        "caricature(\"a,b\",\"dog, (old).jpg\")", "channel(\"a=b\",1)", "layer(\"say \\\"a\\\\b\\\"\")", "layer(a\\b)",
        "input_diff(\"x=1.jpg\")", "picture(0,input_diff(\"a),(.jpg\"))",
    ])
    func textReadsBackAsItself(_ text: String) throws { #expect(try Objective(parsing: text).text == text) }

    /// Any name comes back through the text, alone and within another function.
    @Test(arguments: [
        "a,b", "a)b", "(a", "\"", "\\", "\\\"", "a\\\\", ",\\", " a ", "", "a=b", "x = 1.jpg", "a\nb", "ä→b", "5", "-1", "*", "a\"b,c",
    ])
    func namesAreQuoted(_ name: String) throws {
        for objective in [Objective.inputDifference(name), .layer(name), .inputDifference(name).of(picture: 0)] {
            let again = try Objective(parsing: (2 * objective).text)
            #expect(again.references == objective.references, "\(objective.text)")
            #expect(again.requests == objective.requests, "\(objective.text)")
        }
    }

    @Test func spacesAndSignsDoNotMatter() throws {
        let expected = try -2 * (score("channel(a,1)") - 3 * score("layer(a)"))
        #expect(abs(try score(" -2 * ( channel( a , 1 )-3e0*layer(a) ) ") - expected) < 1e-6)
        #expect(abs(try score("−2*(channel(a,1)\n − 3*layer(a))") - expected) < 1e-6)
        #expect(try score("neuron(a,1,y=2,x=4)") == score("neuron(a, 1, x = 4, y = 2)"))
        #expect(try score("direction(a,2:1,0:0.5)") == score("direction( a, 0 : 0.5, 2 : 1 , pow = 0)"))
    }

    @Test func productsBindTighterThanSums() throws {
        #expect(try score("2 + 3*4 - 5") == 9)
        #expect(try score("-2*3 + 1") == -5)
        #expect(try score("2*(3 + 4)*0.5") == 7)
        #expect(try score("10 - 2 - 3") == 5)
        #expect(try score("10 - (2 - 3)") == 11)
    }

    @Test func classesHaveLabels() throws {
        let labels = ["tench, Tinca tinca", "crane", "goldfish, Carassius auratus", "crane", "tabby, tabby cat"]
        func text(_ expression: String) throws -> String { try Objective(parsing: expression, labels: labels).text }
        #expect(try text("class_logit(goldfish)") == "class_logit(2)")
        #expect(try text("class_logit(Carassius Auratus)") == "class_logit(2)")
        #expect(try text("class_logit(tabby, tabby cat)") == "class_logit(4)")
        #expect(try text("class_logit(\"tench, tinca tinca\")") == "class_logit(0)")
        #expect(try text("picture(0, class_logit(tench))") == "picture(0,class_logit(0))")
        #expect(try text("class_logit(3)") == "class_logit(3)")
        func reason(_ expression: String, _ labels: [String]?) -> (Int, String) {
            do {
                return (0, try Objective(parsing: expression, labels: labels).text)
            } catch {
                return (error.column, error.reason)
            }
        }
        let unknown = reason("layer(a) + class_logit(goldfinch)", labels)
        #expect(unknown.0 == 24)
        #expect(unknown.1.contains("goldfish"))
        #expect(reason("class_logit(goldfish)", nil).1.contains("no names"))
    }

    @Test(arguments: [
        ("", 1), ("chanel(a,1)", 1), ("channel(a)", 1), ("channel(a,x)", 11), ("channel(a,1,2)", 13), ("channel(a,1", 12),
        ("channel(a,1) channel(a,2)", 14), ("2 channel(a,1)", 3), ("channel(a,1) +", 15), ("neuron(a,1,z=2)", 12),
        ("channel(a,-1)", 11), ("(layer(a)", 10), ("1e99*layer(a)", 1), ("layer(a))", 9), ("layer(a) * ", 12), ("layer", 6),
        ("layer(,)", 7), ("layer(a,)", 9), ("neuron(a,1,x=1.5)", 14), ("neuron(a,1, x = 1.5)", 17), ("neuron(a,1, z = 1)", 13), ("neuron(a,1,x=-1)", 14), ("neuron(a,1,x=1,x=2)", 16),
        ("direction(a)", 1), ("direction(a,5)", 13), ("direction(a,5:x)", 13), ("direction(a,5:1,5:2)", 17),
        ("direction(a,5:0)", 1), ("direction(a,5:inf)", 13), ("direction(a,5:1,pow=-1)", 21), ("direction(a,5:1,pow=x)", 21),
        ("direction(a,-1:1)", 13), ("direction(a,5:1:2)", 13), ("caricature(a)", 1), ("activation_difference(a,b,as=c)", 30),
        ("activation_difference(a,b,gram)", 27), ("alignment(a,decay=0)", 19), ("alignment(a,decay=nan)", 19),
        ("channel_interpolate(a,1,b)", 1), ("picture(1)", 1), ("picture(a,layer(b))", 9), ("picture(1,layr(b))", 11),
        ("picture(1,layer(b) + )", 21), ("picture(1,2*channel(b,x))", 23), ("picture(1,layer(b),2)", 20),
        ("total_variation(1)", 17), ("l1(a)", 4), ("l1(0,1)", 6), ("l2(1000)", 4), ("mean_alpha(x=1)", 12), ("class_logit()", 1),
        ("class_logit(dog)", 13), ("layer(\"a)", 10), ("layer(\"a\"b)", 7), ("layer(a) - * 2", 12), ("1..2", 1), ("½", 1),
        ("penalize_boundary_complexity(w=x)", 32), ("picture(0,picture(0,layer()))", 21),
    ])
    func errorsPointAtTheColumn(_ text: String, _ column: Int) {
        do {
            _ = try Objective(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.column == column, "\(text): \(error)")
        }
    }

    @Test func photographsGetOtherNames() throws {
        let text = "caricature(a,../b.png) - picture(0,input_diff(\"c,d.png\")) + layer(../b.png)"
        let objective = try Objective(parsing: text, photographs: ["../b.png": "b.png", "c,d.png": "d.png"])
        #expect(objective.references == ["b.png", "d.png"])
        #expect(objective.text == "caricature(a,b.png) - picture(0,input_diff(d.png)) + layer(../b.png)")
    }

    @Test func nestingIsBounded() {
        #expect(throws: ExpressionError.self) {
            try Objective(parsing: String(repeating: "(", count: 100_000) + "layer(a)")
        }
        #expect(throws: ExpressionError.self) {
            try Objective(parsing: String(repeating: "picture(0,", count: 2000) + "layer(a)" + String(repeating: ")", count: 2000))
        }
    }

    /// A picture's record may hold any text: a chain that no stack could follow is refused.
    @Test func endlessChainsAreRefused() throws {
        for link in ["0.0*", "channel(a,1)*", "channel(a,1) + ", "1 - "] {
            #expect(throws: ExpressionError.self) { try Objective(parsing: String(repeating: link, count: 50_000) + "channel(a,1)") }
            #expect(try Objective(parsing: String(repeating: link, count: 4_900) + "channel(a,1)").text.isEmpty == false)
        }
    }
}
