#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where the bundled networks lie.
public enum ModelFolder {
    /// The folder with models.json: $LUCID_MODELS, else ../share/lucid beside the program, else the folder that a build
    /// leaves beside it; nil if there is none.
    ///
    /// (`Bundle.module` would remember the absolute path of the build and trap where that is gone.)
    public static func find() -> String? {
        candidates.first { access("\($0)/models.json", R_OK) == 0 }
    }

    /// The places that `find` looks at, in this order.
    public static var candidates: [String] {
        if let chosen = getenv("LUCID_MODELS") { return [String(cString: chosen)] }
        guard let program = programFolder else { return [] }
        return ["\(program)/../share/lucid", "\(program)/lucid_Models.resources"]
    }

    private static var programFolder: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { return nil }
        let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
