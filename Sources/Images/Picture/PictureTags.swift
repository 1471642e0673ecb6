/// A file's words about its samples, beside their values.
struct PictureTags {
    /// nil for sRGB.
    var colors: ColorTag?
    /// How the picture is turned upright, one turn after the other, each as EXIF counts: 1 is upright.
    var turns: [Int] = []

    /// The orientation that EXIF data ask for, with or without the marker ahead of them.
    mutating func read(exif: ArraySlice<UInt8>) {
        let marker = "Exif\0\0".utf8
        if let turn = TIFFDirectory(exif.starts(with: marker) ? exif.dropFirst(marker.count) : exif)?.orientation { turns = [turn] }
    }

    /// The samples of a file as a picture in sRGB that stands upright.
    func applied(to picture: Picture, name: String) -> Picture {
        turns.reduce(picture.inSRGB(from: colors, name: name)) { $0.upright(from: $1) }
    }
}
