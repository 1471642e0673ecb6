/// SqueezeNet (Iandola et al. 2016, arXiv:1602.07360), as torchvision names its layers.
extension Architecture {
    /// Version 1.0, the paper's.
    public static let squeezenet1_0 = squeezenet(
        "squeezenet1_0", filters: 96, kernel: 7, pools: [3, 7],
        squeeze: [16, 16, 32, 32, 48, 48, 64, 64])
        .styled(content: "features.7", style: ["features.1", "features.3", "features.6", "features.9", "features.10"])
        .dreamt(at: "features.10")
    /// Version 1.1: the accuracy of 1.0 for 2.4 times fewer operations.
    public static let squeezenet1_1 = squeezenet(
        "squeezenet1_1", filters: 64, kernel: 3, pools: [2, 4],
        squeeze: [16, 16, 32, 32, 48, 48, 64, 64])
        .styled(content: "features.7", style: ["features.1", "features.3", "features.6", "features.9", "features.10"])
        .dreamt(at: "features.10")

    /// - Parameters:
    ///   - filters: of the first convolution, as `kernel`.
    ///   - pools: before which fire modules, beside the first, there is a pool.
    ///   - squeeze: the narrow filters of each fire module; it expands to four times as many of each kind.
    private static func squeezenet(
        _ name: String, filters: Int, kernel: Int, pools: Set<Int>, squeeze: [Int]
    ) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.image
            var index = 0
            func next() -> String {
                defer { index += 1 }
                return "features.\(index)"
            }
            x = network.convolution(next(), x, filters: filters, kernel: kernel, stride: 2)
            x = network.relu(next(), x)
            x = network.maxPooling(next(), x, kernel: 3, stride: 2, ceiling: true)
            for (place, squeeze) in squeeze.enumerated() {
                if pools.contains(place) { x = network.maxPooling(next(), x, kernel: 3, stride: 2, ceiling: true) }
                x = fire(next(), x, squeeze: squeeze, expand: 4 * squeeze)
            }
            guard classifier else { return }
            let classes = network.shape(of: "classifier.1.weight")?.first ?? 1000
            x = network.identity("classifier.0", x)
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
}
