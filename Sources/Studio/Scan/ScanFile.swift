import Analysis
import Files
import FoundationEssentials
import Networks

/// The file of a scan, opened for reading: what a network answered to a folder of photographs.
public struct ScanFile: Sendable {
    /// As the caller named it.
    public let path: String
    let description: ScanDescription
    private let file: SafetensorsFile

    /// Of the metadata.
    static let key = "scan"

    /// - Throws: bad data for what is no scan, is cut short, or is a part of one.
    public init(_ path: String) throws(Problem) {
        file = try Self.opened(path, foreign: Self.isNone(path))
        self.path = path
        if let part = try ScanState(file) {
            throw .badData("\(path) is the part \(part.shard.text) of a scan; `lucid scan \(setting: "merge")` puts parts together", setting: "scan")
        }
        guard let text = file.metadata[Self.key] else { throw Self.isNone(path) }
        guard let description = try? JSONDecoder().decode(ScanDescription.self, from: Data(text.utf8)), description.plan.isSound,
            description.positions.count == description.plan.layers.count, description.lattice.count == description.plan.layers.count
        else { throw .badData("\(path) is a scan that another version of lucid made", setting: "scan") }
        self.description = description
        for (name, shape) in Self.shapes(description) where file.shapes[name] != shape {
            let found = file.shapes[name].map { "\($0)" } ?? "missing"
            throw .badData("\(path) is damaged: \(name) is \(sentence: found), expected \(shape)", setting: "scan")
        }
    }

    /// Opens a file of the format that scans have, and their parts.
    ///
    /// - Parameter foreign: thrown for what does not begin as such a file does; one that is cut short or damaged is told so.
    static func opened(_ path: String, foreign: Problem) throws(Problem) -> SafetensorsFile {
        do throws(WeightsError) {
            return try SafetensorsFile(path: path)
        } catch {
            throw error.isMissing || isSafetensors(path: path) ? Problem(error) : foreign
        }
    }

    private static func isNone(_ path: String) -> Problem { .badData("\(path) is not a scan; `lucid scan` makes one", setting: "scan") }

    /// The extents of everything whose extents are known.
    private static func shapes(_ description: ScanDescription) -> [(name: String, shape: [Int])] {
        let (plan, count) = (description.plan, description.photographs)
        let kept = min(plan.keep, count)
        var shapes: [(String, [Int])] = [("photographs/sha256", [count, 32]), ("photographs/thumbnails", [count])]
        if plan.classes != nil { shapes.append(("photographs/classes", [count])) }
        for layer in plan.layers {
            let channels = layer.channels
            shapes += [
                ("power_sums", [4, channels]), ("minimum", [channels]), ("maximum", [channels]), ("positive_positions", [channels]),
                ("positive_photographs", [channels]), ("histogram", [channels, ActivationBins.count]), ("maxima", [count, channels]),
                ("means", [count, channels]), ("bands/photographs", [QuantileBands.count, channels, kept]),
            ].map { ("\(layer.name)/\($0.0)", $0.1) }
            for name in ["best_by_maximum/photographs", "best_by_maximum/values", "best_by_mean/photographs", "best_by_mean/values"] {
                shapes.append(("\(layer.name)/\(name)", [channels, kept]))
            }
            if channels <= LayerTotals.mostChannelsOfProducts {
                shapes += [("\(layer.name)/products", [channels, channels]), ("\(layer.name)/product_sums", [channels])]
            }
            if let classes = plan.classes { shapes.append(("\(layer.name)/class_sums", [classes.names.count, 2, channels])) }
        }
        return shapes
    }

    /// Whether a file begins as a scan does.
    static func isScan(_ path: String) -> Bool { isFile(path) && (try? SafetensorsFile(path: path))?.metadata[key] != nil }

    /// Photographs that were read.
    public var photographs: Int { description.photographs }

    /// Their names, relative to the folder.
    public func names() throws(Problem) -> [String] { ScanPhotographs.names(try values("photographs/names")) }

    /// Everything that is in it.
    var tensors: [FileContents.Tensor] { file.shapes.map { .init(name: $0.key, type: file.type(of: $0.key) ?? "", shape: $0.value) } }

