import ArgumentParser
import Networks
import Tensors

/// A command that draws pictures: what there is to draw can be found out without drawing it.
protocol DrawingCommand: ParsableCommand, Sendable {
    var model: ModelOptions { get }
    var output: OutputOptions { get }
    var numerics: NumericOptions { get }
    /// Reads everything that the options name, and checks it.
    func work() throws -> any Work
}

extension DrawingCommand {
    func run() throws {
        try NumericProfile.begin(numerics.profile)
        let work = try work()
        try work.run()
    }
}

/// A drawing command whose picture is described by the usual options.
protocol RenderingCommand: DrawingCommand {
    var render: RenderOptions { get }
}

extension RenderingCommand {
    var numerics: NumericOptions { render.numerics }
}

/// What a drawing command has found to do. By itself it runs as a whole; a batch takes it in pieces, among those of others.
protocol Work {
    /// Draws, writes and tells.
    func run() throws
    /// What can be drawn by itself.
    func pieces() throws -> [Piece]
}

/// One picture, or several that belong together: what a batch counts, skips when it is done already, and tries again.
struct Piece: Sendable {
    let model: Model
    /// The files that it writes, the most important first.
    let outputs: [String]
    /// Everything that their bytes depend on, as JSON.
    let identity: String
    /// The score in a record, given as JSON, if it is that of this picture, finished by this version after the same plan; nil
    /// for any other record. The whole is nil where a file does not say everything about the piece, as with several files.
    var score: (@Sendable (_ record: String) -> Float?)?
    let steps: Int
    /// Bytes that drawing takes at most on one thread, about.
    let memory: Int
    /// Its pictures, of which each thread draws one at a time.
    var pictures = 1
    /// It keeps pictures in memory until it is drawn.
    var holdsPhotographs = false
    /// Draws and writes, without a word; writes nothing unfinished if it is interrupted.
    let draw: @Sendable (Workers, Progress) throws(Failure) -> Outcome

    /// How it went.
    struct Outcome: Sendable {
        /// The objective on the finished picture.
        let score: Float
        /// No step had a gradient: the picture is noise.
        var isDead = false
    }
}
