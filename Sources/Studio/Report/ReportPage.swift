import Files
import FoundationEssentials
import Images

/// The page of a report: pictures by model and layer in one HTML file that needs nothing else.
struct ReportPage {
    let title: String
    /// In the order of the page.
    let entries: [ReportEntry]
    /// Pictures in the folder that carry no record.
    let skipped: Int
    /// The relative path from the page's folder to that of the pictures: "", or such as "../pictures/".
    let pathToPictures: String
    /// Spells a command as a shell reads it.
    let commandLine: (PlanCommand) -> String

    /// The file's text: Resources/report.html, filled in.
    var html: String {
        Self.fill(
            Self.text(PackageResources.report_html),
            [
                "version": version, "title": Self.escaped(title), "count": count, "pictures": sections, "plans": plans,
                "style": Self.style(PackageResources.report_css), "script": Self.script(PackageResources.report_js),
            ])
    }

    /// Puts values in the place of their {{names}}. What stands in a value is left as it is.
    static func fill(_ template: String, _ values: [String: String]) -> String {
        var (page, rest) = ("", template[...])
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = String(rest[open.upperBound..<close.lowerBound])
            guard let value = values[name] else { preconditionFailure("the page's template names \(name), which has no value") }
            page += rest[..<open.lowerBound] + value
            rest = rest[close.upperBound...]
        }
        return page + rest
    }

    static func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }

    /// A page's style and script, each after what all pages have.
    static func style(_ own: [UInt8]) -> String { text(PackageResources.page_css) + text(own) }
    static func script(_ own: [UInt8]) -> String { text(PackageResources.page_js) + text(own) }

    private var count: String {
        let pictures = counted(entries.count, "picture")
        return pictures + (skipped > 0 ? ", \(skipped) others left out" : "")
    }

    /// A section for each model, and within it one for each group.
    private var sections: String {
        var html = ""
        var previous: ReportEntry?
        for (place, entry) in entries.enumerated() {
            let isNewModel = entry.model != previous?.model
            if isNewModel || entry.group != previous?.group {
                if previous != nil { html += isNewModel ? "</div></section></section>\n" : "</div></section>\n" }
                if isNewModel { html += "<section class=\"model\"><h2>\(Self.escaped(entry.model))</h2>\n" }
                html += "<section class=\"group\"><h3>\(Self.escaped(entry.group))</h3><div class=\"grid\">\n"
            }
            html += figure(entry, place)
            previous = entry
        }
        return html + "</div></section></section>\n"
    }

    private func figure(_ entry: ReportEntry, _ place: Int) -> String {
        let isClear = entry.isTransparent ? " class=\"clear\"" : ""
        let index = entry.index.map { " data-index=\"\($0)\"" } ?? ""
        let order = entry.score.map { $0.isFinite ? " data-score=\"\($0)\"" : "" } ?? ""
        let address = Self.escaped(Self.address(of: pathToPictures + entry.file))
        let (title, group) = (Self.escaped(entry.title), Self.escaped(entry.group))
        let data = "data:\(entry.embedded.type);base64,\(Data(entry.embedded.bytes).base64EncodedString())"
        let state = entry.isComplete ? "" : " <em>incomplete</em>"
        let score = entry.score.map { short($0) } ?? ""
        let unit = entry.score == nil ? "" : " <small>\(Self.escaped(entry.record.pictures[0].plan.measure))</small>"
        return "<figure\(isClear) data-place=\"\(place)\"\(index)\(order)><a href=\"\(address)\">"
            + "<img loading=\"lazy\" decoding=\"async\" width=\"\(entry.width)\" height=\"\(entry.height)\""
            + " alt=\"\(title) of \(group)\" src=\"\(data)\"></a>"
            + "<figcaption><span>\(title)\(state)</span> <b>\(score)</b>\(unit)</figcaption>\(entry.evidence?.html(of: title) ?? "")</figure>\n"
    }

    /// The pictures' details as JSON for the script, in the order of the page.
    private var plans: String {
        struct Plan: Encodable {
            let file: String
            let title: String
            let details: [[String]]
            let command: String
        }
        let plans = entries.map { entry in
            Plan(
                file: entry.file, title: "\(entry.model) · \(entry.group) · \(entry.title)",
                details: entry.details.map { [$0.name, $0.value] }, command: commandLine(entry.command))
        }
        // Nothing in it may end the script.
        return json(plans).replacing("<", with: "\\u003c").replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
    }

    /// Text for HTML, inside elements and quoted attributes.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }

    /// A file's address, relative to the page.
    static func address(of file: String) -> String {
        "./" + FileName.bytes(of: file).map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~/".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
