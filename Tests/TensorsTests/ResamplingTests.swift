import Tensors
import TestSupport
import Testing

/// Bilinear maps against PyTorch: scripts/goldens/transforms.py.
@Suite struct ResamplingTests {
    private let input = IntegerHash.tensor("transform-input", Shape(3, 9, 12))

    private func check(_ name: String, _ map: (Tensor) -> Tensor, _ adjoint: (Tensor) -> Tensor) throws {
        let golden = try Golden("transforms")
        let output = map(input)
        #expect(relativeError(output.elements, try golden.values("\(name)/output")) < 2e-6)
        let gradient = adjoint(IntegerHash.tensor("\(name)/gradient", output.shape))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/input_gradient")) < 2e-6)
    }

    @Test(arguments: [(7, 10), (11, 15), (9, 12), (18, 5)])
    func scaling(_ height: Int, _ width: Int) throws {
        let scaling = BilinearScaling(fromHeight: 9, width: 12, toHeight: height, width: width)
        try check("resize-\(height)x\(width)", { scaling($0, workers: .one) }, { scaling.adjoint($0, workers: .one) })
    }

    @Test(arguments: [7, -10, 33])
    func rotation(_ degrees: Int) throws {
        let rotation = BilinearRotation(degrees: Float(degrees), height: 9, width: 12)
        try check("rotate-\(degrees)", { rotation($0, workers: .one) }, { rotation.adjoint($0, workers: .one) })
    }

    /// Pictures of several bands: adjoint to rounding, the same for any number of threads.
    @Test(arguments: [0.5, -10, 90, 170])
    func rotationOfSeveralBands(_ degrees: Float) {
        let rotation = BilinearRotation(degrees: degrees, height: 150, width: 131)
        let x = IntegerHash.tensor("x", Shape(3, 150, 131))
        let y = IntegerHash.tensor("y", Shape(3, 150, 131))
        let (three, one) = (Workers(3), Workers.one)
        #expect(adjointGap(x: x, y: y, { rotation($0, workers: three) }, { rotation.adjoint($0, workers: three) }) < 1e-6)
        #expect(rotation(x, workers: three).elements == rotation(x, workers: one).elements)
        #expect(rotation.adjoint(y, workers: three).elements == rotation.adjoint(y, workers: one).elements)
    }

    @Test(arguments: [(200, 133), (61, 340), (1, 1)])
    func scalingOfSeveralBands(_ height: Int, _ width: Int) {
        let scaling = BilinearScaling(fromHeight: 150, width: 131, toHeight: height, width: width)
        let x = IntegerHash.tensor("x", Shape(3, 150, 131))
        let y = IntegerHash.tensor("y", Shape(3, height, width))
        let (three, one) = (Workers(3), Workers.one)
        #expect(adjointGap(x: x, y: y, { scaling($0, workers: three) }, { scaling.adjoint($0, workers: three) }) < 1e-6)
        #expect(scaling(x, workers: three).elements == scaling(x, workers: one).elements)
        #expect(scaling.adjoint(y, workers: three).elements == scaling.adjoint(y, workers: one).elements)
    }

    @Test(arguments: ["0.4", "1.05", "3"])
    func blurring(_ deviation: String) throws {
        let blur = GaussianBlur(deviation: Float(deviation)!, height: 9, width: 12)
        try check("blur-\(deviation)", { blur($0, workers: Workers(2)) }, { blur.adjoint($0, workers: Workers(2)) })
    }

    @Test(arguments: [(0, 0), (2, -3), (-9, 12), (100, -101)])
    func rolling(_ rows: Int, _ columns: Int) {
        let rolled = input.rolled(rows: rows, columns: columns)
        func place(_ index: Int, _ extent: Int) -> Int { (index % extent + extent) % extent }
        for channel in 0..<3 {
            for y in 0..<9 {
                for x in 0..<12 { #expect(rolled[channel, place(y + rows, 9), place(x + columns, 12)] == input[channel, y, x]) }
            }
        }
        #expect(rolled.rolled(rows: -rows, columns: -columns).elements == input.elements)
    }
}
