import Files
import Networks

/// Why weights cannot be had. The description is one line: what is wrong, where, and what to try.
public struct StoreError: Error, CustomStringConvertible {
    /// The kinds of errors, which have exit codes of their own.
    public enum Kind: Sendable {
        /// An unknown name, or a request that makes no sense.
        case name
        /// A file with wrong contents.
        case badData
        /// A file that is not there.
        case missing
        /// Weights that cannot be downloaded now.
        case unavailable
        /// The store cannot be written to.
        case cannotWrite
        /// The caller has cancelled it.
        case interrupted
    }

    /// The advice that a user interface gives in its own words, such as the option to use.
    public enum Hint: Sendable, Equatable {
        /// A part of the request is at fault. The description begins with its name: weights, labels, mean, std or bgr.
        case setting(String)
        /// Weights of the user's own have to be given.
        case ownWeights
        /// The file has to be imported under a name of its own, such as the example.
        case importName(example: String)
        /// The file holds weights of a model that has to be named.
        case weightsOf(String)
        /// Values of the graph's other inputs have to be given.
        case inputs
        /// The weights fit another model.
        case model(String)
    }

    /// The kind of the error.
    public let kind: Kind
    /// One line.
    public let description: String
    /// The server has no such file.
    var isNotFound = false
    /// The advice that is left to the user interface.
    public let hint: Hint?

    init(_ kind: Kind, _ description: String, hint: Hint? = nil) {
        self.kind = kind
        self.description = description
        self.hint = hint
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

    /// The advice when the store's folder cannot be written.
    static let otherHome = "LUCID_HOME names another place for pulled models"
}
