import Networks
import Tensors

/// An operator of ONNX: its name, how it is computed where its inputs are constants, and how it becomes layers where they
/// depend on the picture.
///
/// The rows stand beside the code that they call, one file for each family of operators in Operators/.
struct Operator: Sendable {
    // Rows throw nothing but WeightsError. Their types do not say so, since closures without a signature cannot infer it.

    /// Computes the outputs of an operation whose inputs are constants.
    typealias Folding = @Sendable (Operation) throws -> [Value]
    /// Adds the layers of an operation to the network.
    typealias Importing = @Sendable (inout GraphImporter, Operation) throws -> [Value]

    enum Kind {
        /// Known before any picture is seen, whatever the inputs are: a literal, or the extents of a value.
        case literal(@Sendable (Operation) throws -> Value)
        /// Depends on the values of its inputs. Without the first, its layers compute it from constants as well.
        case computed(Folding?, Importing?)
    }

    /// The name in ONNX, of the domain ai.onnx.
    let name: String
    let kind: Kind

    init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// An operator of one output.
    ///
    /// - Parameters:
    ///   - constant: computes it from constants; nil where its layers do.
    ///   - layer: adds its layers; nil where inputs that depend on the picture are not supported.
    init(
        _ name: String, constant: (@Sendable (Operation) throws -> Constant)? = nil,
        layer: (@Sendable (inout GraphImporter, Operation) throws -> Activation)? = nil
    ) {
        var folding: Folding?
        var importing: Importing?
        if let constant { folding = { operation in [.constant(try constant(operation))] } }
        if let layer { importing = { importer, operation in [.activation(try layer(&importer, operation))] } }
        self.init(name, .computed(folding, importing))
    }

    /// Every operator that can be read, by name.
    static let all: [String: Operator] = {
        let rows = [
            constants, reshapes, selections, places, joins, borders, functions, arithmetic, reductions, normalizations, products, convolutions,
            pools, quantization,
        ].joined()
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0) })
    }()
}

extension ONNXModel {
    /// Names of the operators that can be read, in alphabetical order.
    public static var operatorNames: [String] { Operator.all.keys.sorted() }
}

extension GraphImporter {
    /// The outputs of a node: constants where they can be computed now, else values of layers that are added.
    mutating func outputs(of operation: Operation) throws(WeightsError) -> [Value] {
        do {
            return try rowOutputs(of: operation)
        } catch let error as WeightsError {
            throw error
        } catch {
            preconditionFailure("a row of an operator throws \(error)")
        }
    }

    private mutating func rowOutputs(of operation: Operation) throws -> [Value] {
        guard let row = Operator.all[operation.type] else { throw operation.unsupported }
        switch row.kind {
        case .literal(let value): return [try value(operation)]
        case .computed(let folding, let importing):
            if operation.isConstant {
                let isSized = operation.inputs.contains { $0?.isSized == true }
                if let folding { return try folding(operation).map { $0.sized(isSized) } }
                if let importing { return try evaluated(operation, importing).map { $0.sized(isSized) } }
            }
            guard let importing else {
                throw operation.refuse("this operator is supported for constants only, and an input depends on the picture")
            }
            return try importing(&self, operation)
        }
    }
}
