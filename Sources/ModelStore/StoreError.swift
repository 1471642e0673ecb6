/// Why weights cannot be had: one line that says what, where and what to try.
public struct StoreError: Error, CustomStringConvertible {
    /// What kind of trouble it is; each has an exit code.
    public enum Kind: Sendable {
        /// A name that means nothing.
        case name
        /// A file whose contents are not what they should be.
        case badData
        /// A file that is not there.
        case missing
        /// Nothing that can be downloaded now.
        case unavailable
        /// The store cannot be written to.
        case cannotWrite
        /// The user wants it to end.
        case interrupted
    }

    /// What kind of trouble it is.
    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
