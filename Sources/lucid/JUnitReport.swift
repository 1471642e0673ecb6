import Files
import Images

/// Comparisons as an XML file of JUnit's kind, which Jenkins, GitLab, Azure and others show: a test a picture.
struct JUnitReport {
    /// What the tests belong to.
    let suite: String
    let cases: [(comparison: PictureComparison, seconds: Double)]
    /// Whether golden pictures were changed, so that a difference is no failure.
    let isUpdate: Bool

    var xml: String {
        let failures = cases.count { [.different, .missing, .extra].contains($0.comparison.result) && !isUpdate }
        let errors = cases.count { $0.comparison.result == .unreadable }
        let skipped = cases.count { $0.comparison.result == .missing && isUpdate }
        let time = rounded(cases.reduce(0) { $0 + $1.seconds }, 3)
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(time)\""
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"lucid diff\" \(counts.replacing(" skipped=\"\(skipped)\"", with: ""))>",
            "  <testsuite name=\"\(Self.escaped(suite))\" \(counts)>",
        ]
        for entry in cases { lines.append(testCase(entry.comparison, entry.seconds)) }
        lines += ["  </testsuite>", "</testsuites>", ""]
        return lines.joined(separator: "\n")
    }

    private func testCase(_ comparison: PictureComparison, _ seconds: Double) -> String {
        let name = Self.escaped(FileName.shown(comparison.files.name))
        let head = "    <testcase classname=\"lucid.diff\" name=\"\(name)\" time=\"\(rounded(seconds, 3))\""
        let words = Self.escaped(comparison.line)
        func holding(_ element: String) -> String { "\(head)>\n      \(element)\n    </testcase>" }
        switch comparison.result {
        case .unreadable:
            return holding("<error message=\"\(words)\" type=\"unreadable\"/>")
        case .missing where isUpdate:
            return holding("<skipped message=\"\(words)\"/>")
        case .different, .missing, .extra:
            return holding("<failure message=\"\(words)\" type=\"\(comparison.result.rawValue)\">\(words)</failure>")
        case .updated, .added:
            return holding("<system-out>\(words)</system-out>")
        case .same:
            return head + "/>"
        }
    }

    /// Text as XML 1.0 can hold it, in quotes too. What it has no way to say becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
