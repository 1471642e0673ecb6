import Synchronization

/// Layers of one network whose weights have been read and prepared, for all pictures drawn with it: a batch over several
/// channels reads and transforms the filters once, and holds them once.
///
/// A layer that computes only some of its channels is as good as free, and is not kept.
public final class LoadedLayers: Sendable {
    private struct Key: Hashable {
        let name: String
        let variant: String
        let convolution: ConvolutionChoice
    }

    private let layers = Mutex<[Key: any Layer]>([:])

    public init() {}

    /// The layer with its weights, read by the first who asks.
    func layer(_ name: String, _ layer: any Layer, _ convolution: ConvolutionChoice) throws(WeightsError) -> any Layer {
        let key = Key(name: name, variant: layer.variant, convolution: convolution)
        let found: Result<any Layer, WeightsError> = layers.withLock { layers in
            if let found = layers[key] { return .success(found) }
            do throws(WeightsError) {
                let loaded = try layer.loaded(convolution)
                layers[key] = loaded
                return .success(loaded)
            } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }
}
