import Tensors
import TestSupport
import Testing

/// Every linear map meets its adjoint: ⟨Ax, y⟩ = ⟨x, Aᵀy⟩.
@Suite struct LinearMapTests {
    private let workers = Workers(2)

    @Test(arguments: [
        Window(kernel: 3, padding: 1), Window(kernel: 3, stride: 2), Window(kernel: 3, stride: 2, padding: 1),
        Window(kernel: 3, padding: 2, dilation: 2), Window(kernel: (1, 7), padding: (0, 3)), Window(kernel: 5, stride: 3),
        Window(kernel: 1), Window(kernel: (7, 2), stride: (3, 1), padding: (3, 0), dilation: (1, 2)),
    ])
    func patches(_ window: Window) {
        let image = Shape(3, 13, 11)
        let (height, width) = (window.outputHeight(13), window.outputWidth(11))
        let patches = Shape(3, window.area, height * width)
        let gap = adjointGap(
            x: IntegerHash.tensor("x", image), y: IntegerHash.tensor("y", patches)
        ) { x in
            var result = Tensor(patches, repeating: .nan)
            result.withMutableElements { result in
                x.withElements {
                    gatherPatches(
                        from: $0.baseAddress!, channels: 3, height: 13, width: 11, window: window, rows: 0..<height,
                        into: result.baseAddress!)
                }
            }
            return result
        } _: { y in
            // Band by band, as convolutions do it.
            var result = Tensor(image)
            for band in [0..<5, 5..<6, 6..<13] {
                let rows = outputRows(touching: band, height: 13, window: window)
                var part = Tensor(uninitialized: Shape(3, window.area, rows.count * width))
                part.withMutableElements { part in
                    for row in 0..<3 * window.area {
                        for i in 0..<rows.count * width {
                            part[row * rows.count * width + i] = y.elements[row * height * width + rows.lowerBound * width + i]
                        }
                    }
                }
                result.withMutableElements { result in
                    part.withElements {
                        scatterPatches(
                            $0.baseAddress!, channels: 3, height: 13, width: 11, window: window, rows: rows,
                            onto: result.baseAddress!, imageRows: band)
                    }
                }
            }
            return result
        }
        #expect(gap < 1e-6)
    }

    @Test(arguments: [(8, 8), (7, 9), (8, 5), (5, 12), (1, 1), (2, 3)])
    func fourier(_ height: Int, _ width: Int) {
        let transform = FourierTransform(height: height, width: width)
        let gap = adjointGap(
            x: IntegerHash.tensor("x", Shape(3, height, 2 * transform.frequencies)),
            y: IntegerHash.tensor("y", Shape(3, height, width)),
            { transform.inverse($0, workers: workers) }, { transform.inverseAdjoint($0, workers: workers) })
        #expect(gap < 1e-6)
    }

    @Test func croppingAndPadding() {
        let gap = adjointGap(
            x: IntegerHash.tensor("x", Shape(2, 7, 9)), y: IntegerHash.tensor("y", Shape(2, 3, 4)),
            { $0.cropped(top: 2, left: 5, height: 3, width: 4) },
            { $0.padded(top: 2, left: 5, height: 7, width: 9, value: 0) })
        #expect(gap < 1e-7)
    }

    @Test func mirroring() {
        let x = IntegerHash.tensor("x", Shape(2, 3, 5))
        #expect(x.mirrored()[1, 2, 0] == x[1, 2, 4])
        #expect(adjointGap(x: x, y: IntegerHash.tensor("y", Shape(2, 3, 5)), { $0.mirrored() }, { $0.mirrored() }) < 1e-7)
    }
}

extension Window: CustomTestStringConvertible {
    public var testDescription: String { "\(kernelHeight)×\(kernelWidth) stride \(strideHeight)" }
}
