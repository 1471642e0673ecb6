import CCurl
import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One download over HTTP into a partial file, by libcurl, which obeys the proxies that the environment names.
///
/// Bytes that are there already are not asked for again. Redirects are followed to https alone, so that what began encrypted stays
/// so and nothing leads to files of this machine.
struct Transfer {
    let address: String
    /// A file of certificates to trust; nil for the system's.
    var certificates: String?
    /// A server that has sent almost nothing for so long has stalled.
    var patience: Int

    /// Bytes a second below which a server counts as stalled.
    private static let slowest = 100
    private static let connectSeconds = 30
    private static let mostRedirects = 5
    private static let libraries = ["libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.so"]

    enum Outcome {
        /// All of the file is there.
        case complete
        /// The bytes that were there are of another file than the server's; the file is empty again.
        case startOver
    }

    /// - Parameter progress: told how many bytes are there and how many there will be; false ends the transfer.
    func run(into file: borrowing PartialFile, progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool)
        throws(StoreError) -> Outcome
    {
        var curl = lucid_curl()
        guard Self.libraries.contains(where: { lucid_curl_open(&curl, $0) == 1 }) else {
            throw StoreError(
                .unavailable, "downloads need libcurl, which is not installed; `apt-get install libcurl4 ca-certificates` brings it")
        }
        guard let handle = curl.easy_init() else { throw StoreError(.unavailable, "libcurl does not start") }
        defer { curl.easy_cleanup(handle) }

        let download = Download(descriptor: file.descriptor, start: file.count, progress: progress)
        var headers: UnsafeMutableRawPointer?
        defer { curl.slist_free_all(headers) }
        if download.start > 0 {
            headers = curl.slist_append(headers, "Range: bytes=\(download.start)-")
            if let tag = file.tag { headers = curl.slist_append(headers, "If-Range: \(tag)") }
        }
        var message = [CChar](repeating: 0, count: Int(LUCID_CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            withExtendedLifetime(download) {
                configure(curl, handle, download, headers, message.baseAddress!)
                return curl.easy_perform(handle)
            }
        }
        if let tag = download.newTag { file.tag = tag }
        let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return try outcome(
            code, download, file,
            words: words.isEmpty ? curl.easy_strerror(code).map { String(cString: $0) } ?? "error \(code)" : words)
    }

    private func configure(
        _ curl: lucid_curl, _ handle: UnsafeMutableRawPointer, _ download: Download, _ headers: UnsafeMutableRawPointer?,
        _ message: UnsafeMutablePointer<CChar>
    ) {
        withUnsafePointer(to: curl) { curl in
            func number(_ option: Int, _ value: Int) { _ = lucid_curl_set_number(curl, handle, Int32(option), value) }
            func string(_ option: Int, _ value: String) { _ = lucid_curl_set_string(curl, handle, Int32(option), value) }
            func pointer(_ option: Int, _ value: UnsafeMutableRawPointer?) {
                _ = lucid_curl_set_pointer(curl, handle, Int32(option), value)
            }
            let context = Unmanaged.passUnretained(download).toOpaque()
            string(LUCID_CURLOPT_URL, address)
            string(LUCID_CURLOPT_USERAGENT, "lucid")
            if let certificates { string(LUCID_CURLOPT_CAINFO, certificates) }
            number(LUCID_CURLOPT_NOSIGNAL, 1)
            number(LUCID_CURLOPT_PROTOCOLS, LUCID_CURLPROTO_HTTP | LUCID_CURLPROTO_HTTPS)
            number(LUCID_CURLOPT_REDIR_PROTOCOLS, LUCID_CURLPROTO_HTTPS)
            number(LUCID_CURLOPT_FOLLOWLOCATION, 1)
            number(LUCID_CURLOPT_MAXREDIRS, Self.mostRedirects)
            number(LUCID_CURLOPT_CONNECTTIMEOUT, Self.connectSeconds)
            number(LUCID_CURLOPT_LOW_SPEED_LIMIT, Self.slowest)
            number(LUCID_CURLOPT_LOW_SPEED_TIME, patience)
            number(LUCID_CURLOPT_NOPROGRESS, 0)
            pointer(LUCID_CURLOPT_ERRORBUFFER, message)
            pointer(LUCID_CURLOPT_HTTPHEADER, headers)
            pointer(LUCID_CURLOPT_HEADERDATA, context)
            pointer(LUCID_CURLOPT_WRITEDATA, context)
            pointer(LUCID_CURLOPT_XFERINFODATA, context)
            _ = lucid_curl_set_data_function(curl, handle, Int32(LUCID_CURLOPT_HEADERFUNCTION)) { bytes, _, count, context in
                Download.of(context).header(UnsafeRawBufferPointer(start: bytes, count: count))
                return count
            }
            _ = lucid_curl_set_data_function(curl, handle, Int32(LUCID_CURLOPT_WRITEFUNCTION)) { bytes, _, count, context in
                Download.of(context).write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
            }
            _ = lucid_curl_set_progress_function(curl, handle) { context, _, _, _, _ in
                Download.of(context).goesOn() ? 0 : 1
            }
        }
    }

    /// The outcome of a transfer that has ended.
    private func outcome(_ code: Int32, _ download: Download, _ file: borrowing PartialFile, words: String)
        throws(StoreError) -> Outcome
    {
        func unavailable(_ reason: String) -> StoreError { StoreError(.unavailable, "\(shownAddress): \(reason)") }
        let again = "the same command goes on where it stopped"

        if let failure = download.failure {
            throw StoreError(.cannotWrite, "\(file.path): \(failure)")
        }
        switch Int(code) {
        case LUCID_CURLE_ABORTED_BY_CALLBACK: throw StoreError(.interrupted, "interrupted; \(again)")
        case LUCID_CURLE_UNSUPPORTED_PROTOCOL where 300..<400 ~= download.status:
            throw unavailable("leads on to an address that is not https, which is not followed")
        case LUCID_CURLE_OK, LUCID_CURLE_WRITE_ERROR: break
        case LUCID_CURLE_PARTIAL_FILE:
            throw unavailable("ended after \(file.count) of \(download.total.map(String.init) ?? "?") bytes; \(again)")
        default:
            let line = String(words.map { $0.isNewline ? " " : $0 })
            throw unavailable("\(line); \(file.count > 0 ? again : "with the file from elsewhere: `lucid models import FILE`")")
        }
        switch download.status {
        case 416 where download.total == download.start && download.start > 0:
            return .complete  // nothing was missing
        case 206 where download.isElsewhere && download.start > 0,
            416 where download.start > 0:
            file.clear()
            return .startOver
        case 200,
            206 where !download.isElsewhere:
            if let total = download.total, total != file.count {
                throw unavailable("ended after \(file.count) of \(total) bytes; \(again)")
            }
            return .complete
        default:
            var error = unavailable("the server answers \(download.status)\(Self.meaning(download.status))")
            error.isNotFound = [404, 410].contains(download.status)
            throw error
        }
    }

    private static func meaning(_ status: Int) -> String {
        switch status {
        case 401, 403, 407: " (not allowed)"
        case 404, 410: " (not found)"
        case 429, 500...: " (try again later)"
        default: ""
        }
    }

    /// The address without a password that may be in it.
    private var shownAddress: String {
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let at = parts[2].lastIndex(of: "@") else { return address }
        return "\(parts[0])//\(parts[2][parts[2].index(after: at)...])/\(parts[3])"
    }
}

/// The state that libcurl's callbacks share: the answer so far. It lives on one thread, as long as the transfer.
private final class Download {
    private let descriptor: Int32
    /// Bytes that were there before; 0 once the server sends everything.
    private(set) var start: Int
    private let progress: (Int, Int?) -> Bool
    /// The HTTP status of the last answer; there is one for each redirect.
    private(set) var status = 0
    /// Bytes of the whole file, as far as the server tells.
    private(set) var total: Int?
    /// The server's name for this version of the file, if the file is begun with this transfer.
    private(set) var newTag: String?
    /// The part that came is not the part that was asked for.
    private(set) var isElsewhere = false
    /// Why the file could not be written.
    private(set) var failure: String?
    private var written = 0
    private var hasBegun = false

