import Tensors
import TestSupport
import Testing

/// Bilinear maps against PyTorch: scripts/goldens/transforms.py.
@Suite struct ResamplingTests {
    private let input = IntegerHash.tensor("transform-input", Shape(3, 9, 12))

    private func check(_ name: String, _ gather: BilinearGather) throws {
        let golden = try Golden("transforms")
        let output = gather(input, workers: Workers(2))
        #expect(relativeError(output.elements, try golden.values("\(name)/output")) < 2e-6)
        let gradient = gather.adjoint(IntegerHash.tensor("\(name)/gradient", output.shape), workers: Workers(2))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/input_gradient")) < 2e-6)
    }

    @Test(arguments: [(7, 10), (11, 15), (9, 12), (18, 5)])
    func scaling(_ height: Int, _ width: Int) throws {
        try check("resize-\(height)x\(width)", .scaling(fromHeight: 9, width: 12, toHeight: height, width: width))
    }

    @Test(arguments: [7, -10, 33])
    func rotation(_ degrees: Int) throws {
        try check("rotate-\(degrees)", .rotation(degrees: Float(degrees), height: 9, width: 12))
    }
}
