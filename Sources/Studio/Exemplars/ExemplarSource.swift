import Analysis
import Files
import Images
import Networks
import Tensors

/// The photographs that exemplars are chosen among: those of a scan, or of a folder.
struct ExemplarSource {
    let paths: [String]
    /// Relative to the folder.
    let names: [String]
    let scan: ScanFile?
    /// What is said of folders and files among them that cannot be read.
    private let unreadable: [Message]
    private let maximumPixels: Int

    init(scan path: String?, photos: String?, maximumPixels: Int) throws(Problem) {
        self.maximumPixels = maximumPixels
        guard let path else {
            let photographs = try ScanPhotographs(photos ?? ".", classes: nil)
            (names, scan, unreadable) = (photographs.names, nil, photographs.notes)
            paths = photographs.names.indices.map(photographs.path)
            return
        }
        let scan = try ScanFile(path)
        let names = try scan.names()
        let folder = scan.description.plan.folder
        // The scan knows the folder's own name, not where it lies.
        let places = photos.map { [$0] } ?? [folder, OutputNames.beside(path, folder), ".", OutputNames.beside(path, "")].filter { !$0.isEmpty }
        guard let first = names.first, let place = places.first(where: { isFile(FileName.join($0, first)) }) else {
            let missing: Message = "the photographs of \(path) are not in \(places.first ?? ".")"
            throw Problem(.missing, photos == nil ? "\(missing); say with \(setting: "photos") where they are" : missing, setting: "photos")
        }
        (self.scan, self.names, unreadable) = (scan, names, [])
        paths = names.map { FileName.join(place, $0) }
    }

    /// What is known of each photograph that can be read.
    struct Values {
        /// Places in `paths`.
        var photographs: [Int] = []
        var values: [Float] = []
        var digests: [[UInt8]] = []
        var thumbnails: [Int64] = []
        /// The value that 99 % of positions lie below.
        var threshold: Float?
        var notes: [Message] = []
    }

    /// The share of positions that a mask hides.
    private static let maskedShare = 0.99

    /// A channel's values from the scan.
    func values(_ scan: ScanFile, _ layer: LayerName, channel: Int, byMean: Bool) throws(Problem) -> Values {
        let index = try scan.index(of: layer)
        let halves: [Float16] = try scan.column(byMean ? "means" : "maxima", of: index, channel: channel)
        let kind = byMean ? "best_by_mean" : "best_by_maximum"
        let best: [Int32] = try scan.row("\(kind)/photographs", of: index, channel: channel)
        let exact: [Float] = try scan.row("\(kind)/values", of: index, channel: channel)
        // Of the best the values are exact; no other is above the last of them.
        var values = halves.map { min(Float($0), exact.last ?? .infinity) }
        guard best.allSatisfy({ values.indices.contains(Int($0)) }), values.count == names.count else {
            throw .badData("\(scan.path) is damaged: it names photographs that it does not have", setting: "scan")
        }
        for (photograph, value) in zip(best, exact) { values[Int(photograph)] = value }
        // Equal ones of the others stand behind the last of the best.
        let isBest = Set(best)
        for index in values.indices where !isBest.contains(Int32(index)) && values[index] == exact.last { values[index] = values[index].nextDown }
        let digests: [UInt8] = try scan.values("photographs/sha256")
        return Values(
            photographs: Array(values.indices), values: values, digests: values.indices.map { Array(digests[$0 * 32..<$0 * 32 + 32]) },
            thumbnails: try scan.values("photographs/thumbnails"),
            threshold: Float(try scan.quantile(Self.maskedShare, layer: index, channel: channel)))
    }

    /// A unit's values for every photograph, which the network is shown for that.
    func values(_ unit: ExemplarUnit, _ session: Session, _ progress: @Sendable () -> Void) throws(Problem) -> Values {
        struct Found {
            let value: Float
            let map: [Float]
            let digest: [UInt8]
            let thumbnail: Int64
        }
        var (found, broken, positions) = (Values(), [Problem](), [Float]())
        let most = 4_000_000  // positions that the quantile is taken of
        for start in stride(from: 0, to: paths.count, by: ScanPlan.block) {
            if session.isCancelled() { throw .interrupted }
            let block = start..<min(start + ScanPlan.block, paths.count)
            let results = Results<Result<Found, Problem>>(count: block.count)
            session.workers.forEach(block.count) { place in
                let path = paths[block.lowerBound + place]
                results[place] = Result { () throws(Problem) in
                    do throws(Problem) {
                        let bytes = try StandardInput.bytes(of: path)
                        let square = ClassifiedSquare(try Picture.decoding(bytes, name: path, maximumPixels: maximumPixels), unit.model).picture
                        let answer = unit(try square.tensor(channels: unit.model.network.inputChannels, name: path), workers: .one)
                        return .success(
                            Found(value: answer.value, map: answer.map?.elements ?? [], digest: sha256Bytes(of: bytes), thumbnail: square.thumbnailHash))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for (place, result) in try results.values().enumerated() {
                switch result {
                case .failure(let problem): broken.append(problem)
                case .success(let answer):
                    let path = paths[block.lowerBound + place]
                    guard answer.value.isFinite else { throw Problem(.failed, "\(unit.model.name) answers \(path) with a number that is not finite") }
                    found.photographs.append(block.lowerBound + place)
                    found.values.append(answer.value)
                    found.digests.append(answer.digest)
                    found.thumbnails.append(answer.thumbnail)
                    if positions.count < most { positions += answer.map }
                }
            }
            progress()
        }
        let folder = FileName.split(paths[0]).folder
        try PictureFolder.refuse(broken, ifAllOf: paths.count, in: folder)
        found.notes = unreadable + PictureFolder.lines(of: broken, among: paths.count, in: folder)
        if !positions.isEmpty {
            positions.sort()
            // Something is above it, however few positions there are.
            found.threshold = positions[max(0, min(positions.count - 2, Int(Self.maskedShare * Double(positions.count))))]
        }
        return found
    }
}
