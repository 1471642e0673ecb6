import Images
struct FrameWriter {
    init(path: String) throws(Failure) {}
    static func check(_ path: String) throws(Failure) {}
    mutating func add(_ picture: Picture) throws(Failure) {}
    mutating func finish() throws(Failure) {}
}
