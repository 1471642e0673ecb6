import Files
import Foundation
import TestSupport
import Testing

@Suite struct FolderListingTests {
    @Test func aTreeIsListedInNaturalOrder() throws {
        try withFolder { folder in
            let files = FileManager.default
            for name in ["a/b", ".hidden", "folder.png"] {
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            let names = ["x10.png", "x2.PNG", "a/b/deep.jpeg", "a/y.jpg", "notes.txt", ".dot.png", ".hidden/z.png", "folder.png/in.png"]
            for name in names { try save([], to: "\(folder)/\(name)") }
            try files.createSymbolicLink(atPath: "\(folder)/a/loop", withDestinationPath: "..")
            try files.createSymbolicLink(atPath: "\(folder)/gone.png", withDestinationPath: "nothing.png")
            let endings = [".png", ".jpg", ".jpeg"]
            func isWanted(_ name: String) -> Bool { endings.contains { name.lowercased().hasSuffix($0) } }
            let found = try FolderListing.tree(in: folder, where: isWanted).paths
            #expect(found == ["a/b/deep.jpeg", "a/y.jpg", "folder.png/in.png", "x2.PNG", "x10.png"])
            #expect(try FolderListing.files(in: folder, where: isWanted) == ["\(folder)/x2.PNG", "\(folder)/x10.png"])
            #expect(try FolderListing.names(in: folder) == ["a", "folder.png", "gone.png", "notes.txt", "x2.PNG", "x10.png"])
        }
    }

    /// What cannot be looked at is named, and the rest is listed: here a path that is longer than the system takes.
    @Test func unreadablePartsOfATreeAreNamed() throws {
        try withFolder { folder in
            try save([], to: "\(folder)/a.png")
            let part = String(repeating: "d", count: 250)
            let depth = 17  // 17 × 251 bytes are more than PATH_MAX
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/bash")
            shell.currentDirectoryURL = URL(filePath: folder)
            shell.arguments = ["-c", "for i in $(seq \(depth)); do mkdir \(part) && cd -P ./\(part) 2>/dev/null || cd ./\(part); done"]
            try shell.run()
            shell.waitUntilExit()
            let tree = try FolderListing.tree(in: folder) { $0.hasSuffix(".png") }
            #expect(tree.paths == ["a.png"] && tree.unreadable.count == 1, "\(tree.unreadable)")
            let clean = Process()
            clean.executableURL = URL(filePath: "/bin/rm")
            clean.arguments = ["-rf", "\(folder)/\(part)"]
            try clean.run()
            clean.waitUntilExit()
        }
    }

    @Test func aFolderThatIsNotThereIsMissing() {
        let nowhere = "/nowhere/at/all", missing = InputError.missing(file: "/nowhere/at/all")
        #expect(throws: missing) { try FolderListing.tree(in: nowhere) { _ in true } }
        #expect(throws: missing) { try FolderListing.files(in: nowhere) { _ in true } }
        #expect(throws: missing) { try FolderListing.names(in: nowhere) }
    }

    @Test func namesAreCounted() {
        let names = [
            "a", "frame_1.png", "frame_2.png", "frame_010.png", "frame_10.png", "frame_11.png", "frame_100.png",
            "frame_99999999999999999999999.png", "frames.png", "part1_frame10.png", "part2_frame9.png", "part10_frame1.png", "é",
        ]
        #expect(names.reversed().sorted(by: NaturalOrder.precedes) == names)
        for left in names {
            #expect(!NaturalOrder.precedes(left, left))
            for right in names where left != right {
                #expect(NaturalOrder.precedes(left, right) != NaturalOrder.precedes(right, left))
            }
        }
    }
}
