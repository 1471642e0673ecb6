import Files
import FoundationEssentials
import Images
import Networks

/// Where a sheet has the pictures of a layer's channels.
public struct IconSheet: Sendable, Codable, Equatable {
    /// The sheet, a photograph's name in the plan.
    public var picture: String
    /// For each channel the left edge, upper edge, width and height of its picture, in pixels.
    public var places: [Int: [Int]]

    /// A sheet's index, as far as it matters here.
    private struct Index: Decodable {
        struct Entry: Decodable {
            let layer: String?
            let index: Int?
            let x: Int
            let y: Int
            let width: Int
            let height: Int
        }
        let sheet: String?
        let pictures: [Entry]
    }

    /// Reads the index of a sheet of channels, and takes the sheet in.
    ///
    /// - Parameters:
    ///   - path: the index, such as `sheet.json`.
    ///   - layer: the layer whose channels are looked for.
    init(_ path: String, of layer: LayerName, in model: Model, _ photographs: inout Photographs) throws(Problem) {
        let bytes = try StandardInput.bytes(of: path)
        guard let index = try? JSONDecoder().decode(Index.self, from: Data(bytes)) else {
            throw .badData("\(path) is no index of a sheet; `lucid sheet` writes one beside each sheet", setting: "icons")
        }
        places = [:]
        for entry in index.pictures {
            guard let name = entry.layer, let channel = entry.index, (try? model.network.layer(named: name)) == layer else { continue }
            places[channel] = [entry.x, entry.y, entry.width, entry.height]
        }
        guard !places.isEmpty else {
            throw .usage("\(path) lists no pictures of \(layer)'s channels; draw them with `lucid sheet`", setting: "icons")
        }
        let sheets = index.sheet.map { [OutputNames.beside(path, $0)] } ?? OutputNames.figureEndings.map { OutputNames.path(path, ending: $0) }
        guard let sheet = sheets.first(where: { isFile($0) }) else {
            throw Problem(.missing, "\(path): its sheet is not beside it", setting: "icons", file: path)
        }
        picture = try photographs.adding(sheet)
    }

    /// The picture of a channel; nil where the sheet has none.
    func icon(of channel: Int, on sheet: Picture) -> Picture? {
        guard let place = places[channel], place.count == 4, place[0] >= 0, place[1] >= 0, place[2] > 0, place[3] > 0,
            place[0] <= sheet.width - place[2], place[1] <= sheet.height - place[3]
        else { return nil }
        return sheet.cropped(left: place[0], top: place[1], width: place[2], height: place[3])
    }
}
