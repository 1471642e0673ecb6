import Foundation
import Testing

/// Weights and preprocessing, proven on photographs.
@Suite struct ClassifyTests {
    private func best(_ photo: String) throws -> String {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/\(photo)").path
        let result = try Program.run(["classify", path, "--top", "1"])
        #expect(result.status == 0, "\(result.errors)")
        return result.text
    }

    @Test func coffeeIsAnEspresso() throws { #expect(try best("coffee.jpg").contains("espresso")) }

    @Test func chelseaIsACat() throws {
        let answer = try best("chelsea.jpg")
        #expect(["Egyptian cat", "tiger cat", "tabby"].contains { answer.contains($0) }, "\(answer)")
    }

    @Test func graceHopperWearsABowTieOrASuit() throws {
        let answer = try best("grace_hopper.jpg")
        #expect(answer.contains("bow tie") || answer.contains("suit"), "\(answer)")
    }

    @Test func severalPhotographsAreNamed() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos").path
        let result = try Program.run(["classify", "coffee.jpg", "chelsea.jpg", "--top", "1"], in: folder)
        let lines = result.text.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("coffee.jpg  ") && lines[1].hasPrefix("chelsea.jpg  "), "\(result.text)\(result.errors)")
    }
}
