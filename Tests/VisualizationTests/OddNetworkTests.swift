import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// Networks that see no colours, more channels than a photograph has, or sizes of their own.
@Suite struct OddNetworkTests {
    /// A convolution over pictures of so many channels; of one channel behind the brightness of three.
    private func model(channels: Int) throws -> Model {
        var builder = NetworkBuilder(
            inputChannels: channels == 1 ? 3 : channels, weights: UntrainedWeights { IntegerHash.values($0, $1) })
        var x = builder.image
        if channels == 1 {
            x = builder.convolution("grey", x, filters: 1, kernel: 1, bias: false)
            builder.remarks.isGrey = true
        }
        x = builder.convolution("first", x, filters: 4, kernel: 3, padding: 1)
        x = builder.relu("second", x)
        // Down and up again: multiples of 4 only.
        var deep = builder.maxPooling("down0", x, kernel: 2, stride: 2)
        deep = builder.maxPooling("down1", deep, kernel: 2, stride: 2)
        let up = SpatialResampling.Rule.scale(4, .init(.nearest(.floor), .asymmetric))
        deep = builder.add("up", SpatialResampling(rows: up, columns: up), from: [deep], channels: 4)
        _ = builder.concatenation("joined", [deep, x])
        return Model(
            name: "odd", weightsSHA256: "", network: try builder.network(),
            preprocessing: Preprocessing(range: [0, 1], mean: [0.5], std: [0.25]), classNames: nil)
    }

    private func plan(_ change: (inout RenderPlan) -> Void = { _ in }) -> RenderPlan {
        var plan = RenderPlan(model: "odd", weights: "", objective: "channel(joined,5)", width: 26, height: 30)
        plan.steps = 3
        change(&plan)
        return plan
    }

    private func drawn(_ plan: RenderPlan, _ model: Model, _ pictures: [String: Tensor] = [:]) throws -> [Tensor] {
        var renderer = try Renderer(plan, model: model, pictures: pictures, workers: Workers(2))
        while renderer.stepsDone < plan.steps { _ = try renderer.step() }
        _ = try renderer.score(of: renderer.pictures())
        #expect(try renderer.rank(on: renderer.pictures()[0])?.channels == (plan.alpha ? nil : 8))
        return renderer.pictures()
    }

    private func planes(_ picture: Tensor) -> [[Float]] {
        (0..<picture.shape.channels).map { Array(picture.elements[$0 * picture.shape.area..<($0 + 1) * picture.shape.area]) }
    }

    @Test(arguments: ParameterizationName.allCases)
    func aNetworkWithoutColoursDrawsGrey(_ canvas: ParameterizationName) throws {
        let model = try model(channels: 1)
        for decorrelate in [true, false] {
            let grey = try drawn(plan { ($0.parameterization, $0.decorrelate) = (canvas, decorrelate) }, model)[0]
            let planes = planes(grey)
            #expect(planes.count == 3 && planes[0] == planes[1] && planes[0] == planes[2])
            #expect(Set(planes[0]).count > 100)
        }
    }

    @Test func aDreamFromNoiseIsGreyAsWell() throws {
        var plan = DreamPlan(
            model: "odd", weights: "", objective: "layer(joined)", photo: nil, width: 30, height: 26, octaves: 2, iterations: 2)
        for isNatural in [true, false] {
            plan.naturalNoise = isNatural
            var dream = try Dream(plan, model: try model(channels: 1), pictures: [:], workers: Workers(2))
            while dream.stepsDone < dream.steps { _ = try dream.step() }
            let planes = planes(dream.picture())
            #expect(planes[0] == planes[1] && planes[0] == planes[2] && Set(planes[0]).count > 100)
        }
    }

    @Test func aPhotographKeepsItsColours() throws {
        let shape = Shape(3, 30, 26)
        let photo = Tensor(shape, IntegerHash.values("photo", shape.count, scale: 0.3).map { $0 + 0.5 })
        let planes = planes(try drawn(plan { $0.start = "photo" }, try model(channels: 1), ["photo": photo])[0])
        #expect(planes[0] != planes[1] && planes[1] != planes[2])
    }

    @Test(arguments: [2, 4, 7, 12])
    func everyChannelIsDrawn(_ channels: Int) throws {
        let picture = try drawn(plan(), try model(channels: channels))[0]
        #expect(picture.shape == Shape(channels, 30, 26))
    }

    /// A size that the network does not take is said, and drawn all the same.
    @Test func sizesBetweenAreScaled() throws {
        let model = try model(channels: 3)
        let scaling = try #require(Renderer.scaling(of: plan { $0.transforms = "none" }, model: model))
        #expect(scaling.left == Network.Size(height: 30, width: 26) && scaling.seen == Network.Size(height: 32, width: 28))
        #expect(Renderer.scaling(of: plan { ($0.transforms, $0.width, $0.height) = ("none", 28, 32) }, model: model) == nil)
        #expect(throws: RenderError.self) { try Renderer.check(plan { ($0.width, $0.height) = (2, 2) }, model: model) }
        for transforms in ["none", "lucid", "wide", "random_crop(0.9...0.8, uniform)", "pad(3) jitter(2)"] {
            _ = try drawn(plan { $0.transforms = TransformChain.expanded(transforms, size: 26) }, model)
        }
        _ = try drawn(plan { $0.stages = StageList("21x17:1 25x23:1")! }, model)
    }

    /// A channel that is 0 everywhere on the finished picture, where others are not.
    @Test func aSilentChannelIsTold() throws {
        var builder = NetworkBuilder(weights: UntrainedWeights { IntegerHash.values($0, $1) })
        let constant = Parameter("c", shape: [2], values: [1, -100])
        let weights = Parameter("w", shape: [2, 3, 1, 1], values: [1, 1, 1, 1, 1, 1])
        let layer = Convolution(inputChannels: 3, filters: 2, window: Window(kernel: 1), weights: weights, biases: constant)
        let x = builder.add("first", layer, from: [builder.image], channels: 2)
        _ = builder.relu("second", x)
        let model = Model(
            name: "odd", weightsSHA256: "", network: try builder.network(),
            preprocessing: Preprocessing(range: [0, 1], mean: [0], std: [1]), classNames: nil)
        for (channel, answers) in [(0, true), (1, false)] {
            let renderer = try Renderer(plan { $0.objective = "channel(second,\(channel))" }, model: model, workers: .one)
            #expect(try renderer.rank(on: renderer.pictures()[0])?.answers == answers)
        }
    }
}
