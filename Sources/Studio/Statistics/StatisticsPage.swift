import Foundation

/// A page with a row for each unit, to sort and search; one HTML file that needs nothing else.
struct StatisticsPage {
    let statistics: ScanStatistics
    let title: String

    init(_ statistics: ScanStatistics, title: String?) {
        self.statistics = statistics
        columns = Self.order.compactMap { name in UnitColumn.all.first { $0.name == name } }
            .filter { column in
                // Without labels of people's own they are the classes and categories that stand beside them.
                statistics.units.contains { column.name == "label" ? $0.given != nil : !column.value($0).field.isEmpty }
            }
        self.title = title ?? "\(statistics.model) on \(statistics.folder)"
    }

    /// The file's text: Resources/statistics.html, filled in.
    var html: String {
        ReportPage.fill(
            ReportPage.text(PackageResources.statistics_html),
            [
                "version": version, "title": ReportPage.escaped(title), "count": ReportPage.escaped(statistics.summary), "digest": statistics.weightsSHA256,
                "layers": options, "head": head, "rows": statistics.units.map(row).joined(), "notes": notes,
                "style": ReportPage.style(PackageResources.statistics_css), "script": ReportPage.script(PackageResources.statistics_js),
            ])
    }

    /// The columns that the page shows: those that anything stands in, what units mean before how they are distributed.
    private let columns: [UnitColumn]

    private static let order = [
        "label", "top_class", "auc", "hit", "false_alarm", "p_value", "category", "category_auc", "formula", "formula_auc", "clarity", "poly", "fires_positions", "fires_photos",
        "mean", "sd", "p99", "max", "skew", "kurtosis", "r", "towards", "against",
    ]

    private var options: String {
        let layers = statistics.layers.map(\.name)
        guard layers.count > 1 else { return "" }
        let options = layers.map { "<option>\(ReportPage.escaped($0))</option>" }.joined()
        return "<label>Layer <select id=\"layer\"><option value=\"\">all</option>\(options)</select></label>"
    }

    private var head: String {
        func cell(_ title: String, _ help: String, _ kind: String) -> String {
            "<th scope=\"col\"\(kind)><button type=\"button\" title=\"\(ReportPage.escaped(help))\">\(title)</button></th>"
        }
        return cell("unit", "in the order of layers and channels", " aria-sort=\"none\"") + "<th scope=\"col\" title=\"positions by value, on a logarithmic scale\">values</th>"
            + columns.map { cell($0.title, $0.help, " aria-sort=\"none\"" + ($0.isWords ? " class=\"word\"" : $0.isStrongestSmall ? " class=\"small\"" : "")) }.joined()
    }

    private func row(_ unit: UnitStatistics) -> String {
        let name = "<span>\(ReportPage.escaped(unit.layer)):</span><span>\(unit.channel)</span>"
        let remarks = unit.remarks.isEmpty ? "" : "<small>\(ReportPage.escaped(unit.remarks.joined(separator: ", ")))</small>"
        let cells = columns.map { column -> String in
            switch column.value(unit) {
            case .number(let number?):
                "<td data-v=\"\(number)\">\(column.isShare ? percent(number) : column.name == "p_value" && number < 1e-300 ? "0" : significant(number))</td>"
            case .whole(let number?): "<td data-v=\"\(number)\">\(number)</td>"
            case .text(let text?): "<td class=\"word\">\(ReportPage.escaped(text))</td>"
            case .flag(let flag): "<td data-v=\"\(flag ? 1 : 0)\">\(flag ? "yes" : "")</td>"
            default: "<td></td>"
            }
        }
        return "<tr data-layer=\"\(ReportPage.escaped(unit.layer))\"\(unit.isDead ? " class=\"dead\"" : "")>"
            + "<th scope=\"row\">\(name)\(remarks)</th><td>\(Self.bars(unit))</td>\(cells.joined())</tr>\n"
    }

    /// A small histogram; a mark stands at 0 where values lie on both sides of it.
    private static func bars(_ unit: UnitStatistics) -> String {
        let (width, height) = (64, 20.0)
        let most = log(1 + Double(unit.histogram.max() ?? 0))
        guard most > 0 else { return "" }
        let step = Double(width) / Double(unit.histogram.count)
        let path = unit.histogram.enumerated().filter { $0.element > 0 }.map { place, count in
            let tall = rounded(max(height * log(1 + Double(count)) / most, 0.5), 1)
            return "M\(rounded(Double(place) * step, 1)) \(Int(height))v-\(tall)h\(rounded(step - 0.3, 1))v\(tall)z"
        }.joined()
        let zero = unit.minimum < 0 && unit.maximum > 0 ? Double(width) * -unit.minimum / (unit.maximum - unit.minimum) : nil
        let mark = zero.map { "<path class=\"zero\" d=\"M\(rounded($0, 1)) 0v\(Int(height))\"/>" } ?? ""
        let words = "from \(significant(min(unit.minimum, 0))) to \(significant(max(unit.maximum, 0)))"
        return "<svg viewBox=\"0 0 \(width) \(Int(height))\" role=\"img\" aria-label=\"values \(words)\"><title>\(words)</title>\(mark)<path d=\"\(path)\"/></svg>"
    }

    private var notes: String {
        var notes = ["Of \(ReportPage.escaped(statistics.scan)): \(statistics.photographs) photographs of \(ReportPage.escaped(statistics.folder)), weights \(statistics.weightsSHA256)."]
        if let all = statistics.clarityOfAll, statistics.units.contains(where: { $0.clarity != nil }) {
            notes.append("Clarity is by the means of \(ReportPage.escaped(statistics.clarityLayer)); of any two photographs it is \(significant(all)).")
        }
        for layer in statistics.layers {
            let directions = layer.participation.map { ", about \(significant($0)) directions that matter" } ?? ""
            notes.append("\(ReportPage.escaped(layer.name)): \(layer.channels) channels, \(layer.dead) dead, \(layer.duplicates) as another\(directions).")
        }
        return notes.map { "<p>\($0)</p>" }.joined()
    }

    /// Whether a file is such a page of the same network's weights.
    static func isOwn(_ path: String, of scan: ScanFile) -> Bool {
        let headLength = 1200
        guard let bytes = try? StandardInput.bytes(of: path) else { return false }
        let head = String(decoding: bytes.prefix(headLength), as: UTF8.self)
        return head.contains("<meta name=\"generator\" content=\"lucid ") && head.contains("<meta name=\"lucid-statistics\" content=\"\(scan.description.plan.weightsSHA256)\">")
    }
}
