/// The functions of the expression language: one table with which expressions are read, and from which help texts and errors are
/// made.
extension Objective {
    /// A function of the expression language.
    public struct Function: Sendable {
        /// The name in expressions.
        public let name: String
        /// The call with its arguments, as help shows it.
        public let usage: String
        /// The score, in one line.
        public let help: String
        /// Reads the arguments.
        let make: @Sendable (_ arguments: inout ExpressionArguments) throws(ExpressionError) -> Objective
    }

    /// Every function, in the order in which help shows them. Each stands beside its objective.
    public static let functions: [Function] = [
        .channel, .neuron, .layer, .classLogit, .direction, .directionNeuron, .tensorDirection, .caricature,
        .activationDifference, .activationDistance, .guide, .inputDiff, .diversity, .alignment, .channelInterpolate,
        .picture, .totalVariation, .l1, .l2, .blurInputEachStep, .penalizeBoundaryComplexity, .meanAlpha,
        .blurAlphaEachStep,
    ]
}
