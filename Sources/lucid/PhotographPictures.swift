import Files
import Images
import Networks
import Tensors

extension Picture {
    /// `[3, height, width]`, or of a grey network `[1, height, width]`, in 0…1, over grey where it is transparent.
    ///
    /// - Throws: 64 for a network that sees neither.
    func tensor(channels: Int, name: String) throws(Failure) -> Tensor {
        try PictureSource.planes(composited(over: 0.5), channels: channels, name)
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
}

/// The extents of a result made of a photograph: its own; or with the longer side as asked for; or exactly as asked for.
struct ResultSize: Equatable {
    let width: Int
    let height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter asked: nil for the photograph's own.
    init(of photo: Picture, asked: PictureSize?) {
        switch asked {
        case nil: (width, height) = (photo.width, photo.height)
        case let asked? where asked.isOneSide:
            let scale = Double(asked.width) / Double(max(photo.width, photo.height))
            width = max(1, Int((Double(photo.width) * scale).rounded()))
            height = max(1, Int((Double(photo.height) * scale).rounded()))
        case let asked?: (width, height) = (asked.width, asked.height)
        }
    }
}
