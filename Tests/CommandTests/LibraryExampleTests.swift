import Foundation
import Images
import Testing

/// The programs of docs/Library.md, and the links of README.md and docs/.
struct LibraryExampleTests {
    /// The repository.
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: ["DrawChannel", "OwnObjective"]) func theDocumentShowsTheProgram(_ name: String) throws {
        let program = try Self.text("Examples/\(name)/main.swift")
        #expect(try Self.text("docs/Library.md").contains("```swift\n\(program)```\n"))
    }

    @Test(arguments: [("DrawChannel", "channel.png", "mean of red: "), ("OwnObjective", "energy.png", "energy: 64×64 pixels")])
    func theProgramDraws(_ name: String, _ file: String, _ line: String) throws {
        let scratch = try Scratch()
        let run = try Shell.run("\"$(dirname \"$LUCID\")/\(name)\"", in: scratch.path)
        #expect(run.status == 0, "\(run.said)")
        #expect(run.said.contains(line), "\(run.said)")
        let picture = try Picture.read(from: "\(scratch.path)/\(file)")
        #expect(picture.width == 64 && picture.height == 64)
        // Noise around mid grey has a narrow range: a picture that was drawn uses more of it.
        let values = picture.planes()
        #expect(values.max()! - values.min()! > 0.5)
    }

    @Test func everyLinkLeadsToAFile() throws {
        let documents = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
        let pages = ["README.md"] + documents.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        #expect(pages.count > 5)
        for page in pages {
            for match in try Self.text(page).matches(of: /\]\(([^)#\s]+)(#[^)]*)?\)/) {
                let link = String(match.output.1)
                guard !link.hasPrefix("http") else { continue }
                let target = Self.root.appending(path: page).deletingLastPathComponent().appending(path: link)
                #expect(FileManager.default.fileExists(atPath: target.path), "\(page): \(link)")
            }
        }
    }
}
