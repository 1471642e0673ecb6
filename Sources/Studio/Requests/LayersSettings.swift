import ModelStore
import Networks

/// A network whose layers are listed; its weights need not be here.
public struct LayersSettings: SettingGroup {
    /// The network.
    public var model = ModelSettings()
    /// The picture's extents, which decide the shapes; nil for 224, or the one size that the network takes.
    public var size: PictureSize?

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        ModelSettings.lifted(\.model).without("labels")
        Setting("size", \.size, "n", "The picture's size, 1 to 1000000 or WIDTHxHEIGHT, which decides the shapes. (default: \(RenderSettings.standardSize), or the one size that the network takes)")
    }

    /// The network, and the size of the pictures that it is shown.
    public func graph() throws(Problem) -> (model: Model, size: PictureSize) {
        let graph = try Session.graph(model.request(size: size))
        return (graph, size ?? graph.network.onlySize.map { PictureSize($0) } ?? PictureSize(side: RenderSettings.standardSize))
    }
}
