import Files
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// What a batch remembers of a piece, in a small file of its own: `.lucid/features.10/5.png.json` for `features.10/5.png`. No
/// lock and no list is shared, so that any number of processes can work on one folder.
struct BatchStatus: Codable, Equatable {
    enum State: String, Codable {
        /// What lies under the outputs' names is this batch's, whole or not there.
        case begun
        case done
    }

    var state: State
    /// Of everything that the bytes depend on.
    let hash: String
    /// SHA-256 of each output, by its path in the batch's folder.
    var files: [String: String] = [:]
    var score: Float?

    /// The folder in the batch's that these lie in.
    static let folder = ".lucid"

    /// The content hash of a piece: of the program's version and its whole plan, which knows the weights and photographs by
    /// their SHA-256.
    static func hash(of piece: Piece) -> String {
        sha256(of: Array("lucid \(LucidCommand.version)\n\(piece.identity)".utf8))
    }

    /// - Returns: nil if there is none.
    /// - Throws: 65 if it is no status: never a silent restart.
    init?(ofFile path: String) throws(Failure) {
        guard isFile(path) else { return nil }
        let bytes = try PictureSource.bytes(of: path)
        do {
            self = try JSONDecoder().decode(BatchStatus.self, from: Data(bytes))
        } catch {
            throw .badData("\(path) is no status of a batch; remove it, and its picture is drawn again with --force")
        }
    }

    init(_ state: State, hash: String) {
        self.state = state
        self.hash = hash
    }

    func write(to path: String) throws(Failure) {
        do {
            try OutputFile.write(Array((json(self) + "\n").utf8), to: path)
        } catch {
            throw Failure(error)
        }
    }
}

/// A piece in its place in a batch.
struct BatchTask: Sendable {
    let piece: Piece
    /// Of the manifest.
    let line: Int
    /// The folder that outputs are counted from.
    let folder: String
    let hash: String

    init(_ planned: EntryPlan.Planned, folder: String) {
        piece = planned.piece
        line = planned.line
        self.folder = folder
        hash = BatchStatus.hash(of: planned.piece)
    }

    var output: String { piece.outputs[0] }

    /// A path as it is in the batch's folder.
    private func local(_ path: String) -> String {
        folder != "." && path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }

    var statusPath: String { (folder == "." ? "" : folder + "/") + "\(BatchStatus.folder)/\(local(output)).json" }

    enum Standing {
        /// Done, and nothing has changed since.
        case done(BatchStatus)
        case toDraw
        /// A file that is there is none of the batch's.
        case foreign(String)
    }

    /// Compares what is there with what should be.
    ///
    /// - Parameter force: files of others may be overwritten.
    func standing(force: Bool) throws(Failure) -> Standing {
        let status = try BatchStatus(ofFile: statusPath)
        let present = piece.outputs.filter(isFile)
        if let status, status.state == .done, status.hash == hash, present.count == piece.outputs.count {
            var isUnchanged = true
            for path in present where isUnchanged { isUnchanged = try status.files[local(path)] == digest(path) }
            if isUnchanged { return .done(status) }
        }
        if present.isEmpty || force || status?.state == .begun { return .toDraw }
        // Killed between a picture and its status: the picture itself says what it is.
        if let score = finishedScore(present[0]) {
            let status = try doneStatus(score: score)
            try status.write(to: statusPath)
            return .done(status)
        }
        for path in present where try status?.files[local(path)] != digest(path) { return .foreign(path) }
        return .toDraw
    }

    /// What a picture's record says beside its plan.
    private struct Record: Decodable {
        let version: String
        let complete: Bool
        let score: Float
    }

    /// The score of a file that is the piece's only picture, finished by this version after the same plan; nil of others.
    private func finishedScore(_ path: String) -> Float? {
        guard let plan = piece.record, piece.outputs.count == 1, let text = try? PictureRecord.text(ofFile: path),
            let record = try? JSONDecoder().decode(Record.self, from: Data(text.utf8)), record.complete,
            record.version == LucidCommand.version, text.contains("\"plan\":\(plan)")
        else { return nil }
        return record.score
    }

    /// Draws it.
    func draw(_ workers: Workers, _ progress: Progress) throws(Failure) -> Piece.Outcome {
        // Several files, or one that does not say what it is: until all is done, what is there is ours.
        if piece.record == nil { try BatchStatus(.begun, hash: hash).write(to: statusPath) }
        let outcome = try piece.draw(workers, progress)
        try doneStatus(score: outcome.score).write(to: statusPath)
        return outcome
    }

    private func doneStatus(score: Float) throws(Failure) -> BatchStatus {
        var status = BatchStatus(.done, hash: hash)
        for path in piece.outputs { status.files[local(path)] = try digest(path) }
        status.score = score
        return status
    }

    private func digest(_ path: String) throws(Failure) -> String {
        do {
            return try sha256(ofFile: path)
        } catch {
            throw Failure(error)
        }
    }
}
