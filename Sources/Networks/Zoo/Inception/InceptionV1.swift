import Tensors

/// InceptionV1 as TensorFlow's inception5h has it: GoogLeNet (Szegedy et al. 2014, arXiv:1409.4842) as it was trained for
/// DeepDream and studied in Feature Visualization. Nodes have Lucid's names, and a convolution's parameters the name of
/// its `_pre_relu` with `_conv` after it. TensorFlow pads so that a stride of 2 halves an even extent: what is odd goes to
/// the far sides.
extension Architecture {
    /// For pictures of 224×224 pixels and any even size.
    public static let inceptionv1 = Architecture(name: "inceptionv1") { network, classifier in
        typealias Value = NetworkBuilder.Value
        var x = network.add(
            "conv2d0_pad", Padding(top: 2, bottom: 3, left: 2, right: 3), from: [network.image],
            channels: network.image.channels)
        x = rectified("conv2d0", x, 64, Window(kernel: 7, stride: 2))
        // A window that hangs over the far edge is what padding with −∞ there gives.
        x = network.maxPooling("maxpool0", x, kernel: 3, stride: 2, ceiling: true)
        x = normalized("localresponsenorm0", x)
        x = rectified("conv2d1", x, 64, same(1))
        x = rectified("conv2d2", x, 192, same(3))
        x = normalized("localresponsenorm1", x)
        x = network.maxPooling("maxpool1", x, kernel: 3, stride: 2, ceiling: true)
        x = mixed("mixed3a", x, 64, (96, 128), (16, 32), pool: 32)
        x = mixed("mixed3b", x, 128, (128, 192), (32, 96), pool: 64)
        x = network.maxPooling("maxpool4", x, kernel: 3, stride: 2, ceiling: true)
        x = mixed("mixed4a", x, 192, (96, 204), (16, 48), pool: 64)
        x = mixed("mixed4b", x, 160, (112, 224), (24, 64), pool: 64)
        x = mixed("mixed4c", x, 128, (128, 256), (24, 64), pool: 64)
        x = mixed("mixed4d", x, 112, (144, 288), (32, 64), pool: 64)
        x = mixed("mixed4e", x, 256, (160, 320), (32, 128), pool: 128)
        x = network.maxPooling("maxpool10", x, kernel: 3, stride: 2, ceiling: true)
        x = mixed("mixed5a", x, 256, (160, 320), (48, 128), pool: 128)
        x = mixed("mixed5b", x, 384, (192, 384), (48, 128), pool: 128)
        guard classifier else { return }
        let classes = network.shape(of: "softmax2_pre_activation_matmul.weight")?.first ?? 1008
        x = network.globalMean("avgpool0", "avgpool0_reshape", x)
        x = network.linear(
            "softmax2_pre_activation", x, inputs: x.channels, outputs: classes, prefix: "softmax2_pre_activation_matmul")
        _ = network.add("softmax2", Softmax(), from: [x], channels: classes)

        func same(_ kernel: Int) -> Window { Window(kernel: kernel, padding: kernel / 2) }

        func rectified(_ name: String, _ input: Value, _ filters: Int, _ window: Window) -> Value {
            let x = network.convolution(
                "\(name)_pre_relu", input, filters: filters, window: window, prefix: "\(name)_pre_relu_conv")
            return network.relu(name, x)
        }

        func normalized(_ name: String, _ input: Value) -> Value {
            let layer = LocalResponseNormalization(size: 9, alpha: 1e-4, offset: 1)
            return network.add(name, layer, from: [input], channels: input.channels)
        }

        /// Four branches side by side: 1×1; 1×1 and 3×3; 1×1 and 5×5; pool and 1×1.
        func mixed(_ name: String, _ input: Value, _ one: Int, _ three: (Int, Int), _ five: (Int, Int), pool: Int) -> Value {
            let branch1 = rectified("\(name)_1x1", input, one, same(1))
            var branch3 = rectified("\(name)_3x3_bottleneck", input, three.0, same(1))
            branch3 = rectified("\(name)_3x3", branch3, three.1, same(3))
            var branch5 = rectified("\(name)_5x5_bottleneck", input, five.0, same(1))
            branch5 = rectified("\(name)_5x5", branch5, five.1, same(5))
            var pooled = network.maxPooling("\(name)_pool", input, kernel: 3, stride: 1, padding: 1)
            pooled = rectified("\(name)_pool_reduce", pooled, pool, same(1))
            return network.concatenation(name, [branch1, branch3, branch5, pooled])
        }
    }
    .trained(on: Preprocessing(range: [0, 255], mean: [117, 117, 117], std: [1, 1, 1]))  // RGB in 0…255 less 117
    .styled(content: "mixed3b", style: ["conv2d2", "mixed3a", "mixed4a", "mixed4b", "mixed4c"])
    .dreamt(at: "mixed4c")
}
