import Crypto

/// The SHA-256 of bytes, in hexadecimal.
public func sha256(of bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

/// The SHA-256 of bytes, 32 bytes.
package func sha256Bytes(of bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// The SHA-256 of a file, in hexadecimal. The file is read piece by piece, so that a large one does not fill the memory.
///
/// - Throws: if the file is missing, unreadable or empty.
public func sha256(ofFile path: String) throws(InputError) -> String { sha256(of: [try MappedFile(path: path)]) }

/// The SHA-256 of several files, one after the other, in hexadecimal.
package func sha256(of files: [MappedFile]) -> String {
    let pieceBytes = 16 << 20  // hashed before the system may take their memory back
    var hash = SHA256()
    for file in files {
        for start in stride(from: 0, to: file.bytes.count, by: pieceBytes) {
            let range = start..<min(start + pieceBytes, file.bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
            file.release(range)
        }
    }
    return hexadecimal(hash.finalize())
}

private func hexadecimal(_ digest: SHA256Digest) -> String {
    digest.map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }.joined()
}
