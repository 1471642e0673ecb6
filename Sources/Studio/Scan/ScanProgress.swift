import Files
import Networks

/// A scan's working folder, hidden beside its file: the state as it was at the last checkpoint, and records, which grow. What was recorded
/// after the checkpoint is cut off and made again.
final class ScanProgress {
    private let folder: String
    private let lock: FileLock?
    private let files: [GrowingFile]
    private var hasCheckpoint: Bool

    private static let stateName = "state", lockName = "lock", photographsName = "photographs", samplesName = "samples."

    /// The working folder of an output.
    static func folder(of output: String) -> String { OutputNames.beside(output, ".\(FileName.split(output).name).progress") }

    /// Goes on where another process was ended, or begins.
    ///
    /// - Parameters:
    ///   - fresh: the state of a scan that begins.
    ///   - force: what was begun otherwise is thrown away.
    ///   - state: gets the state to go on from.
    init(of output: String, _ fresh: ScanState, force: Bool, state: inout ScanState) throws(Problem) {
        let folder = Self.folder(of: output)
        self.folder = folder
        try asProblem { () throws in
            do { try createFolder(folder) } catch { throw OutputError.notAFolder(path: output, folder: folder) }
        }
        func path(_ name: String) -> String { FileName.join(folder, name) }
        var isFree = true
        do throws(SystemError) {
            lock = try FileLock(path(Self.lockName))
            isFree = lock != nil
        } catch {
            lock = nil  // a file system without locks
        }
        guard isFree else { throw Problem(.cannotWrite, "another lucid is at work on \(FileName.shown(output))", setting: "output") }
        OutputFile.removeStaleTemporaryFiles(in: folder)
        state = fresh
        hasCheckpoint = isFile(path(Self.stateName))
        if hasCheckpoint {
            do throws(Problem) {
                let file = try asProblem { () throws(WeightsError) in try SafetensorsFile(path: path(Self.stateName)) }
                guard let begun = try ScanState(file) else { throw .badData("\(path(Self.stateName)) is no state of a scan") }
                try fresh.plan.check(begun: begun.plan, file: output)
                guard begun.shard == fresh.shard else {
                    throw Problem(.cannotWrite, "\(FileName.shown(output)) was begun as part \(begun.shard.text); use \(setting: "force") to begin anew", setting: "force")
                }
                state = begun
            } catch {
                guard force else { throw error }
                hasCheckpoint = false
            }
        }
        let sizes = Self.recordBytes(fresh.plan)
        var files: [GrowingFile] = []
        for (index, bytes) in sizes.enumerated() {
            let count = state.records[index]
            files.append(try asProblem { () throws(OutputError) in try GrowingFile(path(Self.name(index)), keeping: count * bytes) })
        }
        self.files = files
    }

    /// Bytes of a record of each file.
    static func recordBytes(_ plan: ScanPlan) -> [Int] { [plan.rowBytes] + plan.layers.map { ScanPlan.sampleBytes(channels: $0.channels) } }

    private static func name(_ index: Int) -> String { index == 0 ? photographsName : samplesName + "\(index - 1)" }

    /// Records what belongs to a block's photographs.
    ///
    /// - Parameter bytes: whole records for each file.
    func append(_ bytes: [[UInt8]]) throws(Problem) {
        for (file, bytes) in zip(files, bytes) { try asProblem { () throws(OutputError) in try file.append(bytes) } }
    }

    /// Makes sure that the work so far is not lost.
    func checkpoint(_ state: ScanState) throws(Problem) {
        for file in files { try asProblem { () throws(OutputError) in try file.flush() } }
        try asProblem { () throws in
            try SafetensorsFile.write(state.tensors, metadata: state.metadata, to: FileName.join(folder, Self.stateName))
        }
        hasCheckpoint = true
    }

    /// The records of everything that is done.
    func records(_ state: ScanState) throws(Problem) -> [ScanRecords] {
        var found: [ScanRecords] = []
        for (index, bytes) in Self.recordBytes(state.plan).enumerated() {
            guard state.records[index] > 0 else {
                found.append(ScanRecords([], recordBytes: bytes, keeping: []))
                continue
            }
            let file = try asProblem { () throws(InputError) in try MappedFile(path: FileName.join(folder, Self.name(index))) }
            found.append(ScanRecords([file.bytes], recordBytes: bytes, keeping: [file]))
        }
        return found
    }

    /// Removes the folder, once the scan's file is there.
    func remove() { Self.remove(folder) }

    /// Removes what a process has left that was killed between writing its scan and removing this.
    static func removeLeftover(of output: String) {
        let folder = folder(of: output)
        if isFolder(folder) { remove(folder) }
    }

    private static func remove(_ folder: String) {
        OutputFile.removeStaleTemporaryFiles(in: folder)
        // One that was begun anew may have had more layers before.
        let own = (try? FolderListing.names(in: folder)) ?? []
        for name in own where [stateName, lockName, photographsName].contains(name) || name.hasPrefix(samplesName) {
            try? removeFile(FileName.join(folder, name))
        }
        removeEmptyFolder(folder)
    }
}