    /// Refuses a scan of another network, or of other weights.
    func check(_ model: Model) throws(Problem) {
        try description.plan.check((model.name, model.weightsSHA256), file: path)
        guard model.preprocessing == description.plan.preprocessing else {
            throw .badData("\(path) is of \(description.plan.model) with another scaling of pictures; give the same \(setting: "mean"), \(setting: "std") and \(setting: "range")", setting: "scan")
        }
    }

    /// The place of a layer among those scanned.
    func index(of layer: LayerName) throws(Problem) -> Int {
        let layers = description.plan.layers
        guard let index = layers.firstIndex(where: { $0.node == layer.node }) else {
            throw .usage("\(path) has no layer \(layer.node), but \(layers.map(\.name).joined(separator: ", "))", setting: "layer")
        }
        return index
    }

    /// A tensor of the file.
    func values<Element: SafetensorsElement>(_ name: String) throws(Problem) -> [Element] {
        try asProblem { () throws(WeightsError) in try file.values(name) }
    }

    /// A tensor of a layer.
    func values<Element: SafetensorsElement>(_ name: String, of layer: Int) throws(Problem) -> [Element] {
        try values("\(description.plan.layers[layer].name)/\(name)")
    }

    /// A channel's part of a tensor whose extents end with the layer's channels.
    func column<Element: SafetensorsElement>(_ name: String, of layer: Int, channel: Int) throws(Problem) -> [Element] {
        let layer = description.plan.layers[layer]
        let bytes = try asProblem { () throws(WeightsError) in try file.bytes(of: "\(layer.name)/\(name)", type: Element.elementType) }
        let size = MemoryLayout<Element>.size
        return stride(from: channel * size, to: bytes.count, by: layer.channels * size).map { bytes.loadUnaligned(fromByteOffset: $0, as: Element.self) }
    }

    /// A channel's part of a tensor whose extents begin with the layer's channels.
    func row<Element: SafetensorsElement>(_ name: String, of layer: Int, channel: Int) throws(Problem) -> [Element] {
        let layer = description.plan.layers[layer]
        let bytes = try asProblem { () throws(WeightsError) in try file.bytes(of: "\(layer.name)/\(name)", type: Element.elementType) }
        let (size, count) = (MemoryLayout<Element>.size, bytes.count / MemoryLayout<Element>.size / layer.channels)
        return (0..<count).map { bytes.loadUnaligned(fromByteOffset: (channel * count + $0) * size, as: Element.self) }
    }

    /// The value that a share of a channel's positions lies below.
    ///
    /// - Parameters:
    ///   - share: 0…1.
    ///   - layer: its place among those scanned.
    public func quantile(_ share: Double, layer: Int, channel: Int) throws(Problem) -> Double {
        let counts: [Int64] = try row("histogram", of: layer, channel: channel)
        let (low, high): ([Float], [Float]) = (try row("minimum", of: layer, channel: channel), try row("maximum", of: layer, channel: channel))
        return bins(of: layer).quantile(counts, share, within: Double(low[0])...Double(high[0]))
    }

    /// The covariance of a layer's channels over the lattice of all photographs.
    func covariance(of name: LayerName) throws(Problem) -> SquareMatrix {
        let index = try index(of: name)
        let (channels, count) = (description.plan.layers[index].channels, description.lattice[index])
        guard channels <= LayerTotals.mostChannelsOfProducts else {
            throw .usage("\(path) has no products of the \(channels) channels of \(name); give a folder of photographs")
        }
        guard count > channels else {
            throw .usage("\(path) has \(count) positions of \(channels) channels; scan more photographs")
        }
        let (products, sums): ([Double], [Double]) = (try values("products", of: index), try values("product_sums", of: index))
        let share = 1 / Double(count)
        return SquareMatrix(
            extent: channels,
            products.indices.map { products[$0] * share - sums[$0 / channels] * sums[$0 % channels] * share * share })
    }

    /// The bins of a layer's histograms.
    func bins(of layer: Int) -> ActivationBins { ActivationBins(top: description.plan.layers[layer].top) }
}
