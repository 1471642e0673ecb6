import Foundation
import Images
import Testing

@Suite struct PictureTreeTests {
    @Test func findsPicturesInTheirNaturalOrder() throws {
        try withFolder { folder in
            let files = FileManager.default
            for name in ["a/b", ".hidden", "folder.png"] {
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            let names = ["x10.png", "x2.PNG", "a/b/deep.jpeg", "a/y.jpg", "notes.txt", ".dot.png", ".hidden/z.png", "folder.png/in.png"]
            for name in names { try save([], to: "\(folder)/\(name)") }
            try files.createSymbolicLink(atPath: "\(folder)/a/loop", withDestinationPath: "..")
            try files.createSymbolicLink(atPath: "\(folder)/gone.png", withDestinationPath: "nothing.png")
            let found = try PictureTree.relativePaths(in: folder)
            #expect(found == ["a/b/deep.jpeg", "a/y.jpg", "folder.png/in.png", "x2.PNG", "x10.png"])
        }
    }

    @Test func aFolderThatIsNotThereIsMissing() {
        #expect(throws: PictureError.missing(file: "/nowhere/at/all")) { try PictureTree.relativePaths(in: "/nowhere/at/all") }
    }
}
