/// Values with commas between them (RFC 4180).
public enum CSV {
    /// The fields of a line: a field in quotation marks may hold commas, and a doubled mark is one.
    public static func fields(_ line: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        var before: Character?
        for character in line {
            if character == "\"" {
                if before == "\"", !isQuoted { fields[fields.count - 1].append(character) }
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
            before = character
        }
        return fields.map { String($0.drop { $0 == " " }) }
    }

    /// A line of fields with its line feed; those that need quotation marks get them.
    public static func line(_ fields: [String]) -> String {
        fields.map { field in
            let needsMarks = field.first == " " || field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            return needsMarks ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : field
        }.joined(separator: ",") + "\n"
    }
}
