import Files
import Images

/// Comparisons as a JUnit XML file, which Jenkins, GitLab, Azure and others show: a test for each picture.
struct JUnitReport {
    /// The test suite's name.
    let suite: String
    let comparisons: [PictureComparison]
    /// Whether golden pictures were changed, so that a difference is no failure.
    let isUpdate: Bool

    /// Whether a file holds an earlier report of the same suite.
    static func isOf(suite: String, file path: String) -> Bool {
        guard let bytes = try? StandardInput.bytes(of: path) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("<testsuites name=\"lucid diff\" ") && text.contains("<testsuite name=\"\(escaped(suite))\" ")
    }

    var xml: String {
        let failures = comparisons.count { [.different, .missing, .extra].contains($0.result) && !isUpdate }
        let errors = comparisons.count { $0.result == .unreadable }
        let skipped = comparisons.count { $0.result == .missing && isUpdate }
        let time = "time=\"\(rounded(comparisons.reduce(0) { $0 + $1.seconds }, 3))\""
        let counts = "tests=\"\(comparisons.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
        let head = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"lucid diff\" \(counts) \(time)>",
            "  <testsuite name=\"\(Self.escaped(suite))\" \(counts) skipped=\"\(skipped)\" \(time)>",
        ]
        return (head + comparisons.map(testCase) + ["  </testsuite>", "</testsuites>", ""]).joined(separator: "\n")
    }

    private func testCase(_ comparison: PictureComparison) -> String {
        let name = Self.escaped(FileName.shown(comparison.files.name))
        let head = "    <testcase classname=\"lucid.diff\" name=\"\(name)\" time=\"\(rounded(comparison.seconds, 3))\""
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

    /// Text for XML 1.0, in quotes too. Control characters, which it cannot hold, become U+FFFD.
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
