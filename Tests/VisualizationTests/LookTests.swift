import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import Visualization

private let workers = Workers(2)

/// The parts of maps whose means are climbed, the energy of pictures, and the place of an opacity.
@Suite struct LookTests {
    private func sample(_ map: Tensor, step: Int?) -> Batch {
        Batch(samples: [
            Batch.Sample(image: Tensor(Shape(3, 2, 2)), activations: ["a": Activation(values: map, channels: nil)], step: step)
        ])
    }

    private func mapped(_ map: Tensor, _ change: (Float) -> Float) -> Tensor { Tensor(map.shape, map.elements.map(change)) }

    private let map = IntegerHash.tensor("a-0", Shape(4, 5, 6))

    /// The score is that of the rectified map, and so is the gradient where it is not 0.
    @Test(arguments: ["channel_cosine(a,2%)", "direction_cosine(a,0:1,3:-0.5,pow=2%)", "channel_cosine(a,1,pow=3%)"], [3, 99] as [Int])
    func thePositivePartIsTheRectifiedMap(_ text: String, _ step: Int) throws {
        let part = try Objective(parsing: text.replacing("%", with: ",of=positive")).evaluate(sample(map, step: step))
        let whole = try Objective(parsing: text.replacing("%", with: "")).evaluate(sample(mapped(map) { max($0, 0) }, step: step))
        #expect(part.score == whole.score && part.score != 0)
        let gradient = try #require(whole.gradients[0].layers["a"])
        let expected = zip(gradient.elements, map.elements).map { $1 > 0 ? $0 : 0 }
        #expect(part.gradients[0].layers["a"]?.elements == expected)
        #expect(try Objective(parsing: text.replacing("%", with: ",of=positive")).text == text.replacing("%", with: ",of=positive"))
    }

    @Test func theNegativePartIsThePositiveOneOfTheOpposite() throws {
        let negative = try Objective(parsing: "channel_cosine(a,2,of=negative)").evaluate(sample(map, step: 0))
        let positive = try Objective(parsing: "channel_cosine(a,2,of=positive)").evaluate(sample(mapped(map) { -$0 }, step: 0))
        #expect(negative.score == -positive.score)
    }

    /// A channel that answers nowhere is climbed everywhere in the first steps, or it would stay silent.
    @Test func aSilentChannelIsWoken() throws {
        let silent = mapped(map) { -abs($0) - 0.1 }
        let objective = Objective.channelCosine("a", 2, of: .positive)
        func isMoved(at step: Int) -> Bool {
            objective.evaluate(sample(silent, step: step)).gradients[0].layers["a"]!.elements[60..<90].allSatisfy { $0 > 0 }
        }
        #expect(isMoved(at: 0) && !isMoved(at: RenderPlan.redirectedSteps))
    }

    @Test func layersBeforeTheFirstRectifierAreLinear() throws {
        let squeezeNet = try bundledModel("squeezenet1_1").network
        func isLinear(_ name: String) throws -> Bool { squeezeNet.isLinear(try squeezeNet.layer(named: name)) }
        #expect(try isLinear("features.0") && !isLinear("features.1") && !isLinear("features.2") && !isLinear("features.3.squeeze"))
        let vgg = try bundledModel("vgg16").network
        #expect(try vgg.isLinear(vgg.layer(named: "features.0")) && !vgg.isLinear(vgg.layer(named: "features.2")))
    }

    /// The mean of a linear map sees the mean colour only; its positive part has texture to climb. Measured in luma's spread.
    @Test func aLinearChannelDrawsShapes() throws {
        func spread(_ objective: String) throws -> Float {
            let picture = try pictures(plan { ($0.objective, $0.steps, $0.transforms) = (objective, 24, "none") })[0]
            func luma(_ y: Int, _ x: Int) -> Float {
                let place = y * 64 + x
                return picture[place] + picture[3584 + place] + picture[2 * 3584 + place]
            }
            var differences: [Float] = []
            for y in 16..<40 {
                for x in 16..<48 { differences.append(abs(luma(y + 1, x) - luma(y, x))) }
            }
            return differences.reduce(0, +) / Float(differences.count)
        }
        #expect(try spread("channel_cosine(features.0,5,of=positive)") > 3 * spread("channel_cosine(features.0,5)"))
    }

    // MARK: Decay

