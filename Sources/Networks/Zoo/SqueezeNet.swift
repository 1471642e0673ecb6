/// SqueezeNet (Iandola et al. 2016, arXiv:1602.07360), as torchvision names its layers.
extension Architecture {
    /// Version 1.1: the accuracy of 1.0 for 2.4 times fewer operations.
    public static let squeezenet1_1 = Architecture(name: "squeezenet1_1") { network, classifier in
        var x = network.image
        x = network.convolution("features.0", x, filters: 64, kernel: 3, stride: 2)
        x = network.relu("features.1", x)
        x = network.maxPooling("features.2", x, kernel: 3, stride: 2, ceiling: true)
        x = fire("features.3", x, squeeze: 16, expand: 64)
        x = fire("features.4", x, squeeze: 16, expand: 64)
        x = network.maxPooling("features.5", x, kernel: 3, stride: 2, ceiling: true)
        x = fire("features.6", x, squeeze: 32, expand: 128)
        x = fire("features.7", x, squeeze: 32, expand: 128)
        x = network.maxPooling("features.8", x, kernel: 3, stride: 2, ceiling: true)
        x = fire("features.9", x, squeeze: 48, expand: 192)
        x = fire("features.10", x, squeeze: 48, expand: 192)
        x = fire("features.11", x, squeeze: 64, expand: 256)
        x = fire("features.12", x, squeeze: 64, expand: 256)
        guard classifier else { return }
        let classes = network.shape(of: "classifier.1.weight")?.first ?? 1000
        x = network.dropout("classifier.0", x)
        x = network.convolution("classifier.1", x, filters: classes, kernel: 1)
        x = network.relu("classifier.2", x)
        x = network.adaptiveAveragePooling("classifier.3", x, to: 1)
        _ = network.flatten("flatten", x, values: classes)

        /// A squeeze to few channels, expanded side by side by 1×1 and 3×3 kernels.
        func fire(_ name: String, _ input: NetworkBuilder.Value, squeeze: Int, expand: Int) -> NetworkBuilder.Value {
            var squeezed = network.convolution("\(name).squeeze", input, filters: squeeze, kernel: 1)
            squeezed = network.relu("\(name).squeeze_activation", squeezed)
            var one = network.convolution("\(name).expand1x1", squeezed, filters: expand, kernel: 1)
            one = network.relu("\(name).expand1x1_activation", one)
            var three = network.convolution("\(name).expand3x3", squeezed, filters: expand, kernel: 3, padding: 1)
            three = network.relu("\(name).expand3x3_activation", three)
            return network.concatenation("\(name).cat", [one, three])
        }
    }
}
