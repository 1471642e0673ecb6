/// Remarks of a network's file beside its layers.
public struct NetworkRemarks: Sendable {
    /// The size of the picture that the file names, where it names one; the layers may take others.
    public var ownSize: Network.Size?
    /// The network sees brightness only: its pictures are grey.
    public var isGrey = false
    /// Layers that cannot be computed, in the order of the file.
    public var unread: [UnreadLayer] = []
    /// Extents of the output as the file has them, where they are no vector of classes.
    public var answers: [Int]?
    /// Why the network's end cannot be computed; nil where it can.
    public var unreadEnd: String?
    /// Lines that people should read once.
    public var notes: [String] = []

    /// Nothing to remark: the layers tell everything.
    public init() {}
}

/// A layer that was not understood, or lies behind one that was not.
public struct UnreadLayer: Sendable {
    /// The node's name.
    public let name: String
    /// The path of its module; nil where the node's own name is that path.
    public let module: String?
    /// The node that was not understood, and why.
    public let reason: String

    /// - Parameter module: nil where the node's own name is its module's path.
    public init(name: String, module: String?, reason: String) {
        (self.name, self.module, self.reason) = (name, module, reason)
    }
}

extension Network {
    /// One line on the layers that cannot be drawn; nil where all can.
    public var unreadSummary: String? {
        guard let first = remarks.unread.first else { return nil }
        let count = remarks.unread.count
        return "\(count == 1 ? "1 node is" : "\(count) nodes are") not read, from \(first.name) on: \(first.reason)"
    }
}
