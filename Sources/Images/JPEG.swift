/// JPEG files: `decode` (through `Picture.read`), `encode`, and `comment`.
public enum JPEG {
    /// The start-of-image marker and the beginning of the next one.
    static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]
}
