/// VGG (Simonyan and Zisserman 2014, arXiv:1409.1556), as torchvision names its layers.
extension Architecture {
    /// Configuration D: 13 convolutions, 3 fully connected layers.
    public static let vgg16 = vgg("vgg16", blocks: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]])

    /// - Parameter blocks: the filters of the 3×3 convolutions between two pools.
    private static func vgg(_ name: String, blocks: [[Int]]) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.image
            var index = 0
            func next() -> String {
                defer { index += 1 }
                return "features.\(index)"
            }
            for block in blocks {
                for filters in block {
                    x = network.convolution(next(), x, filters: filters, kernel: 3, padding: 1)
                    x = network.relu(next(), x)
                }
                x = network.maxPooling(next(), x, kernel: 2, stride: 2)
            }
            guard classifier else { return }
            let classes = network.shape(of: "classifier.6.weight")?.first ?? 1000
            x = network.adaptiveAveragePooling("avgpool", x, to: 7)
            x = network.flatten("flatten", x, values: 512 * 7 * 7)
            x = network.linear("classifier.0", x, inputs: 512 * 7 * 7, outputs: 4096)
            x = network.relu("classifier.1", x)
            x = network.dropout("classifier.2", x)
            x = network.linear("classifier.3", x, inputs: 4096, outputs: 4096)
            x = network.relu("classifier.4", x)
            x = network.dropout("classifier.5", x)
            _ = network.linear("classifier.6", x, inputs: 4096, outputs: classes)
        }
    }
}
