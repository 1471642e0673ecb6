/// DenseNet-BC (Huang et al. 2016, arXiv:1608.06993), as torchvision names its layers.
extension Architecture {
    /// 121 layers with weights.
    public static let densenet121 = dense("densenet121", layers: [6, 12, 24, 16])
    /// 161 layers that grow faster.
    public static let densenet161 = dense("densenet161", layers: [6, 12, 36, 24], growth: 48, first: 96)
    /// 169 layers with weights.
    public static let densenet169 = dense("densenet169", layers: [6, 12, 32, 32])
    /// 201 layers with weights.
    public static let densenet201 = dense("densenet201", layers: [6, 12, 48, 32])

    /// torchvision's files are as old as its first DenseNet, whose names were norm.1, conv.1, norm.2 and conv.2. timm's names are
    /// those of today.
    private static let oldDenseNames = Naming("torchvision before 0.3", ["norm", "conv"].map {
        Naming.Rule("features.denseblock{}.denselayer{}.\($0){}.", "features.denseblock{0}.denselayer{1}.\($0).{2}.")
    })

    /// - Parameters:
    ///   - layers: in each of the four blocks.
    ///   - growth: channels that a layer adds.
    ///   - first: filters of the first convolution.
    private static func dense(_ name: String, layers: [Int], growth: Int = 32, first: Int = 64) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.image
            x = network.convolution("features.conv0", x, filters: first, kernel: 7, stride: 2, padding: 3, bias: false)
            x = network.normalization("features.norm0", x)
            x = network.relu("features.relu0", x)
            x = network.maxPooling("features.pool0", x, kernel: 3, stride: 2, padding: 1)
            for (index, count) in layers.enumerated() {
                x = block("features.denseblock\(index + 1)", x, layers: count)
                guard index + 1 < layers.count else { break }
                let name = "features.transition\(index + 1)"
                x = network.normalization("\(name).norm", x)
                x = network.relu("\(name).relu", x)
                x = network.convolution("\(name).conv", x, filters: x.channels / 2, kernel: 1, bias: false)
                x = network.averagePooling("\(name).pool", x, kernel: 2, stride: 2)
            }
            x = network.normalization("features.norm5", x)
            guard classifier else { return }
            x = network.relu("relu", x)
            network.classes("classifier", network.globalMean("adaptive_avg_pool2d", "flatten", x))

            /// Each layer sees what came in and what all layers before it made.
            func block(_ name: String, _ input: NetworkBuilder.Value, layers: Int) -> NetworkBuilder.Value {
                /// A bottleneck is four times as wide as what a layer adds.
                let bottleneck = 4 * growth
                var features = [input]
                for index in 1...layers {
                    let layer = "\(name).denselayer\(index)"
                    var x = network.concatenation("\(layer).cat", features)
                    x = network.normalization("\(layer).norm1", x)
                    x = network.relu("\(layer).relu1", x)
                    x = network.convolution("\(layer).conv1", x, filters: bottleneck, kernel: 1, bias: false)
                    x = network.normalization("\(layer).norm2", x)
                    x = network.relu("\(layer).relu2", x)
                    x = network.convolution("\(layer).conv2", x, filters: growth, kernel: 3, padding: 1, bias: false)
                    features.append(x)
                }
                return network.concatenation("\(name).cat", features)
            }
        }
        .named(oldDenseNames)
    }
}