    /// White numbers give pictures of the same energy whatever the power: the sum of the energies of all numbers alone.
    @Test(arguments: [0.5, 1.25, 1.5, 2], [(6, 5), (7, 8)] as [(Int, Int)])
    func everyDecayHasTheSameEnergy(_ power: Float, _ size: (height: Int, width: Int)) {
        func energy(_ power: Float, plain: Bool = false) -> Double {
            let width = size.width + size.width % 2
            let image = FourierImage(channels: 1, height: size.height, width: width, decayPower: power, plainDecay: plain)
            let shape = Shape(1, size.height, 2 * (width / 2 + 1))
            return (0..<shape.count).reduce(0) { sum, index in
                var one = Tensor(shape)
                one.withMutableElements { $0[index] = 1 }
                let values = image.values(from: one, workers: workers).output
                return sum + inner(values.elements, values.elements)
            }
        }
        #expect(abs(energy(power) / energy(1) - 1) < 1e-4)
        #expect(abs(energy(power, plain: true) / energy(1) - 1) > 0.1)
    }

    @Test func theDecayOfOlderPlansIsPlain() throws {
        func read(_ power: Float, _ without: Bool) throws -> RenderPlan {
            var plan = plan { $0.decayPower = power }
            plan.evenDecay = true
            return try decoded(plan, without: without ? "evenDecay" : "")
        }
        #expect(try read(1.5, true).evenDecay == nil && read(1.5, false).evenDecay == true)
        // Numbers that a plan does without are not written: older pictures are made again to the byte.
        #expect(try !String(decoding: JSONEncoder().encode(plan()), as: UTF8.self).contains("evenDecay"))
        func drawn(_ isEven: Bool?) throws -> [[Float]] { try pictures(plan { ($0.decayPower, $0.evenDecay, $0.steps) = (1.5, isEven, 1) }) }
        #expect(try drawn(nil) != drawn(true))
    }

    private func decoded(_ plan: RenderPlan, without key: String) throws -> RenderPlan {
        var fields = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)) as? [String: Any])
        fields[key] = nil
        return try JSONDecoder().decode(RenderPlan.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    // MARK: Contrast

    /// A pattern network keeps below its bounds, and its gradient is the slope there.
    @Test(arguments: [[0.05, 0.1, 0.2], [0.05, .infinity, 1e3]] as [[Float]])
    func aPatternNetworkKeepsItsBounds(_ bounds: [Float]) {
        let canvas = PatternNetwork(height: 7, width: 9, bounds: bounds)
        var generator = RandomGenerator(seed: 2)
        let count = canvas.initial(using: &generator).shape.count
        let parameters = Tensor(Shape(1, 1, count), generator.normal(count: count, standardDeviation: 0.2))
        let direction = IntegerHash.tensor("pattern-direction", parameters.shape)
        let seed = IntegerHash.tensor("pattern-seed", canvas.shape)
        let drawn = canvas.values(from: parameters, workers: workers)
        let free = PatternNetwork(height: 7, width: 9).values(from: parameters, workers: workers).output
        for (channel, bound) in bounds.enumerated() {
            func deviation(_ values: Tensor) -> Float {
                (values.elements[channel * 63..<(channel + 1) * 63].reduce(0) { $0 + $1 * $1 } / 63).squareRoot()
            }
            #expect(deviation(free) > 0.2 && abs(deviation(drawn.output) / min(bound, deviation(free)) - 1) < 1e-4)
        }
        func score(_ distance: Float) -> Double {
            var moved = parameters
            moved.add(direction, scaledBy: distance)
            return inner(canvas.values(from: moved, workers: workers).output.elements, seed.elements)
        }
        let measured = (score(1e-3) - score(-1e-3)) / 2e-3
        #expect(abs(inner(drawn.pullback(seed).elements, direction.elements) / measured - 1) < 2e-2)
    }

    // MARK: Opacity

    @Test func anOpacityCountsMoreTowardsTheEdges() throws {
        func weights(_ text: String) throws -> [Float] {
            let image = Tensor(Shape(4, 6, 8), repeating: 0.25)
            let evaluation = try Objective(parsing: text).evaluate(
                Batch(samples: [Batch.Sample(image: image, activations: [:], step: 0)]))
            #expect(abs(evaluation.score - 0.25) < 1e-6)
            let gradient = try #require(evaluation.gradients[0].image)
            #expect(gradient.elements[..<144].allSatisfy { $0 == 0 })
            return gradient.elements[144...].map { $0 * 48 }
        }
        #expect(try weights("mean_alpha()").allSatisfy { abs($0 - 1) < 1e-6 })
        let own = try weights("mean_alpha(centre=1)")
        #expect(abs(own[0] - own[47]) < 1e-5 && own[0] > 2 && own[2 * 8 + 3] < 0.2)
    }
}
