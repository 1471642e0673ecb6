/// File names as strings. To Linux a name is any bytes but NUL and /, and old ones need not be UTF-8; a `String` must be. So
/// a byte that is not part of valid UTF-8 stands in the string as a private-use character, and everything in this module
/// that opens a path turns it back into the byte. (Python does the same, with surrogates, which Swift's strings exclude.)
public enum FileName {
    /// U+10FE80…U+10FEFF, nearly the last of Unicode's private-use characters, stand for the bytes 0x80…0xFF.
    private static let standIns: ClosedRange<UInt32> = 0x10FE80...0x10FEFF
    private static let standInForZero: UInt32 = 0x10FE00

    /// The arguments that the program was started with, the program's name left out; `CommandLine.arguments` would have
    /// replaced what is not UTF-8.
    public static var commandLineArguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { string(cString: $0) } }
    }

    /// The string for a name's bytes, from which `bytes(of:)` makes the same bytes again.
    public static func string(_ bytes: some Sequence<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        func standIn(for bytes: some Sequence<UInt8>) {
            for byte in bytes { scalars.append(Unicode.Scalar(standInForZero + UInt32(byte))!) }
        }
        let bytes = Array(bytes)
        var iterator = bytes.makeIterator(), parser = Unicode.UTF8.ForwardParser(), position = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput:
                return String(scalars)
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                // A stand-in that the name itself contains must not be mistaken for one of ours.
                if standIns.contains(scalar.value) { standIn(for: encoded) } else { scalars.append(scalar) }
                position += encoded.count
            case .error(let length):
                standIn(for: bytes[position..<position + length])
                position += length
            }
        }
    }

    /// The string for a name that the system gave.
    package static func string(cString: UnsafePointer<CChar>) -> String {
        var end = cString
        while end.pointee != 0 { end += 1 }
        return string(UnsafeBufferPointer(start: cString, count: end - cString).map { UInt8(bitPattern: $0) })
    }

    /// The bytes of a path.
    public static func bytes(of path: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in path.unicodeScalars {
            if let byte = standInByte(scalar) { bytes.append(byte) } else { bytes += Unicode.UTF8.encode(scalar)! }
        }
        return bytes
    }

    /// Calls the system with a path's bytes.
    package static func withBytes<Result>(of path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        if !path.unicodeScalars.contains(where: { standInByte($0) != nil }) { return path.withCString(body) }
        return (bytes(of: path) + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }

    /// The folder that holds a file, and the file's name in it. A bare name lies in ".".
    public static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }

    /// The path of a file in a folder.
    public static func join(_ folder: String, _ name: String) -> String {
        if folder == "." { return name }
        return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    /// The same path without parts that lead nowhere: "a/b" for "./a//c/../b". Links are taken for folders.
    public static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.utf8.first == UInt8(ascii: "/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// A path as one line of a message can show it: control characters, line breaks among them, are escaped.
    public static func shown(_ path: String) -> String {
        var line = ""
        for scalar in path.unicodeScalars {
            if let byte = standInByte(scalar) {
                line += "\\x" + String(byte, radix: 16, uppercase: true)
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func standInByte(_ scalar: Unicode.Scalar) -> UInt8? {
        standIns.contains(scalar.value) ? UInt8(scalar.value - standInForZero) : nil
    }
}
