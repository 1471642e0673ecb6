import Networks
import Tensors

/// What one position of a layer answers to stimuli.
public struct TuningMeasurement: Sendable {
    /// The channels that answer, ascending.
    public let channels: [Int]
    private let layer: LayerName
    private let position: ActivationRequest.Position
    private let network: PreparedNetwork
    private let isCut: Bool

    /// - Parameters:
    ///   - channels: ascending.
    ///   - position: of the layer; where it looks is where stimuli are to be drawn.
    public init(
        _ model: Model, layer: LayerName, channels: [Int], at position: ActivationRequest.Position, convolution: ConvolutionChoice = .auto
    ) throws(WeightsError) {
        (self.layer, self.channels, self.position) = (layer, channels, position)
        isCut = channels.count < model.network.channels(of: layer)
        network = try PreparedNetwork(
            model.network, requests: [layer: ActivationRequest(channels: isCut ? Set(channels) : nil, positions: [position])],
            preprocessing: model.preprocessing, convolution: convolution, sharing: model.preparedLayers)
    }

    /// Each channel's value for a picture.
    public func values(for picture: Tensor, _ workers: Workers = .one) -> [Float] {
        let activation = network.forward(picture, Pass(workers: workers), remembering: false)[layer]
        let (place, area) = (activation.offset(of: position), activation.values.shape.area)
        // A layer that cannot be cut gives all of its channels.
        let rows = isCut && activation.channels == nil ? channels : Array(channels.indices)
        return activation.values.withElements { values in rows.map { values[$0 * area + place] } }
    }

    /// Stimuli that threads share before anybody is told of them.
    private static let shared = 32

    /// Each channel's value for each stimulus, less its value for grey.
    ///
    /// - Parameter progress: told of each stimulus; the end where it returns false.
    /// - Returns: `[stimuli][channels]`; nil if it was ended.
    public func responses(
        to stimuli: [TuningStimulus], _ drawing: StimulusDrawing, workers: Workers, progress: () -> Bool
    ) -> (responses: [[Float]], grey: [Float])? {
        let grey = values(for: drawing.ground, workers)
        var responses: [[Float]] = []
        for start in stride(from: 0, to: stimuli.count, by: Self.shared) {
            let some = Array(stimuli[start..<min(start + Self.shared, stimuli.count)])
            var found = [[Float]](repeating: [], count: some.count)
            found.withUnsafeMutableBufferPointer { found in
                workers.forEach(some.count) { index in
                    found[index] = zip(values(for: drawing(some[index])), grey).map { $0 - $1 }
                }
            }
            responses += found
            for _ in some { guard progress() else { return nil } }
        }
        return (responses, grey)
    }
}
