import Images
import Networks
import Visualization

/// Frames of the way to a picture, evenly spread over its steps, the first and the last among them.
struct Evolution {
    private let writer: FrameWriter
    private let steps: Set<Int>

    /// Frames at most.
    private static let frames = 60

    /// Nil for a job that does not keep its way.
    init?(_ job: PictureJob) throws(Failure) {
        guard let path = job.evolution else { return nil }
        writer = try FrameWriter(path: path)
        let count = min(Self.frames, job.steps + 1)
        steps = Set((0..<count).map { $0 * job.steps / max(count - 1, 1) })
    }

    /// Keeps the picture before a step, if it is one of the frames.
    mutating func note(_ renderer: Renderer, colours: Int) throws(Failure) {
        if steps.contains(renderer.stepsDone) { try add(renderer, colours) }
    }

    /// Keeps the last picture, and writes the file.
    mutating func finish(_ renderer: Renderer, colours: Int) throws(Failure) {
        try add(renderer, colours)
        try writer.finish()
    }

    private mutating func add(_ renderer: Renderer, _ colours: Int) throws(Failure) {
        let pictures = renderer.shown().map { Picture($0, colours: colours) }
        try writer.add(pictures.count == 1 ? pictures[0] : ContactSheet.compose(pictures))
    }
}
