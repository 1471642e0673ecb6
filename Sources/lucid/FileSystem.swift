import Images

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

func isFolder(_ path: String) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a regular file of this name is there, which a careless command could overwrite.
func isFile(_ path: String) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// File names are bytes; `FileName` keeps those that are not UTF-8.
private func withPath<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let bytes = FileName.bytes(of: path).map { CChar(bitPattern: $0) } + [0]
    return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
}

/// Whether a stream is a person's terminal.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Columns of the terminal on standard output, 80 if unknown.
func terminalColumns() -> Int {
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}
