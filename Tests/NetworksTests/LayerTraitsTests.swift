import Networks
import Tensors
import TestSupport
import Testing

/// Every layer of the derivative list has the traits that it claims, and computes the channels that it can be restricted to.
@Suite struct LayerTraitsTests {
    private func planes(_ channels: [Int], of tensor: Tensor) -> Tensor {
        let area = tensor.shape.area
        let values = tensor.elements
        return Tensor(
            Shape(channels.count, tensor.shape.height, tensor.shape.width),
            channels.flatMap { values[$0 * area..<($0 + 1) * area] })
    }

    @Test(arguments: DirectionalDerivativeTests.layers.indices)
    func traitsHold(_ index: Int) throws {
        let (name, layer, shapes) = DirectionalDerivativeTests.layers[index]
        let inputs = shapes.indices.map { IntegerHash.tensor("point \($0)", shapes[$0]) }
        let result = try layer.prepared(for: Preparation())(inputs, Pass(workers: Workers(2)))
        let (output, traits) = (result.output, layer.traits)
        if traits.contains(.identity) { #expect(output.elements == inputs[0].elements, "\(name)") }
        if traits.contains(.rectifies) { #expect(output.elements.allSatisfy { $0 >= 0 }, "\(name)") }
        if traits.contains(.probabilities) {
            for position in 0..<output.shape.area {
                let sum = (0..<output.shape.channels).reduce(Float(0)) { $0 + output.elements[$1 * output.shape.area + position] }
                #expect(abs(sum - 1) < 1e-5, "\(name)")
            }
        }
        if traits.contains(.preservesZeroGradient) {
            let masked = zip(IntegerHash.tensor("gradient", output.shape).elements, output.elements).map { $1 > 0 ? $0 : 0 }
            for (gradient, input) in zip(result.pullback(Tensor(output.shape, masked)), inputs) {
                #expect(zip(gradient.elements, input.elements).allSatisfy { $0 == 0 || $1 > 0 }, "\(name)")
            }
        }
    }

    @Test(arguments: DirectionalDerivativeTests.layers.indices)
    func restrictedLayersComputeTheirChannels(_ index: Int) throws {
        let (name, layer, shapes) = DirectionalDerivativeTests.layers[index]
        let output = try layer.outputShape(for: shapes)
        let chosen = Array(Set([0, output.channels - 1])).sorted()
        guard let restriction = layer.restricted(to: chosen, inputs: shapes) else {
            #expect(!layer.traits.contains(.channelwise), "\(name)")
            return
        }
        let inputs = shapes.indices.map { IntegerHash.tensor("point \($0)", shapes[$0]) }
        let whole = try layer.prepared(for: Preparation())(inputs, Pass()).output
        let parts = zip(inputs, restriction.inputs).compactMap { input, channels in
            channels?.isEmpty == true ? nil : channels.map { planes($0, of: input) } ?? input
        }
        #expect(try restriction.layer.outputShape(for: parts.map(\.shape)) == Shape(chosen.count, output.height, output.width))
        let part = try restriction.layer.prepared(for: Preparation())(parts, Pass()).output
        #expect(relativeError(part.elements, planes(chosen, of: whole).elements) < 2e-5, "\(name)")
    }
}
