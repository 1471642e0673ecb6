import Images

/// Frames of the way to a picture, evenly spread over its steps, the first and the last among them.
struct Evolution {
    private let writer: FrameWriter
    private let steps: Set<Int>

    /// Frames at most.
    private static let frames = 60

    /// - Parameters:
    ///   - path: a .gif, a film or a folder; nil where the way is not kept.
    ///   - steps: that will be taken.
    init?(_ path: String?, steps: Int) throws(Failure) {
        guard let path else { return nil }
        writer = try FrameWriter(path: path)
        let count = min(Self.frames, steps + 1)
        self.steps = Set((0..<count).map { $0 * steps / max(count - 1, 1) })
    }

    /// Keeps the pictures before a step, if it is one of the frames.
    func note(_ step: Int, _ pictures: () -> [Picture]) throws(Failure) {
        if steps.contains(step) { try add(pictures()) }
    }

    /// Keeps the last pictures, and writes the file.
    func finish(_ pictures: [Picture]) throws(Failure) {
        try add(pictures)
        try writer.finish()
    }

    private func add(_ pictures: [Picture]) throws(Failure) {
        try writer.add(pictures.count == 1 ? pictures[0] : ContactSheet.compose(pictures))
    }
}
