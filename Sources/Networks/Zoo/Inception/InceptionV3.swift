import Tensors

/// Inception v3 (Szegedy et al. 2015, arXiv:1512.00567), as torchvision names its layers. Its auxiliary classifier serves
/// training only and is left out.
extension Architecture {
    /// For pictures of 299×299 pixels.
    public static let inception_v3 = Architecture(name: "inception_v3") { network, classifier in
        typealias Value = NetworkBuilder.Value
        let one = Window(kernel: 1)
        let same3 = Window(kernel: 3, padding: 1)
        let halve3 = Window(kernel: 3, stride: 2)
        var x = network.transformedInput("cat")
        x = basic("Conv2d_1a_3x3", x, 32, Window(kernel: 3, stride: 2))
        x = basic("Conv2d_2a_3x3", x, 32, Window(kernel: 3))
        x = basic("Conv2d_2b_3x3", x, 64, Window(kernel: 3, padding: 1))
        x = network.maxPooling("maxpool1", x, kernel: 3, stride: 2)
        x = basic("Conv2d_3b_1x1", x, 80, one)
        x = basic("Conv2d_4a_3x3", x, 192, Window(kernel: 3))
        x = network.maxPooling("maxpool2", x, kernel: 3, stride: 2)
        x = figure5("Mixed_5b", x, pool: 32)
        x = figure5("Mixed_5c", x, pool: 64)
        x = figure5("Mixed_5d", x, pool: 64)
        x = reduction("Mixed_6a", x)
        x = figure6("Mixed_6b", x, inner: 128)
        x = figure6("Mixed_6c", x, inner: 160)
        x = figure6("Mixed_6d", x, inner: 160)
        x = figure6("Mixed_6e", x, inner: 192)
        x = lastReduction("Mixed_7a", x)
        x = figure7("Mixed_7b", x)
        x = figure7("Mixed_7c", x)
        guard classifier else { return }
        x = network.adaptiveAveragePooling("avgpool", x, to: 1)
        x = network.identity("dropout", x)
        x = network.flatten("flatten", x, values: x.channels)
        network.classes("fc", x)

        func across(_ extent: Int) -> Window { Window(kernel: (1, extent), padding: (0, extent / 2)) }
        func down(_ extent: Int) -> Window { Window(kernel: (extent, 1), padding: (extent / 2, 0)) }

        func basic(_ name: String, _ input: Value, _ filters: Int, _ window: Window) -> Value {
            network.basicConvolution(name, input, filters: filters, window: window)
        }

        func averaged(_ name: String, _ input: Value, _ filters: Int) -> Value {
            let mean = network.averagePooling("\(name).avg_pool2d", input, kernel: 3, stride: 1, padding: 1)
            return basic("\(name).branch_pool", mean, filters, one)
        }

        /// Figure 5 of the paper: 1×1; 5×5; two 3×3; mean and 1×1.
        func figure5(_ name: String, _ input: Value, pool: Int) -> Value {
            let branch1 = basic("\(name).branch1x1", input, 64, one)
            var branch5 = basic("\(name).branch5x5_1", input, 48, one)
            branch5 = basic("\(name).branch5x5_2", branch5, 64, Window(kernel: 5, padding: 2))
            var branch3 = basic("\(name).branch3x3dbl_1", input, 64, one)
            branch3 = basic("\(name).branch3x3dbl_2", branch3, 96, same3)
            branch3 = basic("\(name).branch3x3dbl_3", branch3, 96, same3)
            let mean = averaged(name, input, pool)
            return network.concatenation("\(name).cat", [branch1, branch5, branch3, mean])
        }

        /// Half the extent: 3×3; two 3×3; maximum.
        func reduction(_ name: String, _ input: Value) -> Value {
            let branch3 = basic("\(name).branch3x3", input, 384, halve3)
            var double = basic("\(name).branch3x3dbl_1", input, 64, one)
            double = basic("\(name).branch3x3dbl_2", double, 96, same3)
            double = basic("\(name).branch3x3dbl_3", double, 96, halve3)
            let largest = network.maxPooling("\(name).max_pool2d", input, kernel: 3, stride: 2)
            return network.concatenation("\(name).cat", [branch3, double, largest])
        }

        /// Figure 6: 7×7 kernels as 1×7 and 7×1.
        func figure6(_ name: String, _ input: Value, inner: Int) -> Value {
            let branch1 = basic("\(name).branch1x1", input, 192, one)
            var branch7 = basic("\(name).branch7x7_1", input, inner, one)
            branch7 = basic("\(name).branch7x7_2", branch7, inner, across(7))
            branch7 = basic("\(name).branch7x7_3", branch7, 192, down(7))
            var double = basic("\(name).branch7x7dbl_1", input, inner, one)
            double = basic("\(name).branch7x7dbl_2", double, inner, down(7))
            double = basic("\(name).branch7x7dbl_3", double, inner, across(7))
            double = basic("\(name).branch7x7dbl_4", double, inner, down(7))
            double = basic("\(name).branch7x7dbl_5", double, 192, across(7))
            let mean = averaged(name, input, 192)
            return network.concatenation("\(name).cat", [branch1, branch7, double, mean])
        }

        /// Half the extent again: 3×3; 7×7 and 3×3; maximum.
        func lastReduction(_ name: String, _ input: Value) -> Value {
            var branch3 = basic("\(name).branch3x3_1", input, 192, one)
            branch3 = basic("\(name).branch3x3_2", branch3, 320, halve3)
            var branch7 = basic("\(name).branch7x7x3_1", input, 192, one)
            branch7 = basic("\(name).branch7x7x3_2", branch7, 192, across(7))
            branch7 = basic("\(name).branch7x7x3_3", branch7, 192, down(7))
            branch7 = basic("\(name).branch7x7x3_4", branch7, 192, halve3)
            let largest = network.maxPooling("\(name).max_pool2d", input, kernel: 3, stride: 2)
            return network.concatenation("\(name).cat", [branch3, branch7, largest])
        }

        /// Figure 7: 1×3 and 3×1 side by side.
        func figure7(_ name: String, _ input: Value) -> Value {
            let branch1 = basic("\(name).branch1x1", input, 320, one)
            let inner3 = basic("\(name).branch3x3_1", input, 384, one)
            let a = basic("\(name).branch3x3_2a", inner3, 384, across(3))
            let b = basic("\(name).branch3x3_2b", inner3, 384, down(3))
            let branch3 = network.concatenation("\(name).cat", [a, b])
            var double = basic("\(name).branch3x3dbl_1", input, 448, one)
            double = basic("\(name).branch3x3dbl_2", double, 384, same3)
            let c = basic("\(name).branch3x3dbl_3a", double, 384, across(3))
            let d = basic("\(name).branch3x3dbl_3b", double, 384, down(3))
            double = network.concatenation("\(name).cat_1", [c, d])
            let mean = averaged(name, input, 192)
            return network.concatenation("\(name).cat_2", [branch1, branch3, double, mean])
        }
    }
    .trained("IMAGENET1K_V1", .imageNet(resize: 342, crop: 299))
    .named(Naming("timm", []).withoutTransform().meant(for: "timm"))
}
