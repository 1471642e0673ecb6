extension ForeignFormat {
    /// HEIC and AVIF (ISO/IEC 23008-12): the properties of the file's primary picture, in the order in which it has them.
    static func heifTags(_ file: BigEndianReader) -> (tags: PictureTags, size: (width: Int, height: Int)?) {
        var (tags, size) = (PictureTags(), (width: Int, height: Int)?.none)
        guard let meta = file.box("meta")?.tail(4), let primary = meta.box("pitm"), let properties = meta.box("iprp"),
            let kept = properties.box("ipco")?.boxes, let associations = properties.box("ipma"),
            let item = primary.byte(0) == 0 ? primary.word(4) : primary.long(4)
        else { return (tags, nil) }
        var hasProfile = false
        for index in propertyNumbers(of: item, associations) where index > 0 && index <= kept.count {
            let (name, contents) = kept[index - 1]
            switch name {
            case "ispe":
                if let width = contents.long(4), let height = contents.long(8) { size = (width, height) }
            case "irot":
                // Quarters to the left.
                if let quarters = contents.byte(0), quarters & 3 > 0 { tags.turns.append([8, 3, 6][quarters & 3 - 1]) }
            case "imir":
                if let axis = contents.byte(0) { tags.turns.append(axis & 1 == 0 ? 4 : 2) }
            case "colr":
                if ["prof", "rICC"].contains(contents.name(0)), let profile = contents.tail(4) {
                    (tags.colors, hasProfile) = (.profile(Array(profile.bytes)), true)
                } else if contents.name(0) == "nclx", !hasProfile, let primaries = contents.word(4), let curve = contents.word(6) {
                    tags.colors = ColorTag(primaries: primaries, curve: curve)
                }
            default: break
            }
        }
        return (tags, size)
    }

    /// The box "ipma": which properties each item has, counted from 1.
    private static func propertyNumbers(of item: Int, _ box: BigEndianReader) -> [Int] {
        guard let version = box.byte(0), let flags = box.byte(3), let count = box.long(4) else { return [] }
        let (nameWidth, width) = (version < 1 ? 2 : 4, flags & 1 == 1 ? 2 : 1)
        var place = 8
        for _ in 0..<count {
            guard let name = box.number(place, nameWidth), let properties = box.byte(place + nameWidth) else { break }
            place += nameWidth + 1
            if name == item {
                // The highest bit says that the property must be understood.
                return (0..<properties).compactMap { box.number(place + $0 * width, width).map { $0 & (width == 2 ? 0x7FFF : 0x7F) } }
            }
            place += properties * width
        }
        return []
    }
}
