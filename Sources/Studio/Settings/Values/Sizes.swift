import Images
import Networks

/// "224", or "640x480" for width and height, in pixels.
public struct PictureSize: SettingValue {
    /// Columns of pixels, within `sides`.
    public var width: Int
    /// Rows of pixels, within `sides`.
    public var height: Int
    /// One number was given, which is the longer side of whatever keeps its shape.
    public private(set) var isOneSide = false

    /// Pixels on a side that pictures may have.
    public static let sides = 1...1_000_000
    public static let form = "1 to 1000000 pixels, or two such numbers as WIDTHxHEIGHT"

    /// - Parameters: in pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// A square.
    ///
    /// - Parameter side: in pixels.
    public init(side: Int) {
        self.init(width: side, height: side)
        isOneSide = true
    }

    /// A network's size of the picture.
    public init(_ size: Network.Size) { self.init(width: size.width, height: size.height) }

    /// The same for a network.
    public var networkSize: Network.Size { Network.Size(height: height, width: width) }

    public init?(text: String) {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard let width = numbers[0], let height = numbers.last!, numbers.count <= 2,
            Self.sides.contains(width), Self.sides.contains(height)
        else { return nil }
        self.init(width: width, height: height)
        isOneSide = numbers.count == 1
    }

    public var text: String { width == height ? "\(width)" : "\(width)x\(height)" }

    /// The size of what is made of a photograph: the photograph's own; or with this longer side; or exactly this.
    static func ofResult(_ photo: Picture, asked: PictureSize?) -> PictureSize {
        guard let asked else { return PictureSize(width: photo.width, height: photo.height) }
        guard asked.isOneSide else { return asked }
        let scale = Double(asked.width) / Double(max(photo.width, photo.height))
        func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded())) }
        return PictureSize(width: scaled(photo.width), height: scaled(photo.height))
    }
}

/// "2GB", "800MB" or a number of bytes.
public struct MemorySize: SettingValue {
    /// The number of bytes.
    public let bytes: Int

    /// The memory of a dream where nothing is said: the same on every machine, since it decides the tiles.
    public static let standard = MemorySize(bytes: 4_000_000_000)
    /// This machine's, or that of the container that this runs in.
    public static var available: Int { ResourceLimits.memory }
    public static let form = "a size such as 2GB or 800MB"

    /// - Parameter bytes: at least 0.
    public init(bytes: Int) { self.bytes = bytes }

    public init?(text: String) {
        let text = text.uppercased().filter { $0 != " " }
        let units: [(String, Double)] = [
            ("GIB", 1_073_741_824), ("MIB", 1_048_576), ("GB", 1e9), ("MB", 1e6), ("G", 1e9), ("M", 1e6), ("B", 1), ("", 1),
        ]
        let (unit, factor) = units.first { text.hasSuffix($0.0) }!
        guard let number = Double(text.dropLast(unit.count)), number * factor >= 1, number * factor < 1e15 else { return nil }
        bytes = Int(number * factor)
    }

    public var text: String {
        for (unit, name) in [(1_000_000_000, "GB"), (1_000_000, "MB")] where bytes.isMultiple(of: unit) { return "\(bytes / unit)\(name)" }
        return "\(bytes)"
    }
}
