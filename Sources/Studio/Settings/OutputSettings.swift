import Images

/// Where pictures go.
public struct OutputSettings: SettingGroup {
    /// A file, a folder, or "-" for standard output; {model} and the like expand. Nil for the usual name.
    public var output: String?
    /// Quality of a JPEG, 1…100; nil for the usual one.
    public var quality: Int?
    /// Bits of a sample; nil for those of a photograph, or else 8.
    public var depth: Int?
    /// Steps after which the picture is kept as well, from 1; nil for none.
    public var saveAt: StepList?
    /// A .gif, a .mp4, a folder or a sheet that keeps how the picture came about; nil for none.
    public var evolution: String?
    /// The extents that the finished picture is written in; nil for its own.
    public var outputSize: PictureSize?
    /// For requests that can make sheets.
    public var sheet = SheetSettings()

    /// The quality of a JPEG where none is asked for.
    public static let standardQuality = 95

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("output", \.output, "path", "A file, a folder, or - for standard output; a file is a \(listed(OutputNames.usualPictureEndings)), one of several pictures also an .svg or .pdf, one of all its channels' values an .npy; {model} {layer} {index} {seed} expand, {{ is a brace itself. (default: MODEL_LAYER_INDEX.png)").writing()
        Setting("quality", \.quality, "q", "Quality of a JPEG, 1 to 100. (default: \(standardQuality))", .from(1, to: 100))
        Setting("depth", \.depth, "bits", "Bits of a sample, 8 or 16, in a .png or .tif. (default: a photograph's own, otherwise 8)", .from(8, to: 16))
        Setting("save-at", \.saveAt, "steps", "Also keep the picture after these steps, from 1, e.g. 32,128,512.")
        Setting("evolution", \.evolution, "path", "Keep how the picture came about: frames in a .gif, a .mp4 (by ffmpeg) or a folder, or twelve stages on a \(listed(OutputNames.usualFigureEndings)).").writing()
        Setting("output-size", \.outputSize, "n", "Write the finished picture in this size; for the canvas cppn, which has no pixels of its own.")
    }

    public func check() throws(Problem) {
        if output == "" { throw .usage("\(setting: "output") is empty") }
        if let output { try OutputNames.check(template: output, setting: "output") }
        if let evolution { try OutputNames.check(template: evolution, setting: "evolution") }
        if quality != nil, PictureFormat(fileName: output ?? "")?.codec.isLossy != true {
            throw .usage("\(setting: "quality") is for JPEG; name a .jpg with \(setting: "output")")
        }
        if let depth {
            guard let bits = Picture.BitDepth(rawValue: depth) else { throw .value(of: "depth", "8 or 16", "\(depth)") }
            if let output, OutputNames.isArray(output) {
                throw .usage("\(setting: "depth") is for pictures; \(output) holds floats", setting: "depth")
            }
            if bits == .sixteen, PictureFormat(fileName: output ?? "")?.codec.isLossy == true {
                throw .usage("\(setting: "depth") 16 is more than a JPEG holds; name a .png or .tif with \(setting: "output")")
            }
        }
        if output == "-", saveAt != nil {
            throw .usage("standard output takes one picture; \(setting: "save-at") keeps several")
        }
    }

    /// The quality of a file of this name; nil for a format without losses.
    ///
    /// - Parameter recorded: that of a picture that is made again.
    func quality(of path: String, recorded: Int? = nil) -> Int? {
        PictureFormat(fileName: path)?.codec.isLossy == true ? quality ?? recorded ?? Self.standardQuality : nil
    }
}
