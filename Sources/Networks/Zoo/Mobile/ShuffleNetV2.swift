/// ShuffleNet V2 (Ma et al. 2018, arXiv:1807.11164), as torchvision names its layers. A shuffle is `view_1`, the last of
/// the operations that make one there.
extension Architecture {
    /// Half the width.
    public static let shufflenet_v2_x0_5 = shuffling("shufflenet_v2_x0_5", widths: [48, 96, 192], last: 1024)
    /// The paper's main width.
    public static let shufflenet_v2_x1_0 = shuffling("shufflenet_v2_x1_0", widths: [116, 232, 464], last: 1024)
    /// One and a half times the width.
    public static let shufflenet_v2_x1_5 = shuffling("shufflenet_v2_x1_5", widths: [176, 352, 704], last: 1024)
        .trained("IMAGENET1K_V1", .imageNet(resize: 232))
    /// Twice the width.
    public static let shufflenet_v2_x2_0 = shuffling("shufflenet_v2_x2_0", widths: [244, 488, 976], last: 2048)
        .trained("IMAGENET1K_V1", .imageNet(resize: 232))

    /// - Parameters:
    ///   - widths: channels of the three stages (table 5 of the paper).
    ///   - last: filters of the last convolution.
    private static func shuffling(_ name: String, widths: [Int], last: Int) -> Architecture {
        Architecture(name: name) { network, classifier in
            typealias Value = NetworkBuilder.Value
            var x = network.image
            x = network.convolution("conv1.0", x, filters: 24, kernel: 3, stride: 2, padding: 1, bias: false)
            x = network.relu("conv1.2", network.normalization("conv1.1", x))
            x = network.maxPooling("maxpool", x, kernel: 3, stride: 2, padding: 1)
            for (stage, (width, blocks)) in zip(widths, [4, 8, 4]).enumerated() {
                for block in 0..<blocks {
                    let name = "stage\(stage + 2).\(block)"
                    x = block == 0 ? halving(name, x, width / 2) : splitting(name, x)
                }
            }
            x = network.convolution("conv5.0", x, filters: last, kernel: 1, bias: false)
            x = network.relu("conv5.2", network.normalization("conv5.1", x))
            guard classifier else { return }
            network.classes("fc", network.globalMean("mean_pool", "mean", x))

            /// One half of the channels passes as it is, the other through three convolutions.
            func splitting(_ name: String, _ input: Value) -> Value {
                let half = input.channels / 2
                let kept = channels(0..<half, "\(name).getitem", input)
                let changed = branch2(name, channels(half..<2 * half, "\(name).getitem_1", input), half, stride: 1)
                return shuffle(name, [kept, changed])
            }

            /// Half the extent, both ways through convolutions.
            func halving(_ name: String, _ input: Value, _ half: Int) -> Value {
                var kept = network.convolution(
                    "\(name).branch1.0", input, filters: input.channels, kernel: 3, stride: 2, padding: 1,
                    groups: input.channels, bias: false)
                kept = network.normalization("\(name).branch1.1", kept)
                kept = network.convolution("\(name).branch1.2", kept, filters: half, kernel: 1, bias: false)
                kept = network.relu("\(name).branch1.4", network.normalization("\(name).branch1.3", kept))
                return shuffle(name, [kept, branch2(name, input, half, stride: 2)])
            }

            func branch2(_ name: String, _ input: Value, _ half: Int, stride: Int) -> Value {
                var x = network.convolution("\(name).branch2.0", input, filters: half, kernel: 1, bias: false)
                x = network.relu("\(name).branch2.2", network.normalization("\(name).branch2.1", x))
                x = network.convolution(
                    "\(name).branch2.3", x, filters: half, kernel: 3, stride: stride, padding: 1, groups: half, bias: false)
                x = network.normalization("\(name).branch2.4", x)
                x = network.convolution("\(name).branch2.5", x, filters: half, kernel: 1, bias: false)
                return network.relu("\(name).branch2.7", network.normalization("\(name).branch2.6", x))
            }

            func channels(_ range: Range<Int>, _ name: String, _ input: Value) -> Value {
                network.add(
                    name, ChannelChoice(Array(range), of: input.channels), from: [input], channels: range.count)
            }

            func shuffle(_ name: String, _ halves: [Value]) -> Value {
                let x = network.concatenation("\(name).cat", halves)
                let layer = ChannelChoice.shuffle(groups: 2, channels: x.channels)
                return network.add("\(name).view_1", layer, from: [x], channels: x.channels)
            }
        }
    }
}
