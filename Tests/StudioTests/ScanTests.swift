import Foundation
import Images
import Networks
import Studio
import Tensors
import TestSupport
import Testing

/// Scans of folders, from the request to the file.
@Suite struct ScanTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Crops of two photographs of which one is seen without scaling, as scripts/goldens/scan.py cuts them.
    private func saveCrops(_ count: Int, in folder: String, side: Int = 256) throws {
        let photos = try [Photograph.chelsea, Photograph.coffee].map { try Picture.reading($0) }
        for index in 0..<count {
            let photo = photos[index % 2]
            let (x, y) = (37 * index % (photo.width - side + 1), 23 * index % (photo.height - side + 1))
            try scratch.save("\(folder)/\(["cat", "cup"][index % 2])/crop\(index).png", PNG.encode(photo.cut(x: x, y: y, side: side)))
        }
    }

    /// - Parameter last: the step after which somebody asks for the end.
    @discardableResult
    private func scan(_ words: [String], threads: Int = 2, until last: Int? = nil, environment: [String: String] = [:]) throws -> (result: ScanResult, told: Told) {
        let listener = Listener()
        let session = Session(workers: Workers(threads), isCancelled: { last.map { listener.heard.steps >= $0 } ?? false })
        let request = try ScanRequest(given: texts(words, for: ScanRequest.self, in: scratch.path))
        return (try request.run(session, listener, environment: environment), listener.heard)
    }

    private func fails(_ words: [String], _ kind: Problem.Kind, _ parts: String...) throws {
        try scratch.fails(kind, parts, "\(words)") { try scan(words) }
    }

    private func file(_ name: String) throws -> SafetensorsFile { try SafetensorsFile(path: scratch(name)) }

    /// Order, moments, quantiles and covariance are NumPy's over PyTorch's activations.
    @Test func numbersAreThoseOfPyTorch() throws {
        try saveCrops(40, in: "photos")
        let told = try scan(["--photos", "photos", "--layers", "features.12", "-o", "net.scan"])
        #expect(told.result.photographs == 40)
        let (scan, golden) = (try file("net.scan"), try Golden("scan"))
        let (channels, all, positions) = (24, 512, 40.0 * 169)
        // The file has the folders one after the other, the golden has them in turn.
        let names = String(decoding: try scan.values("photographs/names", of: UInt8.self), as: UTF8.self).split(separator: "\0")
        let crops = try names.map { try #require(Int($0.drop { !$0.isNumber }.prefix { $0.isNumber })) }
        func first(_ name: String, rows: Int) throws -> [Float] {
            let values = try scan.read("features.12/\(name)", shape: scan.shapes["features.12/\(name)"]!)
            return (0..<rows).flatMap { row in values[row * all..<row * all + channels] }
        }
        func inOrder(_ values: [Float]) -> [Float] {
            (0..<40).flatMap { crop in
                let row = crops.firstIndex(of: crop)!
                return values[row * channels..<(row + 1) * channels]
            }
        }
        // Half precision keeps eleven bits.
        #expect(relativeError(inOrder(try first("maxima", rows: 40)), try golden.values("maxima")) < 6e-4)
        #expect(relativeError(inOrder(try first("means", rows: 40)), try golden.values("means")) < 6e-4)
        let sums: [Double] = try scan.values("features.12/power_sums")
        let powers = try golden.values("power_sums")
        for power in 0..<4 {
            let own = (0..<channels).map { Float(sums[power * all + $0] / positions) }
            #expect(relativeError(own, Array(powers[power * channels..<(power + 1) * channels])) < 2e-5, "power \(power + 1)")
        }
        let best: [Int32] = try scan.values("features.12/best_by_maximum/photographs")
        let (order, maxima) = (try golden.values("order"), try golden.values("maxima"))
        for channel in 0..<channels {
            for place in 0..<10 {
                let (own, theirs) = (crops[Int(best[channel * 40 + place])], Int(order[channel * 10 + place]))
                // Values that agree to the last bits may change places.
                #expect(own == theirs || abs(maxima[own * channels + channel] - maxima[theirs * channels + channel]) < 1e-4, "channel \(channel), place \(place)")
            }
        }
        let (products, lattice): ([Double], [Double]) = (try scan.values("features.12/products"), try scan.values("features.12/product_sums"))
        let covariance = (0..<channels * channels).map { index -> Float in
            let (row, column) = (index / channels, index % channels)
            return Float(products[row * all + column] / positions - lattice[row] * lattice[column] / positions / positions)
        }
        #expect(relativeError(covariance, try golden.values("covariance")) < 1e-5)
        let opened = try ScanFile(scratch("net.scan"))
        let quantiles = try golden.values("quantiles")
        let maximum: [Float] = try scan.values("features.12/maximum")
        // Beyond the last lie seven positions, with gaps between them that are wider than a bin.
        for (place, (share, bound)) in [(0.5, 0.01), (0.9, 0.01), (0.99, 0.01), (0.999, 0.05)].enumerated() {
            for channel in 0..<channels {
                let own = try opened.quantile(share, layer: 0, channel: channel)
                #expect(abs(own - Double(quantiles[place * channels + channel])) <= bound * Double(maximum[channel]), "channel \(channel), \(share)")
            }
        }
    }

    /// The same bytes for any number of threads, in one piece, in parts, and after interruptions.
    @Test func theBytesDependOnThePhotographsAlone() throws {
        try saveCrops(36, in: "photos", side: 96)
        try scratch.save("photos/cat/broken.png", Array("no picture".utf8))
        let words = ["--photos", "photos", "--layers", "features.10,features.12", "--classes", "predicted", "--best", "5", "--samples", "130"]
        let whole = try scan(words + ["-o", "whole.scan"])
        #expect(whole.result.photographs == 36 && whole.result.damaged == 1)
        #expect(whole.told.notes.contains { $0.contains("broken.png") } && whole.told.steps == 37)
        let bytes = try scratch.bytes("whole.scan")

        try scan(words + ["-o", "one.scan"], threads: 1)
        #expect(try scratch.bytes("one.scan") == bytes, "threads")

        for part in 0..<3 { try scan(words + ["-o", "p.scan"], environment: ["JOB_COMPLETION_INDEX": "\(part)", "JOB_COMPLETIONS": "3"]) }
        let merged = try scan(["--merge", "p-2-of-3.scan", "p-0-of-3.scan", "p-1-of-3.scan", "-o", "merged.scan"])
        #expect(try scratch.bytes("merged.scan") == bytes, "parts")
        #expect(json(merged.result.layers.map(\.active)) == json(whole.result.layers.map(\.active)))

        // Ended after each block; what was recorded after a checkpoint is cut off.
        for _ in 0..<2 {
            let problem = #expect(throws: Problem.self) { try scan(words + ["-o", "cut.scan"], until: 1) }
            #expect(problem?.kind == .stopped && !FileManager.default.fileExists(atPath: scratch("cut.scan")))
            for name in ["photographs", "samples.0"] {
                try scratch.save(".cut.scan.progress/\(name)", scratch.bytes(".cut.scan.progress/\(name)") + [1, 2, 3])
            }
        }
        let last = try scan(words + ["-o", "cut.scan"])
        #expect(last.told.steps == 5 && last.told.notes.contains { $0.contains("going on after 32") })
        #expect(try scratch.bytes("cut.scan") == bytes, "interruptions")
        #expect(!FileManager.default.fileExists(atPath: scratch(".cut.scan.progress")))
        // What was begun with other layers is in the way, unless somebody says that it is not.
        let fewer = ["--photos", "photos", "--layers", "features.12", "-o", "anew.scan"]
        _ = try? scan(words + ["-o", "anew.scan"], until: 1)
        #expect(throws: Problem.self) { try scan(fewer) }
        try scan(fewer + ["--force"])
        #expect(!FileManager.default.fileExists(atPath: scratch(".anew.scan.progress")))
        // Once more there is nothing to do.
        #expect(try scan(words + ["-o", "cut.scan"]).told.steps == 0)
    }

    /// The tensors hold what docs/Scan.md says of each other.
    @Test func tensorsAgreeWithEachOther() throws {
        try saveCrops(20, in: "photos", side: 64)
        try scan(["--photos", "photos", "--layers", "features.12", "--classes", "folders", "--best", "4", "--samples", "33", "-o", "net.scan"])
        let scan = try file("net.scan")
        func values<Element: SafetensorsElement>(_ name: String) throws -> [Element] { try scan.values("features.12/\(name)") }
        let (maxima, means): ([Float16], [Float16]) = (try values("maxima"), try values("means"))
        let classes: [Int32] = try scan.values("photographs/classes")
        #expect(classes.count == 20 && classes.allSatisfy { [0, 1].contains($0) } && classes.reduce(0, +) == 10)
        let (sums, best): ([Double], [Int32]) = (try values("class_sums"), try values("best_by_maximum/photographs"))
        let (values_, bands): ([Float], [Int32]) = (try values("best_by_maximum/values"), try values("bands/photographs"))
        let (histogram, positives): ([Int64], [Int64]) = (try values("histogram"), try values("positive_positions"))
        for channel in [0, 7, 100, 511] {
            let column = (0..<20).map { Float(maxima[$0 * 512 + channel]) }
            let order = column.indices.sorted { (-column[$0], $0) < (-column[$1], $1) }
            for place in 0..<4 {
                #expect(Float(Float16(values_[channel * 4 + place])) == column[order[place]])
                #expect(column[Int(best[channel * 4 + place])] == column[order[place]])
            }
            for number in 0..<2 {
                let members = (0..<20).filter { classes[$0] == number }
                #expect(sums[(number * 2) * 512 + channel] == members.reduce(0.0) { $0 + Double(column[$1]) })
                #expect(sums[(number * 2 + 1) * 512 + channel] == members.reduce(0.0) { $0 + Double(means[$1 * 512 + channel]) })
            }
            // Twenty photographs make five bands of four.
            let ascending = column.indices.sorted { (column[$0], $0) < (column[$1], $1) }
            for band in 0..<5 {
                let members = (0..<4).map { Int(bands[(band * 512 + channel) * 4 + $0]) }
                #expect(Set(members) == Set(ascending[band * 4..<band * 4 + 4]), "band \(band)")
            }
            let row = histogram[channel * 1024..<(channel + 1) * 1024]
            #expect(row.reduce(0, +) == 20 * 169 && row.dropFirst().reduce(0, +) <= positives[channel])
        }
        #expect(scan.shapes["features.12/samples/values"] == [33, 512])
        let photographs: [Int32] = try values("samples/photographs")
        #expect(Set(photographs).count == 20 && photographs == photographs.sorted())
        let names = String(decoding: try scan.values("photographs/names", of: UInt8.self), as: UTF8.self).split(separator: "\0").map(String.init)
        #expect(names.count == 20 && names[0] == "cat/crop0.png" && names[10] == "cup/crop1.png")
        let digests: [UInt8] = try scan.values("photographs/sha256")
        #expect(digests.count == 20 * 32)
    }

    /// A unit without weights is dead, and one with another's weights is its twin.
    @Test func aDeadUnitAndATwinAreFound() throws {
        try saveCrops(8, in: "photos", side: 64)
        let own = try SafetensorsFile(path: bundledFile("squeezenet1_1.safetensors"))
        let layer = "features.12.expand1x1"
        let tensors = try own.shapes.map { name, shape in
            var values = try own.read(name, shape: shape)
            if name == "\(layer).weight" {
                for input in 0..<64 { (values[2 * 64 + input], values[4 * 64 + input]) = (0, values[3 * 64 + input]) }
            }
            if name == "\(layer).bias" { (values[2], values[4]) = (-1, values[3]) }
            return SafetensorsTensor(name, shape, values)
        }
        try SafetensorsFile.write(tensors, metadata: [:], to: scratch("own.safetensors"))
        let words = ["--photos", "photos", "--layers", "features.12", "-o", "net.scan"]
        let found = try scan(words + ["--model", "squeezenet1_1", "--weights", "own.safetensors", "--range", "0,255", "--mean", "123,117,104", "--std", "1"])
        let before = try self.scan(words.dropLast() + ["before.scan"])
        let (dead, others) = (Set(found.result.layers[0].dead), Set(before.result.layers[0].dead))
        #expect(!others.contains(2) && dead.contains(2) && dead.subtracting([2, 4]) == others.subtracting([4]))
        let scan = try file("net.scan")
        let maxima: [Float16] = try scan.values("features.12/maxima")
        for photograph in 0..<8 { #expect(maxima[photograph * 512 + 3] == maxima[photograph * 512 + 4] && maxima[photograph * 512 + 2] == 0) }
        let products: [Double] = try scan.values("features.12/products")
        #expect(products[3 * 512 + 4] == products[3 * 512 + 3] && products[3 * 512 + 3] > 0 && products[2 * 512 + 2] == 0)
        // Other weights than those of a scan that is there are refused with both digests.
        let session = Session(workers: Workers(1))
        var settings = ModelSettings()
        let bundled = try session.model(settings).weightsSHA256
        (settings.model, settings.weights) = ("squeezenet1_1", scratch("own.safetensors"))
        try fails(words, .badData, bundled, try session.model(settings).weightsSHA256)
    }

    /// Lines of a file of classes that name no photograph, and photographs that it does not name, are told.
    @Test func classesThatFitNoPhotographAreNamed() throws {
        try saveCrops(4, in: "photos", side: 48)
        func notes(_ strays: Int) throws -> [String] {
            let lines = ["photo,class", "cat/crop0.png,cat"] + (0..<strays).map { "typo\($0).png,cup" }
            try scratch.save("classes.csv", text: lines.joined(separator: "\n") + "\n")
            let words = ["--photos", "photos", "--layers", "features.12", "--classes", scratch("classes.csv"), "-o", "\(strays).scan"]
            return try scan(words).told.notes
        }
        #expect(try notes(0).contains { $0.contains("3 of 4 photographs") && $0.contains("have no class") })
        #expect(try !notes(0).contains { $0.contains("not in") })
        #expect(try notes(1).contains { $0.contains(": typo0.png is not in ") })
        #expect(try notes(7).contains { $0.contains(": typo0.png, typo1.png, typo2.png, typo3.png, typo4.png and 2 more are not in ") })
    }

    @Test func mistakesAreRefusedInALine() throws {
        try saveCrops(3, in: "photos", side: 48)
        try scratch.makeFolder("empty")
        let usual = ["--photos", "photos", "--layers", "features.12", "-o", "net.scan"]
        try fails(["--photos", "nowhere"], .missing, "nowhere")
        try fails(["--photos", "empty"], .missing, "no pictures")
        try fails(["--photos", "photos/cat/crop0.png"], .missing, "is a file; name a folder of pictures")
        try fails(["-o", "x.scan"], .usage, "--photos is missing")
        try fails(usual + ["--shard", "3/3"], .usage, "--shard")
        try fails(["--photos", "photos", "--layers", "features.99"], .usage, "features.99", "nearest")
        try fails(["--photos", "photos", "--layers", "features.12,features.12.cat"], .usage, "twice")
        try fails(["--photos", "photos/cat", "--classes", "folders"], .usage, "no folders")
        try fails(["--photos", "photos", "--classes", "size"], .usage, "--classes must be")
        try scratch.save("labels.csv", text: "photo,class\nother.png,cat\n")
        try fails(["--photos", "photos", "--classes", scratch("labels.csv")], .badData, "labels.csv has no line")
        try fails(["--merge", "-o", "x.scan"], .usage, "--merge")
        try scratch.save("noise/a.png", Array("no picture".utf8))
        let problem = #expect(throws: Problem.self) { try scan(["--photos", "noise", "--layers", "features.12", "-o", "noise.scan"]) }
        #expect(problem?.kind == .badData && problem!.line.contains("none of its 1 picture"), "\(problem!)")
        try FileManager.default.removeItem(atPath: scratch(".noise.scan.progress"))

        try scan(usual)
        try fails(usual + ["--seed", "1"], .cannotWrite, "net.scan", "--force")
        try fails(["--merge", "net.scan", "-o", "x.scan"], .badData, "whole scan")
        for part in 0..<2 { try scan(usual.dropLast() + ["p.scan", "--shard", "\(part)/2"]) }
        try fails(["--merge", "p-1-of-2.scan", "-o", "x.scan"], .missing, "0/2")
        try fails(["--merge", "p-1-of-2.scan", "p-1-of-2.scan", "-o", "x.scan"], .usage, "same part")
        try scratch.save("cut.scan", Array(scratch.bytes("p-0-of-2.scan").dropLast(1000)))
        try fails(["--merge", "cut.scan", "p-1-of-2.scan", "-o", "x.scan"], .badData, "cut short")
        #expect(throws: Problem.self) { try ScanFile(scratch("p-0-of-2.scan")) }
        try fails(usual.dropLast() + ["photos/cat/crop0.png", "--force"], .cannotWrite, "is read by this command")
        // A file that says other things of itself than it holds.
        let bytes = try scratch.bytes("net.scan")
        for (old, new) in [("photographs", "3", "4"), ("channels", "512", "511"), ("channels", "512", "-51"), ("best", "100", "2  ")].map({ ("\\\"\($0.0)\\\":\($0.1)", "\\\"\($0.0)\\\":\($0.2)") }) {
            var odd = bytes
            let place = try #require(bytes.firstRange(of: Array(old.utf8)))
            odd.replaceSubrange(place, with: Array(new.utf8))
            try scratch.save("odd.scan", odd)
            let problem = #expect(throws: Problem.self, "\(new)") { try ScanFile(scratch("odd.scan")) }
            #expect(problem?.kind == .badData)
        }
        try FileManager.default.removeItem(atPath: scratch("odd.scan"))
        #expect(throws: Problem.self) { try ScanFile(scratch("cut.scan")) }
        // A photograph alone is a scan as well.
        try scratch.copy(Photograph.coffee, to: "photos/cup.jpg")
        let one = try scan(["--photos", "photos/cup", "--layers", "features.12", "-o", "one.scan"])
        #expect(one.result.photographs == 1)
    }
}

extension Picture {
    /// A square part.
    fileprivate func cut(x: Int, y: Int, side: Int) -> Picture {
        Picture(planes: part(x: x, y: y, width: side, height: side), channels: 3, width: side, height: side)
    }
}
