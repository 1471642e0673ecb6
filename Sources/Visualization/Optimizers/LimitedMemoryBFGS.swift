import Tensors

/// L-BFGS with the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4), one iteration a step without a line search, as
/// PyTorch's with max_iter=1: the first step is at most 1 long in the sum of magnitudes. It compares gradients of successive
/// steps, which random transforms would make meaningless.
public struct LimitedMemoryBFGS: Optimizer {
    public static let name = "lbfgs"
    public static let help = "L-BFGS (Nocedal and Wright 2006), for plans without random transforms"
    public static let hyperparameters = [Hyperparameter.count("history", default: 100, in: 1...10_000)]
    public static let defaultLearningRate: Float = 1
    public static let comparesGradients = true

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { 2 * Int(hyperparameters[0]) }

    /// Size of a step; 1 is Newton's.
    public let learningRate: Float
    /// How many pairs of differences (of parameters and of gradients) are remembered.
    public let history: Int
    private var moves: [[Tensor]] = []
    private var changes: [[Tensor]] = []  // of the descent gradient
    private var last: (move: [Tensor], gradients: [Tensor])?
    private var scale = 1.0

    /// PyTorch's defaults.
    public init(learningRate: Float = 1, history: Int = 100) {
        self.learningRate = learningRate
        self.history = history
    }

    public init(learningRate: Float, hyperparameters: [Float]) {
        self.init(learningRate: learningRate, history: Int(hyperparameters[0]))
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        var rate = Double(learningRate * learningRateFactor)
        if let last {
            // y = the change of the gradient of −score, s = the move.
            let change = zip(last.gradients, gradients).map { before, now in
                var difference = before
                difference.add(now, scaledBy: -1)
                return difference
            }
            let curvature = Self.dot(change, last.move)
            if curvature > 1e-10 {
                if moves.count == history {
                    moves.removeFirst()
                    changes.removeFirst()
                }
                moves.append(last.move)
                changes.append(change)
                scale = curvature / Self.dot(change, change)
            }
        } else {
            let sum = gradients.reduce(0.0) { sum, block in block.withElements { $0.reduce(sum) { $0 + Double(abs($1)) } } }
            rate *= min(1, 1 / max(sum, .leastNormalMagnitude))
        }
        var direction = gradients
        var shares = [Double](repeating: 0, count: moves.count)
        for i in moves.indices.reversed() {
            shares[i] = Self.dot(moves[i], direction) / Self.dot(changes[i], moves[i])
            Self.add(changes[i], to: &direction, by: -shares[i])
        }
        if !moves.isEmpty { for block in direction.indices { direction[block].scale(by: Float(scale)) } }
        for i in moves.indices {
            let share = Self.dot(changes[i], direction) / Self.dot(changes[i], moves[i])
            Self.add(moves[i], to: &direction, by: shares[i] - share)
        }
        var move = direction
        for block in move.indices { move[block].scale(by: Float(rate)) }
        Self.add(move, to: &parameters, by: 1)
        last = (move, gradients)
    }

    private static func dot(_ a: [Tensor], _ b: [Tensor]) -> Double { zip(a, b).reduce(0) { $0 + inner($1.0, $1.1) } }

    private static func add(_ source: [Tensor], to target: inout [Tensor], by factor: Double) {
        for block in target.indices { target[block].add(source[block], scaledBy: Float(factor)) }
    }
}
