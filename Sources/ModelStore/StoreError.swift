import Files

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

    /// The same error from the store's point of view.
    ///
    /// - Parameters:
    ///   - path: the file that was worked on; for an error that names none.
    ///   - advice: what to try, after a semicolon.
    init(_ error: any Error, at path: String, advice: String? = nil) {
        func text(_ reason: String) -> String { advice.map { "\(reason); \($0)" } ?? reason }
        switch error {
        case let error as StoreError: self = error
        case let error as WeightsError: self.init(error.isMissing ? .missing : .badData, text("\(error)"))
        case let error as InputError: self.init(WeightsError(error), at: path, advice: advice)
        default: self.init(.badData, text("\(path): \(error)"))
        }
    }

    /// Something in the store that cannot be written.
    init(cannotWrite path: String, _ error: SystemError, advice: String? = nil) {
        self.init(.cannotWrite, "\(path): \(error.message)" + (advice.map { "; \($0)" } ?? ""))
    }

    /// What to try when the store's folder cannot be written.
    static let otherHome = "LUCID_HOME names another place for pulled models"
}
