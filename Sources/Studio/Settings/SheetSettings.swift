/// The words on a sheet of pictures.
public struct SheetSettings: SettingGroup {
    /// The title over a sheet; nil for the network and the unit.
    public var title: String?
    /// Whether numbers and scores under the pictures are left out.
    public var noCaptions = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("title", \.title, "text", "The title over a sheet of pictures. (default: the network and the unit)")
        Setting("no-captions", flag: \.noCaptions, "Leave the number and the score under each picture of a sheet out, and the title if none is given.")
    }

    /// Where there is no sheet.
    func refuse() throws(Problem) {
        try Self.refuse("for sheets of several pictures", among: [("title", title != nil), ("no-captions", noCaptions)])
    }

    /// The title of a sheet; nil for none.
    ///
    /// - Parameter usual: where nothing is said.
    func title(_ usual: String) -> String? {
        let title = title ?? (noCaptions ? "" : usual)
        return title.isEmpty ? nil : title
    }
}
