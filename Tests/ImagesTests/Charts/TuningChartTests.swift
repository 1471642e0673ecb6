import Images
import Testing

/// Charts of what units answer to.
@Suite struct TuningChartTests {
    private func picture(_ answers: [Double]) -> Picture {
        let plot = TuningChart.Plot.line(zip([1.0, 2.0, 4.0], answers).map { (length: $0, value: $1) })
        let panel = TuningChart.Panel(title: "spot", stimulus: nil, response: 0, plots: [plot])
        return TuningChart(title: "units", units: [TuningChart.Unit(name: "0", label: "none", panels: [panel], best: nil)]).figure.picture
    }

    /// The rows that have blue ink.
    private func inkRows(_ picture: Picture) -> [Int] {
        let (planes, area) = (picture.planes(), picture.width * picture.height)
        return (0..<area).filter { planes[2 * area + $0] - planes[$0] > 0.3 }.map { $0 / picture.width }
    }

    /// A curve of answers that are nowhere above that to grey lies on the base line, below every curve of answers that are.
    @Test func silenceLiesOnTheBaseLine() throws {
        let silent = picture([0, 0, 0])
        #expect(silent == picture([-1, -3, -2]))
        let low = try #require(inkRows(silent).min())
        let high = try #require(inkRows(picture([2, 2, 2])).max())
        #expect(low > high)
    }
}
