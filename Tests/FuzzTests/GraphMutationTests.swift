import Foundation
import FuzzTargets
import Testing

/// Mutants of the operators' goldens, the same ones each time; LUCID_MUTANTS=FIRST-LAST takes others, and LUCID_MUTANTS_LOG names a file
/// that tells which one came last.
@Suite struct GraphMutationTests {
    private static let usual = 0...150
    /// Loading, preparing and a step of the smallest pictures, in a debug build on a busy machine.
    private static let longest = Duration.seconds(20)

    @Test func mutantsAreRefusedOrDrawn() throws {
        let environment = ProcessInfo.processInfo.environment
        let ends = environment["LUCID_MUTANTS"]?.split(separator: "-").compactMap { Int($0) }
        let numbers = ends.map { $0[0]...$0[1] } ?? Self.usual
        for number in numbers {
            let bytes = Array("\(number)".utf8.reversed())
            if let log = environment["LUCID_MUTANTS_LOG"] { try "\(number)".write(toFile: log, atomically: false, encoding: .utf8) }
            let taken = ContinuousClock().measure { FuzzTarget.graph.run(bytes) }
            #expect(taken < Self.longest, "mutant \(number) takes \(taken)")
        }
    }
}
