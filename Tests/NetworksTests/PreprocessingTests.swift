import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// From an image to a network's input, and the way back.
@Suite struct PreprocessingTests {
    private let size = 40

    /// A layer's mean and the gradient at the image.
    private func run(_ preprocessing: Preprocessing?, _ image: Tensor) throws -> (values: [Float], gradient: [Float]) {
        let network = Architecture.named("squeezenet1_0")!.untrained()
        let layer = try network.layer(named: "features.3")
        let prepared = try PreparedNetwork(network, requests: [layer: .all], preprocessing: preprocessing)
        let trace = prepared.forward(image, Pass(workers: .one))
        let values = trace[layer].values
        return (values.elements, trace.backward(from: [layer: IntegerHash.tensor("seed", values.shape)]).elements)
    }

    /// The planes of an image in the other order.
    private func reversed(_ elements: [Float]) -> [Float] {
        let area = size * size
        return (0..<3).reversed().flatMap { elements[$0 * area..<($0 + 1) * area] }
    }

    @Test func blueFirstIsTheImageTurnedAround() throws {
        let image = IntegerHash.tensor("image", Shape(3, size, size))
        let plain = Preprocessing(range: [0, 255], mean: [104, 117, 123], std: [1, 2, 3])
        var bgr = plain
        bgr.bgr = true
        let (left, right) = (try run(bgr, image), try run(plain, Tensor(image.shape, reversed(image.elements))))
        #expect(left.values == right.values)
        #expect(left.gradient == reversed(right.gradient))
    }

    /// (low + x · (high − low) − mean) / std
    @Test func theFormulaHolds() throws {
        let image = IntegerHash.tensor("image", Shape(3, size, size))
        let seen = image.elements.enumerated().map { index, x in
            (-1 + 2 * x - [0.1, 0.2, 0.3][index / (size * size)]) / [0.5, 1, 2][index / (size * size)]
        }
        let made = try run(Preprocessing(range: [-1, 1], mean: [0.1, 0.2, 0.3], std: [0.5, 1, 2]), image)
        let expected = try run(nil, Tensor(image.shape, seen))
        #expect(relativeError(made.values, expected.values) < 1e-5)
    }

    @Test func recordsOfBeforeAreRead() throws {
        func read(_ text: String) throws -> Preprocessing { try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8)) }
        let old = try read(#"{"range": [0, 255], "mean": [1, 2, 3], "std": [1, 1, 1], "resize": 256, "crop": 224}"#)
        #expect(!old.bgr)
        for damaged in [
            #"{"range": [0], "mean": [1, 2, 3], "std": [1, 1, 1], "resize": 256, "crop": 224}"#,
            #"{"range": [0, 1], "mean": [], "std": [1], "resize": 256, "crop": 224}"#,
            #"{"range": [0, 1], "mean": [1, 2, 3], "std": [1, 0, 1], "resize": 256, "crop": 224}"#,
            #"{"range": [0, 1], "mean": [1, 2, 3], "std": [1, 1, 1], "resize": 0, "crop": 224}"#,
        ] { #expect(throws: (any Error).self) { try read(damaged) } }
    }
}
