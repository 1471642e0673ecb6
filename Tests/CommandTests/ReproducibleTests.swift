import Foundation
import Testing

/// `--reproducible`: the same bytes whatever the processor's best kernels are.
@Suite struct ReproducibleTests {
    static let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/chelsea.jpg").path

    /// The choices that other machines would make by themselves, for OpenBLAS and for our own loops, as far as this one has their
    /// instructions: where it computes as it likes, OpenBLAS runs what it is told to.
    private static func machines(reproducible: Bool) -> [[String: String]] {
        let cores = reproducible || has("avx512f") ? ["Haswell", "SkylakeX", "Cooperlake", "Zen", "Prescott"] : ["Haswell", "Zen", "Prescott"]
        return cores.map { ["OPENBLAS_CORETYPE": $0] }
            + [["LUCID_INSTRUCTION_SET": "avx2"], ["LUCID_INSTRUCTION_SET": "baseline"], ["OPENBLAS_NUM_THREADS": "1"], [:]]
    }

    /// Whether the processor has all of some instructions.
    private static func has(_ instructions: String...) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return false }
        return instructions.allSatisfy { text.contains(" \($0) ") }
    }

    private static let hasAVX2 = has("avx2", "fma")

    /// Pictures of every kind of computation, drawn by one program.
    private static let manifest = """
        output: "{name}.png"
        renders:
          - {command: channel, layer: features.10, index: 5, size: 64, steps: 8, name: channel}
          - {command: channel, model: vgg16, layer: features.10, index: 5, size: 40, steps: 3, name: vgg16}
          - {command: channel, layer: features.8, index: 5, size: 45x37, steps: 4, convolution: plain, name: plain}
          - {command: deepdream, photo: "\(photo)", layer: features.8, size: 96, iterations: 2, name: dream}

        """

    @Test(.enabled(if: hasAVX2)) func everyMachineDrawsTheSameBytes() throws {
        let scratch = try Scratch()
        try ("defaults: {reproducible: true}\n" + Self.manifest).write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        var pictures: [String: Set<Data>] = [:]
        for (number, machine) in Self.machines(reproducible: true).enumerated() {
            for threads in ["1", "2"] {
                let folder = "\(number)_\(threads)"
                // One picture after the other, each on all threads.
                let program = try Program.run(
                    ["batch", "m.yaml", "--jobs", "1", "--threads", threads, "-o", folder], in: scratch.path, environment: machine)
                try #require(program.status == 0, "\(machine): \(program.errors)")
                for name in ["channel", "vgg16", "plain", "dream"] { pictures[name, default: []].insert(try scratch.bytes("\(folder)/\(name).png")) }
            }
        }
        for (name, bytes) in pictures { #expect(bytes.count == 1, "\(name)") }
        #expect(pictures.count == 4)
    }

    @Test(.enabled(if: hasAVX2)) func withoutItTheyDiffer() throws {
        let scratch = try Scratch()
        let arguments = ["channel", "--layer", "features.10", "--index", "5", "--size", "64", "--steps", "8", "--convolution", "plain"]
        var pictures: Set<Data> = []
        for (number, machine) in Self.machines(reproducible: false).reversed().enumerated() where pictures.count < 2 {
            let program = try Program.run(arguments + ["-o", "\(number).png"], in: scratch.path, environment: machine)
            try #require(program.status == 0, "\(machine): \(program.errors)")
            pictures.insert(try scratch.bytes("\(number).png"))
        }
        #expect(pictures.count == 2)
    }

    @Test(.enabled(if: hasAVX2)) func aPictureKnowsItAndReplays() throws {
        let scratch = try Scratch()
        let arguments = ["channel", "--layer", "features.10", "--index", "5", "--size", "64", "--steps", "8", "--reproducible", "-o", "a.png"]
        #expect(try Program.run(arguments, in: scratch.path).status == 0)
        let again = try Program.run(["replay", "a.png", "-o", "b.png"], in: scratch.path, environment: ["OPENBLAS_CORETYPE": "Prescott"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        #expect(try Program.run(["info", "a.png"], in: scratch.path).text.contains("x86-64-v3"))
    }

    @Test(.enabled(if: hasAVX2)) func aBatchComputesInOneWay() throws {
        let scratch = try Scratch()
        let manifest = """
            defaults: {size: 32, steps: 1, reproducible: true}
            renders:
              - {command: channel, layer: features.3, index: 0}
              - {command: channel, layer: features.3, index: 1, reproducible: false}
            """
        try manifest.write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let program = try Program.run(["batch", "m.yaml"], in: scratch.path)
        #expect(program.status == 65)
        #expect(program.errors.contains("m.yaml:4: a program computes reproducibly or"), "\(program.errors)")
    }
}
