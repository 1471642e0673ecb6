import Synchronization

/// The prepared layers of one network, shared by all pictures drawn with it: a batch over several channels reads and
/// transforms the filters once, and holds them once.
///
/// A layer that computes only some of its channels is cheap to prepare, and is not kept; nor is one whose weights are shuffled.
public final class PreparedLayers: Sendable {
    /// Nodes that were merged, and how their layer is prepared: all that a layer of one network depends on.
    private struct Key: Hashable {
        let parts: [Int]
        let preparation: Preparation
    }

    private let layers = Mutex<[Key: any PreparedLayer]>([:])

    /// Nothing is prepared yet.
    public init() {}

    /// The layer of an optimized node, prepared by the first caller who asks for it.
    func layer(of node: OptimizedGraph.Node, _ preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        guard node.channels == nil, !node.parts.isEmpty, preparation.shuffle == nil else { return try node.layer.prepared(for: preparation) }
        let key = Key(parts: node.parts, preparation: preparation)
        let found: Result<any PreparedLayer, WeightsError> = layers.withLock { layers in
            if let found = layers[key] { return .success(found) }
            do throws(WeightsError) {
                let prepared = try node.layer.prepared(for: preparation)
                layers[key] = prepared
                return .success(prepared)
            } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }
}
