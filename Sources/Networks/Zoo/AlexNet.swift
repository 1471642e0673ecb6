/// AlexNet (Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997), as
/// torchvision names its layers.
extension Architecture {
    /// The one column of the second paper, without response normalization.
    public static let alexnet = Architecture(name: "alexnet") { network, classifier in
        var x = network.image
        x = network.convolution("features.0", x, filters: 64, kernel: 11, stride: 4, padding: 2)
        x = network.relu("features.1", x)
        x = network.maxPooling("features.2", x, kernel: 3, stride: 2)
        x = network.convolution("features.3", x, filters: 192, kernel: 5, padding: 2)
        x = network.relu("features.4", x)
        x = network.maxPooling("features.5", x, kernel: 3, stride: 2)
        x = network.convolution("features.6", x, filters: 384, kernel: 3, padding: 1)
        x = network.relu("features.7", x)
        x = network.convolution("features.8", x, filters: 256, kernel: 3, padding: 1)
        x = network.relu("features.9", x)
        x = network.convolution("features.10", x, filters: 256, kernel: 3, padding: 1)
        x = network.relu("features.11", x)
        x = network.maxPooling("features.12", x, kernel: 3, stride: 2)
        guard classifier else { return }
        x = network.adaptiveAveragePooling("avgpool", x, to: 6)
        x = network.flatten("flatten", x, values: 256 * 6 * 6)
        x = network.identity("classifier.0", x)
        x = network.linear("classifier.1", x, inputs: 256 * 6 * 6, outputs: 4096)
        x = network.relu("classifier.2", x)
        x = network.identity("classifier.3", x)
        x = network.linear("classifier.4", x, inputs: 4096, outputs: 4096)
        x = network.relu("classifier.5", x)
        network.classes("classifier.6", x)
    }
}
