/// How the values of a map are shown.
public enum AttributionView: String, NamedChoice, Sendable, Codable {
    /// Added up over channels: a map over the photograph.
    case position
    /// Added up over positions: a bar for each channel.
    case channel
    /// One by one: a map for each colour, or for each of the strongest channels.
    case value
}