    init(descriptor: Int32, start: Int, progress: @escaping (Int, Int?) -> Bool) {
        self.descriptor = descriptor
        self.start = start
        self.progress = progress
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Download {
        Unmanaged<Download>.fromOpaque(context!).takeUnretainedValue()
    }

    /// A line of an answer's head.
    func header(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            (total, newTag, isElsewhere) = (nil, nil, false)
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = String(line[line.index(after: colon)...].drop { $0 == " " }.prefix { !$0.isNewline })
        switch line[..<colon].lowercased() {
        case "content-length" where status == 200: total = Self.size(value)
        case "content-range":
            // "bytes 100-199/200", or "bytes */200" with status 416.
            let parts = value.split(separator: "/")
            total = parts.count == 2 ? Self.size(parts[1]) : nil
            let first = value.drop { !$0.isNumber && $0 != "*" }.prefix { $0.isNumber }
            isElsewhere = status == 206 && Int(first) != start
        // A weak tag (W/…) may stand for other bytes.
        case "etag" where value.hasPrefix("\"") && status == 200: newTag = value
        default: break
        }
    }

    /// A size that a file may have; a server can say anything.
    private static func size(_ text: some StringProtocol) -> Int? {
        Int(text).flatMap { 0...largestFile ~= $0 ? $0 : nil }
    }

    private static let largestFile = 1 << 50

    /// Takes a part of an answer's body; false refuses it.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard status == 200 || status == 206 && !isElsewhere else { return false }
        if !hasBegun {
            hasBegun = true
            if status == 200 {
                start = 0
                guard ftruncate(descriptor, 0) == 0 else { return fail() }
            }
        }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(start + written))
            if count < 0 {
                if errno == EINTR { continue }
                return fail()
            }
            done += count
            written += count
        }
        return true
    }

    private func fail() -> Bool {
        failure = SystemError.last.message
        return false
    }

    /// Called now and then, at least once a second.
    func goesOn() -> Bool { progress(start + written, total) }
}
