import ArgumentParser

/// What makes a dream move: a flight into it, or the frames of a film.
struct MovingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Fly into the dream: enlarge each frame by this, and dream on.", valueName: "s"))
    var zoom: Float?

    @Option(parsing: .unconditional, help: ArgumentHelp("Frames of the flight. (default: 100)", valueName: "n"))
    var frames: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Of films and folders of frames: the share of a frame's dream that moves on into the next one; 0 dreams each anew. (default: 0.85)", valueName: "share"))
    var blend: Float?

    static let standardBlend: Float = 0.85

    @Option(parsing: .unconditional, help: ArgumentHelp("Frames a second. (default: those of the film, otherwise \(Int(FrameWriter.defaultRate)))", valueName: "n"))
    var rate: Double?

    func validate() throws {
        if let zoom, !(zoom > 1 && zoom <= 4) { throw ValidationError("--zoom must be above 1 and at most 4, not \(zoom)") }
        if let frames, !(1...100_000).contains(frames) { throw ValidationError("--frames must be 1 to 100000, not \(frames)") }
        if let blend, !(0...0.99).contains(blend) { throw ValidationError("--blend must be 0 to 0.99, not \(blend)") }
        if let rate, !FrameWriter.rates.contains(rate) {
            throw ValidationError("--rate must be \(FrameWriter.rates.lowerBound) to \(Int(FrameWriter.rates.upperBound)), not \(rate)")
        }
    }
}
