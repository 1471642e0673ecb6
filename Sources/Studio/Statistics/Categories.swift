import Analysis

/// What WordNet has above classes, such as "dog" above a hundred of ImageNet's.
struct Category: Sendable {
    let name: String
    /// Classes of the scan.
    let members: [Int]

    /// Every category of ImageNet's classes: its name and their numbers. Made by scripts/make-categories.py.
    static let all: [(name: String, classes: Set<Int>)] = ReportPage.text(PackageResources.imagenet_categories_txt)
        .split(separator: "\n").map { line in
            let parts = line.split(separator: "\t")
            let ranges = parts[1].split(separator: ",").flatMap { range in
                let ends = range.split(separator: "-").compactMap { Int($0) }
                return Array(ends[0]...ends[ends.count - 1])
            }
            return (String(parts[0]), Set(ranges))
        }

    /// The categories of a scan's classes that have photographs enough, in them and beside them; each with two classes at least.
    ///
    /// - Parameter numbers: ImageNet's number of each class of the scan; nil where it is none of ImageNet's.
    static func found(among numbers: [Int?], _ photographs: PhotographClasses) -> [Category] {
        var seen: Set<[Int]> = []
        return all.reversed().compactMap { name, classes in
            let members = numbers.indices.filter { numbers[$0].map(classes.contains) ?? false && photographs.counts[$0] > 0 }
            // Of those with the same photographs the narrowest says the most.
            guard members.count > 1, photographs.isTested(members), seen.insert(members).inserted else { return nil }
            return Category(name: name, members: members)
        }
    }
}
