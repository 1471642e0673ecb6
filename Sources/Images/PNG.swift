/// PNG files: `decode` (through `Picture.read`), `encode`, and `text`.
public enum PNG {
    /// The eight bytes that every PNG begins with.
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}
