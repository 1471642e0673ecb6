import Networks
import Tensors

/// The values of a graph's other inputs than the picture.
struct HeldInputs {
    private let values: [String: GivenInput.Value]
    /// As the network's pictures are scaled, given ones are.
    private let preprocessing: Preprocessing

    init(_ inputs: [GivenInput], preprocessing: Preprocessing) {
        values = Dictionary(inputs.map { ($0.note.name, $0.value) }) { $1 }
        self.preprocessing = preprocessing
    }

    func holds(_ name: String) -> Bool { values[name] != nil }

    /// The value of an input; extents that the graph leaves open are the picture's, and 1 on other axes.
    func constant(of input: Onnx_ValueInfoProto, in graph: ONNXGraph, size: Network.Size) throws(WeightsError) -> Constant {
        func refuse(_ reason: String) -> WeightsError {
            WeightsError(file: graph.path, reason: "the input \(shown(input.name)) \(reason)")
        }
        let declared = input.type.tensorType.shape.dim.map { $0.hasDimValue && $0.dimValue > 0 ? Int(clamping: $0.dimValue) : nil }
        let isImage = declared.count == 4
        let isChannelsLast = isImage && graph.isChannelsLast(input.name, declared)
        let (rows, columns) = isChannelsLast ? (1, 2) : (2, 3)
        let dims = declared.enumerated().map { axis, extent in
            extent ?? (isImage && axis == rows ? size.height : isImage && axis == columns ? size.width : 1)
        }
        guard Constant.fits(dims) else { throw refuse("of \(dims) is too large") }
        let count = dims.reduce(1, *)
        switch values[input.name] {
        case .zeros, .file, nil: return Constant(dims, .floats([Float](repeating: 0, count: count)))
        case .numbers(let extents, let numbers):
            guard extents.count == declared.count || numbers.count == count,
                extents.count != declared.count || zip(extents, declared).allSatisfy({ $1 == nil || $0 == $1 })
            else { throw refuse("takes \(dims), not \(extents)") }
            return Constant(extents.count == declared.count ? extents : dims, .floats(numbers))
        case .picture(let height, let width, let planes):
            let channels = isImage ? dims[isChannelsLast ? 3 : 1] : 0
            guard channels == 3 || channels == 1, dims[0] == 1 else { throw refuse("takes \(dims), no picture") }
            let scaled = Tensor(Shape(3, height, width), planes)
                .scaled(toHeight: dims[rows], width: dims[columns], workers: .one)
            let area = scaled.shape.area
            let colours = scaled.elements
            let picture = channels == 3
                ? scaled
                : Tensor(
                    Shape(1, scaled.shape.height, scaled.shape.width),
                    (0..<area).map { 0.299 * colours[$0] + 0.587 * colours[area + $0] + 0.114 * colours[2 * area + $0] })
            let seen = preprocessing(picture, workers: .one)
            let numbers = isChannelsLast ? FeatureMap(seen).withElements { Array($0) } : seen.elements
            return Constant(dims, .floats(numbers))
        }
    }
}
