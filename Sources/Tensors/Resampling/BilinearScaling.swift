import Kernels

/// Bilinear scaling with half-pixel centres and repeated borders, as `torch.nn.functional.interpolate(mode: "bilinear",
/// align_corners: false)` does it, without antialiasing; and its adjoint.
public struct BilinearScaling: Sendable {
    private let rows: Axis
    private let columns: Axis

    /// Each output position lies between two input positions.
    private struct Axis: Sendable {
        let inputs: Int
        let first: [Int32]
        let second: [Int32]
        let fractions: [Float]
        /// The output positions that look at an input position: `touching[i]` ..< `touching[i + 1]` bound those whose first
        /// neighbour it is.
        let touching: [Int]

        init(from inputs: Int, to outputs: Int) {
            self.inputs = inputs
            let ratio = Float(inputs) / Float(outputs)
            let positions = (0..<outputs).map { max((Float($0) + 0.5) * ratio - 0.5, 0) }
            first = positions.map { Int32(min(Int($0), inputs - 1)) }
            second = first.map { min($0 + 1, Int32(inputs - 1)) }
            fractions = zip(positions, first).map { $0 - Float($1) }
            var touching = [Int](repeating: 0, count: inputs + 1)
            for place in first { touching[Int(place) + 1] += 1 }
            for input in 0..<inputs { touching[input + 1] += touching[input] }
            self.touching = touching
        }

        var outputs: Int { first.count }
    }

    /// Between two extents in pixels, all at least 1.
    public init(
        fromHeight inputHeight: Int, width inputWidth: Int, toHeight outputHeight: Int, width outputWidth: Int
    ) {
        rows = Axis(from: inputHeight, to: outputHeight)
        columns = Axis(from: inputWidth, to: outputWidth)
    }

    /// Applies the map to every channel.
    public func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor {
        let channels = image.shape.channels
        precondition(image.shape == Shape(channels, rows.inputs, columns.inputs))
        var result = Tensor(uninitialized: Shape(channels, rows.outputs, columns.outputs))
        result.withMutableElements { result in
            image.withElements { image in
                let (result, image) = (result.baseAddress!, image.baseAddress!)
                eachRow(channels, rows.outputs, scratch: columns.inputs, workers) { channel, y, scratch in
                    let plane = image + channel * rows.inputs * columns.inputs
                    kernels_blend_rows(
                        plane + Int(rows.first[y]) * columns.inputs, plane + Int(rows.second[y]) * columns.inputs,
                        rows.fractions[y], columns.inputs, scratch)
                    kernels_gather_row(
                        scratch, columns.first, columns.second, columns.fractions, columns.outputs,
                        result + (channel * rows.outputs + y) * columns.outputs)
                }
            }
        }
        return result
    }

    /// The adjoint: spreads a gradient of the output's shape back over the input.
    public func adjoint(_ gradient: Tensor, workers: Workers) -> Tensor {
        let channels = gradient.shape.channels
        precondition(gradient.shape == Shape(channels, rows.outputs, columns.outputs))
        var result = Tensor(Shape(channels, rows.inputs, columns.inputs))
        result.withMutableElements { result in
            gradient.withElements { gradient in
                let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                eachRow(channels, rows.inputs, scratch: columns.outputs, workers) { channel, y, scratch in
                    scratch.update(repeating: 0, count: columns.outputs)
                    let plane = gradient + channel * rows.outputs * columns.outputs
                    func add(_ output: Int, _ weight: Float) {
                        kernels_add_scaled(scratch, plane + output * columns.outputs, columns.outputs, weight)
                    }
                    if y > 0 { for output in rows.touching[y - 1]..<rows.touching[y] { add(output, rows.fractions[output]) } }
                    for output in rows.touching[y]..<rows.touching[y + 1] {
                        // The last row is its own lower neighbour.
                        add(output, y + 1 == rows.inputs ? 1 : 1 - rows.fractions[output])
                    }
                    let target = result + (channel * rows.inputs + y) * columns.inputs
                    for x in 0..<columns.outputs {
                        let (value, fraction) = (scratch[x], columns.fractions[x])
                        target[Int(columns.first[x])] += (1 - fraction) * value
                        target[Int(columns.second[x])] += fraction * value
                    }
                }
            }
        }
        return result
    }
}

/// Calls `body` for every row of every channel, several rows a task, with memory to work in.
private func eachRow(
    _ channels: Int, _ rows: Int, scratch width: Int, _ workers: Workers,
    _ body: (_ channel: Int, _ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
) {
    let rowsInPiece = max(1, elementsInPiece / max(width, 1) / 2)
    let count = channels * rows
    workers.forEach((count + rowsInPiece - 1) / rowsInPiece) { piece in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
            for row in piece * rowsInPiece..<min((piece + 1) * rowsInPiece, count) {
                body(row / rows, row % rows, scratch.baseAddress!)
            }
        }
    }
}
