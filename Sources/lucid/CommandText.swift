import Studio

extension PlanCommand {
    /// The command as a shell reads it, to be copied: `lucid channel --layer features.3 --index 5`.
    var commandLine: String {
        let options = settings.flatMap { $0.text.isEmpty ? ["--\($0.name)"] : ["--\($0.name)", $0.text] }
        return (["lucid", command] + options + arguments).map(Self.quoted).joined(separator: " ")
    }

    /// A word in quotes, unless it is plain.
    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./=:,+@%".unicodeScalars.contains(scalar))
        }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
