import Tensors

/// GoogLeNet (Szegedy et al. 2014, arXiv:1409.4842) with batch normalization, as torchvision trained and names it. Its
/// auxiliary classifiers serve training only and are left out.
extension Architecture {
    /// The network that won ILSVRC 2014, its 5×5 kernels made 3×3.
    public static let googlenet = Architecture(name: "googlenet") { network, classifier in
        var x = network.transformedInput("cat")
        x = basic("conv1", x, 64, kernel: 7, stride: 2)
        x = network.maxPooling("maxpool1", x, kernel: 3, stride: 2, ceiling: true)
        x = basic("conv2", x, 64, kernel: 1)
        x = basic("conv3", x, 192, kernel: 3)
        x = network.maxPooling("maxpool2", x, kernel: 3, stride: 2, ceiling: true)
        x = inception("inception3a", x, 64, (96, 128), (16, 32), pool: 32)
        x = inception("inception3b", x, 128, (128, 192), (32, 96), pool: 64)
        x = network.maxPooling("maxpool3", x, kernel: 3, stride: 2, ceiling: true)
        x = inception("inception4a", x, 192, (96, 208), (16, 48), pool: 64)
        x = inception("inception4b", x, 160, (112, 224), (24, 64), pool: 64)
        x = inception("inception4c", x, 128, (128, 256), (24, 64), pool: 64)
        x = inception("inception4d", x, 112, (144, 288), (32, 64), pool: 64)
        x = inception("inception4e", x, 256, (160, 320), (32, 128), pool: 128)
        x = network.maxPooling("maxpool4", x, kernel: 2, stride: 2, ceiling: true)
        x = inception("inception5a", x, 256, (160, 320), (32, 128), pool: 128)
        x = inception("inception5b", x, 384, (192, 384), (48, 128), pool: 128)
        guard classifier else { return }
        x = network.globalMean("avgpool", "flatten", x)
        network.classes("fc", network.identity("dropout", x))

        func basic(_ name: String, _ input: NetworkBuilder.Value, _ filters: Int, kernel: Int, stride: Int = 1)
            -> NetworkBuilder.Value
        {
            network.basicConvolution(
                name, input, filters: filters, window: Window(kernel: kernel, stride: stride, padding: kernel / 2))
        }

        /// Four branches side by side: 1×1; 1×1 and 3×3; 1×1 and (in the paper 5×5, here) 3×3; pool and 1×1.
        func inception(
            _ name: String, _ input: NetworkBuilder.Value, _ one: Int, _ three: (Int, Int), _ five: (Int, Int), pool: Int
        ) -> NetworkBuilder.Value {
            let branch1 = basic("\(name).branch1", input, one, kernel: 1)
            var branch2 = basic("\(name).branch2.0", input, three.0, kernel: 1)
            branch2 = basic("\(name).branch2.1", branch2, three.1, kernel: 3)
            var branch3 = basic("\(name).branch3.0", input, five.0, kernel: 1)
            branch3 = basic("\(name).branch3.1", branch3, five.1, kernel: 3)
            var branch4 = network.maxPooling("\(name).branch4.0", input, kernel: 3, stride: 1, padding: 1, ceiling: true)
            branch4 = basic("\(name).branch4.1", branch4, pool, kernel: 1)
            return network.concatenation("\(name).cat", [branch1, branch2, branch3, branch4])
        }
    }
    .dreamt(at: "inception4c")
}
