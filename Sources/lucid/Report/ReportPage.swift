import Files
import FoundationEssentials
import Images

/// The page of a report: pictures by model and layer in one HTML file that needs nothing else.
struct ReportPage {
    let title: String
    /// In the order that they are shown.
    let entries: [ReportEntry]
    /// Pictures in the folder that lucid did not draw.
    let skipped: Int
    /// The way from the page's folder to that of the pictures, "" or such as "../pictures/".
    let way: String

    /// The page's text.
    var html: String {
        var page = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="lucid \(LucidCommand.version)">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <title>\(Self.escaped(title))</title>
            <style>
            \(ReportStyle.css)
            </style>
            </head>
            <body>
            <a class="skip" href="#pictures">To the pictures</a>
            <header>
            <div class="title"><h1>\(Self.escaped(title))</h1><p id="count" role="status">\(counts)</p></div>
            <form id="tools" role="search" hidden>
            <label>Search <input id="search" type="search" placeholder="layer, number or word" autocomplete="off"></label>
            <label>Sort <select id="sort"><option value="place">by name</option><option value="high">highest score first</option><option value="low">lowest score first</option></select></label>
            <button id="theme" type="button" aria-label="Light or dark">◐</button>
            </form>
            </header>
            <main id="pictures">

            """
        var (model, group) = ("", "")
        for (place, entry) in entries.enumerated() {
            if place == 0 || entry.model != model {
                page += place == 0 ? "" : "</div></section></section>\n"
                page += "<section class=\"model\"><h2>\(Self.escaped(entry.model))</h2>\n"
                page += Self.opening(entry.group)
            } else if entry.group != group {
                page += "</div></section>\n" + Self.opening(entry.group)
            }
            (model, group) = (entry.model, entry.group)
            page += figure(entry, place)
        }
        page += """
            </div></section></section>
            <p id="nothing" hidden>No picture is like that.</p>
            </main>
            <aside id="plan" hidden></aside>
            <dialog id="large" aria-label="Picture">
            <div class="stage"><button id="before" type="button" aria-label="The picture before">‹</button><img id="shown" alt=""><button id="after" type="button" aria-label="The next picture">›</button></div>
            <div class="words"><h2 id="name"></h2><dl id="details"></dl><pre id="command"></pre><p><button id="copy" type="button">Copy command</button> <a id="file">Open the file</a> <button id="close" type="button">Close</button></p></div>
            </dialog>
            <script type="application/json" id="plans">\(plans)</script>
            <script>
            \(ReportScript.javaScript)
            </script>
            </body>
            </html>

            """
        return page
    }

    private var counts: String {
        let pictures = entries.count == 1 ? "1 picture" : "\(entries.count) pictures"
        return pictures + (skipped > 0 ? ", \(skipped) others left out" : "")
    }

    private static func opening(_ group: String) -> String {
        "<section class=\"group\"><h3>\(escaped(group))</h3><div class=\"grid\">\n"
    }

    private func figure(_ entry: ReportEntry, _ place: Int) -> String {
        let data = Data(entry.bytes).base64EncodedString()
        let score = entry.score.map { short($0) } ?? ""
        let state = entry.isComplete ? "" : " <em>incomplete</em>"
        let number = entry.index.map { " data-index=\"\($0)\"" } ?? ""
        let order = entry.score.map { $0.isFinite ? " data-score=\"\($0)\"" : "" } ?? ""
        return """
            <figure\(entry.isTransparent ? " class=\"clear\"" : "") data-place="\(place)"\(number)\(order)><a href="\(Self.escaped(Self.link(way + entry.file)))"><img loading="lazy" decoding="async" width="\(entry.width)" height="\(entry.height)" alt="\(Self.escaped(entry.title)) of \(Self.escaped(entry.group))" src="data:\(entry.type);base64,\(data)"></a><figcaption><span>\(Self.escaped(entry.title))\(state)</span> <b>\(score)</b></figcaption></figure>

            """
    }

    /// What the script needs of each picture, in their order.
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
                details: entry.details.map { [$0.0, $0.1] }, command: entry.command)
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
    static func link(_ file: String) -> String {
        "./" + FileName.bytes(of: file).map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~/".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
