import Foundation
import Images
import Networks
import Studio
import Tensors
import TestSupport
import Testing

/// Sheets of photographs that units answer to.
@Suite struct ExemplarsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private struct Report: Decodable {
        struct Row: Decodable {
            let band, photo: String
            let rank: Int
            let value: Float
            let row, column: Int?
            let field: Field?
            let label: String?
        }
        struct Field: Decodable { let left, top, right, bottom: Int }
        struct Agreement: Decodable { let pictureValue, bestPhotoValue: Float, ratio: Float? }
        let exemplars: [Row]
        let agreement: Agreement?
        let photographs: Int
        let threshold: Float?
    }

    /// Crops of two photographs, 96 pixels a side, in folders of their own.
    private func saveCrops(_ count: Int) throws {
        let photos = try [Photograph.chelsea, Photograph.coffee].map { try Picture.reading($0) }
        for index in 0..<count {
            let photo = photos[index % 2]
            let planes = photo.part(x: 37 * index % (photo.width - 95), y: 23 * index % (photo.height - 95), width: 96, height: 96)
            try scratch.save("photos/\(["cat", "cup"][index % 2])/\(index).png", Picture(planes: planes, channels: 3, width: 96, height: 96))
        }
    }

    private func scan(_ words: [String] = []) throws {
        let words = ["--photos", "photos", "--layers", "features.9,features.12", "--classes", "folders", "-o", "net.scan"] + words
        _ = try ScanRequest(given: texts(words, for: ScanRequest.self, in: scratch.path)).run(sharedSession, SilentReporter())
    }

    private let unit = ["--layer", "features.9", "--index", "5"]

    /// A scan and a folder give the same photographs; the numbers are of one kind, and the picture tells how it was made.
    @Test func aScanAndAFolderAgree() throws {
        try saveCrops(40)
        try scan()
        let scanned = try scratch.run(["exemplars", "--scan", "net.scan", "--csv", "a.csv", "-o", "a.png"] + unit)
        let report = try scanned.value(as: Report.self)
        let other = try scratch.run(["exemplars", "--photos", "photos", "-o", "b.png"] + unit).value(as: Report.self)
        #expect(report.photographs == 40 && report.exemplars.map(\.photo) == other.exemplars.map(\.photo))
        let top = report.exemplars.prefix(9)
        #expect(top.allSatisfy { $0.band == "top" } && top.map(\.rank) == Array(0..<9) && top.map(\.value) == top.map(\.value).sorted(by: >))
        // 40 photographs: those around the 90 % quantile are among the best nine, and too few lie above the higher ones.
        #expect(report.exemplars.count == 9 + 2 * 3 && Set(report.exemplars.map(\.photo)).count == 15)
        #expect(report.exemplars.suffix(3).map(\.band) == ["lowest", "lowest", "lowest"] && report.exemplars.last!.rank == 39)
        let middle = report.exemplars.filter { $0.band == "50 %" }.map(\.rank)
        #expect(middle == [19, 20, 21] || middle == [18, 19, 20], "\(middle)")
        #expect(abs(report.threshold! - other.threshold!) < 0.01 * top[0].value)
        #expect(report.exemplars.allSatisfy { ["cat", "cup"].contains($0.label) } && other.exemplars[0].label == nil)
        // features.9 sees 111 pixels.
        let field = try #require(report.exemplars[0].field)
        #expect(field.right - field.left == 111 && field.bottom - field.top == 111)
        let lines = try scratch.text("a.csv").split(separator: "\n")
        #expect(lines.count == 16 && lines[0].hasPrefix("unit,band,rank,photo") && lines[1].hasPrefix("features.9:5,top,0,\(report.exemplars[0].photo),"))

        try scratch.fails(["replay", "net.scan"], .badData, "is a scan; make it again with `lucid scan`")
        let command = try #require(try scratch.record("b.png").command)
        #expect(command.command == "exemplars" && command.settings.contains { $0 == ("photos", "FOLDER") } && command.settings.contains { $0 == ("index", "5") })

        // The record makes the same bytes again from the photographs alone.
        try scratch.run(["exemplars", "--scan", "net.scan", "-o", "c.png"] + unit)
        let photos = report.exemplars.map { "photos/\($0.label!)/\($0.photo)" }
        try scratch.run(["replay", "c.png", "-o", "again.png"] + photos.flatMap { ["--picture", $0] })
        #expect(try scratch.bytes("again.png") == scratch.bytes("c.png"))
        try scratch.run(["replay", "c.png", "-o", "found.png", "--picture", "photos"])
        #expect(try scratch.bytes("found.png") == scratch.bytes("c.png"), "in the folders of a folder")
    }

    /// Bands lie around their own quantiles, or are left out.
    @Test func bandsLieAroundTheirQuantiles() {
        let quantiles = ["99.9 %": 0.999, "99 %": 0.99, "90 %": 0.9, "50 %": 0.5]
        var generator = RandomGenerator(seed: 1)
        for (count, bands) in [
            (2, []), (12, ["lowest"]), (42, ["50 %", "lowest"]), (200, ["90 %", "50 %", "lowest"]),
            (2000, ["99 %", "90 %", "50 %", "lowest"]), (20_000, ["99.9 %", "99 %", "90 %", "50 %", "lowest"]),
        ] as [(Int, [String])] {
            let thumbnails = (0..<count).map { _ in Int64(bitPattern: generator.next()) }
            let digests = (0..<count).map { [UInt8($0 & 255), UInt8($0 >> 8)] }
            let chosen = ExemplarChoice((0..<count).map { Float($0) }, digests: digests, thumbnails: thumbnails, count: 9, hasBands: true).chosen
            let found = chosen.map(\.band).filter { $0 != "top" }
            #expect(Set(found) == Set(bands) && found.count == 3 * bands.count, "\(count): \(found)")
            for entry in chosen {
                #expect(abs(entry.quantile - (Double(entry.photograph) + 0.5) / Double(count)) < 1e-9)
                guard let quantile = quantiles[entry.band] else { continue }
                #expect(abs(entry.quantile - quantile) <= 0.25 * (1 - quantile) + 1e-9, "\(count): \(entry)")
            }
        }
    }

    /// A photograph with the unit's own picture pasted in comes first, and the agreement says how far the picture goes beyond.
    @Test func theUnitsOwnPictureComesFirst() throws {
        try saveCrops(20)
        try scratch.run(["channel", "--size", "224", "--steps", "24", "-o", "drawn/own.png"] + unit)
        let own = try scratch.picture("drawn/own.png")
        var samples = try Picture.reading(Photograph.coffee).fitted256.bytes
        for y in 0..<160 {
            for x in 0..<160 { for channel in 0..<3 { samples[((y + 48) * 256 + x + 48) * 3 + channel] = own.bytes[((y + 32) * 224 + x + 32) * 3 + channel] } }
        }
        try scratch.save("photos/cup/pasted.png", Picture(width: 256, height: 256, samples: .eight(samples)))
        try scan()
        let report = try scratch.run(["exemplars", "--scan", "net.scan", "--beside", "drawn", "--top", "-o", "a.png"] + unit).value(as: Report.self)
        #expect(report.exemplars[0].photo == "pasted.png" && report.exemplars.count == 9)
        #expect(report.exemplars[0].value > 1.5 * report.exemplars[1].value)
        let agreement = try #require(report.agreement)
        #expect(agreement.bestPhotoValue == report.exemplars[0].value && agreement.ratio! > 0.8)
        let drawn = try scratch.run(["exemplars", "--scan", "net.scan", "--draw", "--steps", "24", "--top", "-o", "b.png"] + unit).value(as: Report.self)
        #expect(drawn.agreement!.pictureValue == agreement.pictureValue)
    }

    /// Near copies count once; directions and expressions are units as well.
    @Test func copiesCountOnce() throws {
        try saveCrops(12)
        let first = try scratch.run(["exemplars", "--photos", "photos", "--top", "-o", "a.png"] + unit).value(as: Report.self).exemplars[0].photo
        let path = "photos/\(Int(first.split(separator: ".")[0])! % 2 == 0 ? "cat" : "cup")/\(first)"
        try scratch.copy(scratch(path), to: "photos/copy.png")
        let brighter = try scratch.picture(path).bytes.map { UInt8(min(255, Int($0) + 2)) }
        try scratch.save("photos/near.png", Picture(width: 96, height: 96, samples: .eight(brighter)))
        let report = try scratch.run(["exemplars", "--photos", "photos", "--top", "-o", "b.png"] + unit).value(as: Report.self)
        #expect(report.photographs == 14)
        #expect(report.exemplars.count { ["copy.png", "near.png", first].contains($0.photo) } == 1)

        var vector = [Float](repeating: 0, count: 384)
        vector[5] = 2
        try scratch.save("v.npy", NumPyArray.bytes(shape: [384], values: vector))
        let direction = try scratch.run(["exemplars", "--photos", "photos", "--top", "--layer", "features.9", "--vector", "v.npy", "-o", "c.png"]).value(as: Report.self)
        #expect(direction.exemplars.map(\.photo) == report.exemplars.map(\.photo) && direction.exemplars[0].value == report.exemplars[0].value)
        let words = ["exemplars", "--photos", "photos", "--count", "3", "--top", "-o"]
        let expression = try scratch.run(words + ["d.png", "--objective", "channel(features.9,5)"]).value(as: Report.self)
        let mean = try scratch.run(words + ["e.png", "--by", "mean"] + unit).value(as: Report.self)
        #expect(expression.exemplars.map(\.photo) == mean.exemplars.map(\.photo) && expression.exemplars[0].field == nil)
        #expect(abs(expression.exemplars[0].value - mean.exemplars[0].value) < 1e-4 * mean.exemplars[0].value)
    }

    /// Several channels make a sheet each; a batch draws them.
    @Test func severalChannelsMakeASheetEach() throws {
        try saveCrops(8)
        try scan()
        let told = try scratch.run(["exemplars", "--scan", "net.scan", "--layer", "features.12", "--index", "1-2", "--crop", "mask", "--cell", "48", "-o", "{index}.png"])
        let sheet = try scratch.picture("1.png")
        #expect(told.values.count == 2 && sheet.width > 7 * 48)
        let manifest = "renders:\n  - {command: exemplars, scan: \(scratch("net.scan")), layer: features.12, indices: 1-2, crop: mask, cell: 48, output: \"b{index}.png\"}\n"
        let batch = try Batch(text: manifest, folder: scratch("batch"), sharedSession)
        #expect(batch.mistakes.isEmpty && batch.tasks.count == 2)
    }

    @Test func mistakesAreRefusedInALine() throws {
        try saveCrops(4)
        try scan()
        let own = ["exemplars", "--scan", "net.scan", "-o", "a.png"]
        try scratch.fails(["exemplars", "-o", "a.png"] + unit, .usage, "--scan")
        try scratch.fails(own + ["--index", "5"], .usage, "--layer is missing")
        try scratch.fails(own + ["--layer", "features.3", "--index", "5"], .usage, "has no layer", "features.9")
        try scratch.fails(own + ["--layer", "features.9"], .usage, "--index")
        try scratch.fails(own + ["--layer", "features.9", "--index", "384"], .usage, "0–383")
        try scratch.fails(own + unit + ["--beside", "photos"], .missing, "no picture that lucid drew", "--draw")
        try scratch.fails(own + unit + ["--steps", "3"], .usage, "--draw")
        try scratch.fails(own + unit + ["--csv", "a.png"], .usage, "are one file")
        try scratch.fails(own + ["--objective", "nonsense("], .usage, "--objective")
        try scratch.save("cut.scan", Array(scratch.bytes("net.scan").dropLast(9)))
        try scratch.fails(["exemplars", "--scan", "cut.scan", "-o", "a.png"] + unit, .badData, "cut short")
        try scratch.fails(["exemplars", "--scan", "photos/cat/0.png", "-o", "a.png"] + unit, .badData, "0.png is not a scan")
        try scratch.fails(own + unit + ["--mean", "1,2,3"], .badData, "--mean")
        try scratch.copy(scratch("photos/cat/0.png"), to: "photos/cat/2.png")
        try scratch.fails(own + unit, .badData, "has changed since the scan")
        try FileManager.default.moveItem(atPath: scratch("photos"), toPath: scratch("moved"))
        try scratch.fails(own + unit, .missing, "--photos")
        try scratch.makeFolder("elsewhere")
        try scratch.fails(own + unit + ["--photos", "elsewhere"], .missing, "the photographs of", "are not in")
        #expect(throws: Never.self) { try scratch.run(["exemplars", "--scan", "net.scan", "--photos", "moved", "--count", "1", "--top", "-o", "a.png", "--layer", "features.9", "--index", "7"]) }
    }

    /// A report has photographs, a histogram and classes beside the pictures of the scan's units, and beside no other.
    @Test func aReportShowsWhatAScanSays() throws {
        try saveCrops(12)
        try scan()
        try scratch.draw("channel", ["--layer", "features.9", "--index", "5"], "drawn/a.png")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "drawn/b.png")
        let session = Session(workers: Workers(1))
        let settings = ["folder": [scratch("drawn")], "scan": [scratch("net.scan")], "output": ["-"]]
        let page = try PictureReport(try ReportSettings(given: settings), session: session).html { $0.command }
        #expect(page.components(separatedBy: "<div class=\"evidence\">").count == 2 && page.contains("<svg viewBox="))
        let best = try scratch.run(["exemplars", "--scan", "net.scan", "--top", "-o", "a.png"] + unit).value(as: Report.self).exemplars[0]
        #expect(page.contains("\(best.label!)/\(best.photo) ") && page.contains("classes by mean maximum") && page.contains("12 photographs"))
        let other = settings.merging(["folder": [scratch("none")]]) { $1 }
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "none/b.png")
        let problem = #expect(throws: Problem.self) { try PictureReport(try ReportSettings(given: other), session: session) }
        #expect(problem?.kind == .badData && problem!.message.description.contains("none of the units"))
    }

    /// A direction is whitened by a scan as by the folder, up to what a lattice leaves out.
    @Test func aScanWhitensAsItsFolder() throws {
        try saveCrops(6)
        // Photographs of the size that is seen, of which nothing is cut or scaled.
        let photos = try [Photograph.chelsea, Photograph.coffee].map { try Picture.reading($0).fitted256.croppedToCentre(width: 224, height: 224) }
        for (index, photo) in photos.enumerated() { try scratch.save("photos/\(index).png", photo) }
        try scan()
        let words = ["direction", "--layer", "features.9", "--channels", "5,6", "--size", "32", "--steps", "1", "--whiten"]
        try scratch.run(words + ["net.scan", "-o", "a.png"])
        #expect(try scratch.record("a.png").pictures[0].plan.objective.contains("direction"))
        try scratch.fails(words + ["cut.scan", "-o", "b.png"], .missing, "cut.scan")
    }
}

extension Picture {
    /// Its middle, 256 pixels a side.
    fileprivate var fitted256: Picture {
        resized(width: width * 256 / height, height: 256).croppedToCentre(width: 256, height: 256)
    }
}
