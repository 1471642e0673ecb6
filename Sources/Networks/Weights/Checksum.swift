import Crypto

/// Bytes that are hashed before they may leave memory again.
private let hashedBytes = 16 << 20

/// The SHA-256 of files, one after the other, in hexadecimal; a large one never lies in memory whole.
package func sha256(of files: [MappedFile]) -> String {
    var hash = SHA256()
    for file in files {
        for start in stride(from: 0, to: file.bytes.count, by: hashedBytes) {
            let range = start..<min(start + hashedBytes, file.bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
            file.release(range)
        }
    }
    return hash.finalize().map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }.joined()
}
