import Tensors

/// A computation that makes a picture from a photograph step by step: a dream, a transfer of style.
public protocol PhotographProcess: Sendable {
    /// Steps taken so far.
    var stepsDone: Int { get }
    /// Steps to take.
    var steps: Int { get }
    /// The share of all work that the steps so far have been, 0…1: steps on larger pictures take longer.
    var workDone: Double { get }
    /// One step.
    /// - Returns: the score before it.
    mutating func step() throws(RenderError) -> Float
    /// The picture as it stands, `[channels, height, width]` in 0…1, always in its final extents.
    func picture() -> Tensor
    /// The score of a picture in the final extents.
    func score(of picture: Tensor) throws(RenderError) -> Float
}
