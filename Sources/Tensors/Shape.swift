/// The extent of one picture or activation: `[channels, height, width]`, row-major.
///
/// A vector of N values (a classifier's logits) is N channels of 1×1.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// Planes, features or classes.
    public var channels: Int
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    public init(_ channels: Int, _ height: Int, _ width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Values in all: channels · height · width.
    public var count: Int { channels * height * width }

    /// Positions in one channel: height · width.
    public var area: Int { height * width }

    public var description: String { "\(channels)×\(height)×\(width)" }
}
