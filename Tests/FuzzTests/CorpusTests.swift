import Foundation
import FuzzTargets
import Testing

/// The inputs that fuzzing began with and the crashes that it found, through the same code without a fuzzer.
@Suite struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "FuzzCorpus")

    @Test(arguments: FuzzTarget.allCases)
    func noneTrapsOrHangs(target: FuzzTarget) throws {
        let folder = Self.corpus.appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 2)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let bytes = [UInt8](try Data(contentsOf: file))
            target.run(bytes)
            // Cut short and with a byte changed, at a few places.
            for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 12)) {
                target.run(Array(bytes[..<place]))
                var changed = bytes
                changed[place] ^= 0x41
                target.run(changed)
            }
        }
    }
}
