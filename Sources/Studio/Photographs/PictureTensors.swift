import Files
import Images
import Networks
import Tensors

extension Picture {
    /// A drawn picture: grey, RGB, or these with an opacity; of other numbers of channels the planes side by side.
    init(_ image: Tensor, colours: Int, depth: BitDepth = .eight) {
        let shape = image.shape
        let elements = image.elements
        func plane(_ channel: Int) -> [Float] { Array(elements[channel * shape.area..<(channel + 1) * shape.area]) }
        switch (colours, shape.channels - colours) {
        case (1, 0), (3, 0), (3, 1):
            self.init(planes: elements, channels: shape.channels, width: shape.width, height: shape.height, bitDepth: depth)
        case (1, 1):
            self.init(planes: plane(0) + plane(0) + plane(0) + plane(1), channels: 4, width: shape.width, height: shape.height, bitDepth: depth)
        default:
            self = ContactSheet.compose(
                (0..<shape.channels).map {
                    Picture(planes: plane($0), channels: 1, width: shape.width, height: shape.height, bitDepth: depth)
                })
        }
    }
}

extension Picture {
    /// A picture of a photograph's colours, or of other channels where there was no photograph.
    static func made(_ image: Tensor, opacity: Tensor?, depth: BitDepth = .eight) -> Picture {
        let channels = image.shape.channels
        return channels == 1 || channels == 3
            ? Picture(image, opacity: opacity, depth: depth) : Picture(image, colours: channels)
    }

    /// SHA-256 of the samples.
    var digest: String {
        switch samples {
        case .eight(let values): sha256(of: values)
        case .sixteen(let values): sha256(of: values.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
        }
    }

    /// The opacity as a plane, `[1, height, width]`; nil for a picture without.
    var opacity: Tensor? { alphaPlane().map { Tensor(Shape(1, height, width), $0) } }

    /// A picture `[channels, height, width]` of one channel or three, with a photograph's opacity.
    init(_ picture: Tensor, opacity: Tensor?, depth: BitDepth = .eight) {
        let shape = picture.shape
        let planes = picture.elements
        if let opacity {
            let colours = shape.channels == 1 ? planes + planes + planes : planes
            self.init(
                planes: colours + opacity.elements, channels: 4, width: shape.width, height: shape.height, bitDepth: depth)
        } else {
            self.init(planes: planes, channels: shape.channels, width: shape.width, height: shape.height, bitDepth: depth)
        }
    }
}
