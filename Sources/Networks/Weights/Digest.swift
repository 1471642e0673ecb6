import Crypto

/// The SHA-256 of a file in hexadecimal, read some at a time, so that a large file does not stay in memory for it.
public func sha256(ofFile path: String) throws(WeightsError) -> String {
    let file = try MappedFile(path: path)
    let piece = 1 << 23
    var digest = SHA256()
    var position = 0
    while position < file.bytes.count {
        let next = min(position + piece, file.bytes.count)
        digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[position..<next]))
        file.release(position..<next)
        position = next
    }
    return hexadecimal(digest.finalize())
}

/// The SHA-256 of bytes in hexadecimal.
public func sha256(of bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

private func hexadecimal(_ digest: SHA256Digest) -> String {
    digest.map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }.joined()
}
