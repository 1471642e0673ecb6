import Files
import FoundationEssentials
import Networks

/// The names of classes in a file: a name a line; a .csv with the classes' numbers and their names; or JSON, such as
/// ImageNet's imagenet_class_index.json.
enum ClassList {
    /// The names in the order of the classes' numbers.
    ///
    /// - Parameter count: the network's classes.
    static func names(ofFile path: String, count: Int) throws(WeightsError) -> [String] {
        let lines: [String]
        do { lines = try InputFile.lines(of: path) } catch { throw WeightsError(error) }
        let first = lines.lazy.compactMap { $0.first { !$0.isWhitespace } }.first
        let names: [String]
        if first == "{" || first == "[" {
            guard let found = json(lines.joined(separator: "\n")) else {
                throw WeightsError(
                    file: path, reason: "is no JSON list of names, nor a map of the numbers from 0 to names or to lists that end with one")
            }
            names = found
        } else if path.lowercased().hasSuffix(".csv") {
            guard let found = table(lines.filter { !$0.isEmpty }.map(CSV.fields)) else {
                throw WeightsError(file: path, reason: "does not have each number from 0 once in its first column, with a name in the last")
            }
            names = found
        } else {
            names = lines
        }
        guard names.count == count else {
            throw WeightsError(file: path, reason: "names \(names.count) classes, but the network has \(count); it needs a name for each")
        }
        return names
    }

    private static func json(_ text: String) -> [String]? {
        let (data, decoder) = (Data(text.utf8), JSONDecoder())
        if let names = try? decoder.decode([String].self, from: data) { return names }
        if let names = try? decoder.decode([String: String].self, from: data) { return inOrder(names.map { ($0, $1) }) }
        // ["n01440764", "tench"]: a WordNet number before the name.
        guard let rows = try? decoder.decode([String: [String]].self, from: data) else { return nil }
        return inOrder(rows.map { ($0, $1.last ?? "") })
    }

    private static func table(_ rows: [[String]]) -> [String]? {
        if rows.allSatisfy({ $0.count == 1 }) { return rows.map { $0[0] } }
        // The first row may be a heading.
        let numbered = rows.first.map { Int($0[0]) == nil } ?? false ? Array(rows.dropFirst()) : rows
        return inOrder(numbered.map { ($0[0], $0.last!) })
    }

    private static func inOrder(_ names: [(number: String, name: String)]) -> [String]? {
        var found = [String?](repeating: nil, count: names.count)
        for (number, name) in names {
            guard let index = Int(number), found.indices.contains(index), found[index] == nil else { return nil }
            found[index] = name
        }
        return found.compactMap { $0 }
    }
}
