import Images

/// The files that a command's pictures go to.
struct OutputNames {
    /// What a file name may be made of.
    struct Parts {
        var model: String
        var layer: String?
        var index: Int?
        var seed: UInt64
        /// Sets pictures of one unit by different commands apart; nil for the plain MODEL_LAYER_INDEX.png.
        var kind: String?
    }

    /// Expands `--output`, or makes the default name.
    static func path(_ output: String?, _ parts: Parts) -> String {
        let name = [stem(parts.model), parts.layer.map(safe), parts.index.map(String.init), parts.kind]
            .compactMap { $0 }.joined(separator: "_") + ".png"
        guard let output else { return name }
        if output == "-" { return output }
        let expanded = output.replacing("{model}", with: stem(parts.model))
            .replacing("{layer}", with: parts.layer.map(safe) ?? "")
            .replacing("{index}", with: parts.index.map(String.init) ?? "")
            .replacing("{seed}", with: String(parts.seed))
        return expanded.hasSuffix("/") || isFolder(expanded) ? join(expanded, name) : expanded
    }

    /// The name for the picture after some steps: "eye.png" becomes "eye_step32.png".
    static func path(_ path: String, step: Int) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return "\(path)_step\(step)" }
        return "\(path[..<dot])_step\(step)\(path[dot...])"
    }

    /// Whether a name asks for a kind of picture that is not written here: PNG and JPEG are.
    static func isForeign(_ path: String) -> Bool {
        let endings = [".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg", ".avif", ".heic", ".mp4", ".pdf"]
        return endings.contains { path.lowercased().hasSuffix($0) }
    }

    /// A model's name; of a graph in a file, the file's.
    private static func stem(_ model: String) -> String {
        guard ModelOptions.isGraphFile(model), let file = model.split(separator: "/").last else { return safe(model) }
        return safe(String(file.dropLast(".onnx".count)))
    }

    private static func safe(_ name: String) -> String {
        String(name.map { $0 == "/" || $0 == ":" ? "-" : $0 })
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
