import Networks
import Tensors

extension GraphImporter {
    /// The outputs of one operator.
    mutating func outputs(of operation: Operation) throws(WeightsError) -> [Value] {
        if let folded = try folded(operation) { return folded }
        switch operation.type {
        case "Conv": return [.activation(try convolution(operation))]
        case "ConvTranspose": return [.activation(try transposedConvolution(operation))]
        case "MaxPool": return [.activation(try maxPool(operation))]
        case "AveragePool": return [.activation(try averagePool(operation))]
        case "GlobalAveragePool": return [.activation(try globalPool(operation, AdaptiveAveragePooling(height: 1, width: 1)))]
        case "GlobalMaxPool": return [.activation(try globalPool(operation, GlobalMaxPooling()))]
        case "Gemm": return [.activation(try gemm(operation))]
        case "MatMul": return [.activation(try matrixProduct(operation))]
        case "Einsum": return [.activation(try einsum(operation))]
        case "BatchNormalization": return [.activation(try batchNormalization(operation))]
        case "InstanceNormalization": return [.activation(try instanceNormalization(operation))]
        case "LayerNormalization": return [.activation(try layerNormalization(operation))]
        case "GroupNormalization": return [.activation(try groupNormalization(operation))]
        case "LRN": return [.activation(try responseNormalization(operation))]
        case "Softmax", "LogSoftmax": return [.activation(try softmax(operation))]
        case "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean": return [.activation(try arithmetic(operation))]
        case "Pow": return [.activation(try power(operation))]
        case "Relu": return [.activation(try elementwise(operation, ReLU()))]
        case "PRelu": return [.activation(try parametricReLU(operation))]
        case "Clip": return [.activation(try clip(operation))]
        case "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Erf", "Gelu", "Sqrt", "Exp", "Log",
            "Neg", "Abs", "Reciprocal", "Softplus", "Softsign", "Mish", "Swish", "Sin", "Cos":
            return [.activation(try function(operation))]
        case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2": return [.activation(try reduction(operation))]
        case "Identity", "Dropout", "Cast", "CastLike": return [.activation(try identity(operation))]
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze": return [.activation(try reshape(operation))]
        case "Transpose": return [.activation(try transpose(operation))]
        case "Concat": return [.activation(try concatenation(operation))]
        case "Split": return try split(operation).map { .activation($0) }
        case "Slice": return [.activation(try slice(operation))]
        case "Gather": return [.activation(try gather(operation))]
        case "Expand", "Tile": return [.activation(try repetition(operation))]
        case "Pad": return [.activation(try pad(operation))]
        case "Resize", "Upsample": return [.activation(try resize(operation))]
        case "DepthToSpace": return [.activation(try depthToSpace(operation))]
        case "SpaceToDepth": return [.activation(try spaceToDepth(operation))]
        default:
            throw operation.refuse("this operator is not supported; export the network for inference, without quantization or control flow")
        }
    }
}
