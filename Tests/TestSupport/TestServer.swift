import Foundation
import Synchronization

/// An HTTP server on this machine for as long as the object lives, that can misbehave.
public final class TestServer: Sendable {
    /// The answer to a request.
    public enum Answer: Sendable {
        /// The whole file, or the part that a Range asks for, if If-Range allows it.
        case file([UInt8], tag: String? = nil)
        /// The whole file whatever is asked for.
        case whole([UInt8])
        /// The head promises all bytes, but after so many the connection ends.
        case short([UInt8], Int, tag: String? = nil)
        /// As many bytes, then nothing for a long time.
        case stall([UInt8], Int)
        /// Anything.
        case raw(String)
        /// A status without a body.
        case status(Int)
        /// Another address.
        case redirect(String)
        /// One for each path; 404 for others.
        indirect case paths([String: Answer])
    }

    /// A request as it came: its path, and its headers by name in lower case.
    public struct Request: Sendable {
        public let path: String
        public let headers: [String: String]
    }

    private let listener: Int32
    private let answer: Mutex<Answer>
    private let received = Mutex<[Request]>([])
    private let port: UInt16

    /// Where it is.
    public var address: String { "http://127.0.0.1:\(port)" }
    /// Every request so far.
    public var requests: [Request] { received.withLock { $0 } }

    public init(_ answer: Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        self.answer = Mutex(answer)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: place.sin_port)
        Thread.detachNewThread { [weak self] in
            // Closed by the thread that waits at it, lest its number means another socket then.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard connection >= 0 else { return }
                guard let server = self else {
                    close(connection)
                    return
                }
                Thread.detachNewThread { server.serve(connection) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Answers requests in this way from now on.
    public func answer(_ answer: Answer) { self.answer.withLock { $0 = answer } }

    private func serve(_ connection: Int32) {
        defer {
            shutdown(connection, Int32(SHUT_RDWR))
            close(connection)
        }
        guard let request = read(connection) else { return }
        received.withLock { $0.append(request) }
        func send(_ bytes: some Sequence<UInt8>) {
            let bytes = Array(bytes)
            var done = 0
            while done < bytes.count {
                let count = bytes[done...].withUnsafeBytes { write(connection, $0.baseAddress!, $0.count) }
                if count <= 0 { return }
                done += count
            }
        }
        func head(_ status: String, length: Int, _ more: [String] = []) {
            let lines = ["HTTP/1.1 \(status)", "Content-Length: \(length)", "Connection: close"] + more + ["", ""]
            send(lines.joined(separator: "\r\n").utf8)
        }
        var answer = answer.withLock { $0 }
        if case .paths(let answers) = answer { answer = answers[request.path] ?? .status(404) }
        switch answer {
        case .paths: head("404 No", length: 0)
        case .file(let bytes, let tag):
            let tags = tag.map { ["ETag: \($0)"] } ?? []
            let first = request.headers["range"].flatMap { $0.hasPrefix("bytes=") ? Int($0.dropFirst(6).prefix { $0 != "-" }) : nil }
            let condition = request.headers["if-range"]
            if let first, condition == nil || condition == tag {
                guard first < bytes.count else {
                    return head("416 Range Not Satisfiable", length: 0, ["Content-Range: bytes */\(bytes.count)"])
                }
                head("206 Partial Content", length: bytes.count - first, tags + ["Content-Range: bytes \(first)-\(bytes.count - 1)/\(bytes.count)"])
                send(bytes[first...])
            } else {
                head("200 OK", length: bytes.count, tags)
                send(bytes)
            }
        case .whole(let bytes):
            head("200 OK", length: bytes.count)
            send(bytes)
        case .short(let bytes, let count, let tag):
            head("200 OK", length: bytes.count, tag.map { ["ETag: \($0)"] } ?? [])
            send(bytes.prefix(count))
        case .stall(let bytes, let count):
            head("200 OK", length: bytes.count)
            send(bytes.prefix(count))
            // Until the other side gives up.
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
        case .raw(let text): send(text.utf8)
        case .status(let status): head("\(status) No", length: 0)
        case .redirect(let place): head("302 Found", length: 0, ["Location: \(place)"])
        }
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return Request(path: String(words[1]), headers: headers)
    }
}
