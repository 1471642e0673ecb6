import Files
import FoundationEssentials
import Images

/// A batch's memory of a job, in a small file of its own: `.lucid/features.10/5.png.json` for `features.10/5.png`. No
/// lock and no list is shared, so that any number of processes can work on one folder.
struct BatchStatus: Codable, Equatable {
    enum State: String, Codable {
        /// The files under the outputs' names are this batch's, whole or not there.
        case begun
        case done
    }

    var state: State
    /// The job's identity.
    let hash: String
    /// SHA-256 of each output, by its path in the batch's folder.
    var files: [String: String] = [:]
    var score: Float?

    /// The folder in the batch's that these lie in.
    static let folder = ".lucid"

    init(_ state: State, hash: String) {
        self.state = state
        self.hash = hash
    }

    /// - Returns: nil if there is none.
    /// - Throws: a bad-data problem if it is no status: never a silent restart.
    init?(ofFile path: String) throws(Problem) {
        guard isFile(path) else { return nil }
        let bytes = try StandardInput.bytes(of: path)
        do {
            self = try JSONDecoder().decode(BatchStatus.self, from: Data(bytes))
        } catch {
            throw .badData("\(path) is no status of a batch; remove it, and its picture is drawn again with \(setting: "force")")
        }
    }

    func write(to path: String) throws(Problem) { try Studio.write(json: self, to: path) }
}
