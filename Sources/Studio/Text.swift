import Files
import FoundationEssentials

/// A duration in seconds.
public func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
}

/// "42 s", "3:07" or "1:02:03".
public func readable(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    let tail = String(whole % 60 + 100).dropFirst()
    if whole < 3600 { return "\(whole / 60):\(tail)" }
    return "\(whole / 3600):\(String(whole / 60 % 60 + 100).dropFirst()):\(tail)"
}

/// "1 picture", "3 pictures"
public func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// "1st", "2nd", "3rd", "4th", "11th", "21st"
public func ordinal(_ number: Int) -> String {
    let ending = (11...13).contains(number % 100) ? "th" : ["th", "st", "nd", "rd"][number % 10 < 4 ? number % 10 : 0]
    return "\(number)\(ending)"
}

/// A number with so many decimals.
public func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let units = Int((abs(value) * scale).rounded())
    let sign = value < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let whole = units / Int(scale)
    return "\(sign)\(whole).\(String(units % Int(scale) + Int(scale)).dropFirst())"
}

/// A number with about four significant digits.
public func short(_ value: Float) -> String {
    let magnitude = abs(Double(value))
    if magnitude == 0 || magnitude >= 1e6 || magnitude < 1e-4 { return "\(value)" }
    return rounded(Double(value), magnitude >= 1000 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 5)
}

/// One line of JSON with its keys in alphabetical order: the same value always gives the same text.
public func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("plain values can always be encoded") }
    return String(decoding: data, as: UTF8.self)
}

extension String {
    /// With the characters escaped that a terminal would obey: a file's text may hold anything.
    public var withoutControls: String {
        FileName.shown(self)
    }
}
