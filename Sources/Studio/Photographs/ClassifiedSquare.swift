import Images
import Networks
import Tensors

/// The middle of a photograph as a network classifies it, and where that lies in the photograph.
struct ClassifiedSquare {
    /// The square, opaque, in the network's size.
    let picture: Picture
    /// Where its left edge lies in the photograph, in the photograph's pixels.
    let left: Double
    /// Where its upper edge lies.
    let top: Double
    /// Its sides, in the photograph's pixels.
    let width: Double
    let height: Double

    /// Sides of the square that are scaled of a longer side at most: a strip's far ends would be scaled only to be cut off.
    private static let longestStrip = 8.0

    init(_ photo: Picture, _ model: Model) {
        let preprocessing = model.preprocessing
        let crop = preprocessing.crop
        // A picture of just the size that an imported network takes is seen as it is.
        if !model.hasItsOwnPreprocessing, photo.width == crop, photo.height == crop {
            (picture, left, top, width, height) = (photo.composited(over: 1), 0, 0, Double(crop), Double(crop))
            return
        }
        let scale = Double(preprocessing.resize) / Double(min(photo.width, photo.height))
        let reach = Int((Self.longestStrip * Double(crop) / scale).rounded(.up))
        let middle = photo.croppedToCentre(width: min(photo.width, reach), height: min(photo.height, reach))
        let resized = middle.resized(
            width: max(crop, Int(Double(middle.width) * scale)), height: max(crop, Int(Double(middle.height) * scale)))
        picture = resized.croppedToCentre(width: crop, height: crop).composited(over: 1)
        let (across, down) = (Double(middle.width) / Double(resized.width), Double(middle.height) / Double(resized.height))
        func start(_ whole: Int, _ part: Int) -> Double { Double(Picture.margin(of: whole - part)) }
        left = start(photo.width, middle.width) + start(resized.width, crop) * across
        top = start(photo.height, middle.height) + start(resized.height, crop) * down
        (width, height) = (Double(crop) * across, Double(crop) * down)
    }
}
