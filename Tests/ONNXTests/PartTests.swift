import Foundation
import Networks
import ONNX
import Tensors
import TestSupport
import Testing

/// Files of which only a part can be understood, or which leave something open.
@Suite struct PartTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func load(_ bytes: [UInt8], size: Network.Size? = nil) throws -> Model {
        try ONNXModel.load(path: try folder.write("model.onnx", bytes), size: size)
    }

    private func floats(_ count: Int, _ name: String) -> [UInt8] {
        IntegerHash.values(name, count).flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    }

    /// A node that cannot be understood leaves the layers before it, and beside it, as they are.
    @Test func layersBeforeAnUnknownOperatorAreDrawn() throws {
        let nodes = [
            Proto.node("Relu", ["x"], ["a"], name: "first"), Proto.node("LSTM", ["a"], ["b"], name: "memory"),
            Proto.node("Relu", ["b"], ["y"], name: "last"), Proto.node("Tanh", ["a"], ["c"], name: "beside"),
        ]
        let network = try load(Proto.model(nodes)).network
        #expect(network.layerNames == ["first", "beside"])
        for name in ["memory", "last"] {
            let error = #expect(throws: LayerNameError.self) { try network.layer(named: name) }
            #expect(error?.reason?.contains("memory (LSTM)") == true, "\(name): \(error?.description ?? "found")")
        }
        #expect(network.remarks.unreadEnd?.contains("LSTM") == true)
        #expect(network.unreadSummary?.hasPrefix("2 nodes are not read, from memory on") == true)
    }

    /// A tensor of strings is in nobody's way who does not read it.
    @Test func tensorsThatAreNotNeededAreNotRead() throws {
        let nodes = [Proto.node("Relu", ["x"], ["a"], name: "first"), Proto.node("Gather", ["names", "a"], ["y"], name: "named")]
        let network = try load(Proto.model(nodes, tensors: [Proto.tensor("names", [2], type: 8, raw: [])])).network
        #expect(network.layerNames == ["first"])
        #expect(network.unreadSummary?.contains("element type 8") == true)
    }

    /// A layer that takes one size only, in a file that leaves the size open.
    @Test func theSizeThatADenseLayerWantsIsFound() throws {
        let nodes = [
            Proto.node("Relu", ["x"], ["a"], name: "first"), Proto.node("Flatten", ["a"], ["b"], name: "flat"),
            Proto.node("MatMul", ["b", "w"], ["y"], name: "dense"),
        ]
        let weights = Proto.tensor("w", [3 * 40 * 40, 2], type: 1, raw: floats(3 * 40 * 40 * 2, "w"))
        let network = try load(Proto.model(nodes, tensors: [weights], dims: [1, 3, 0, 0])).network
        #expect(network.remarks.unread.isEmpty)
        #expect(network.onlySize(for: try network.layer(named: "dense")) == Network.Size(height: 40, width: 40))
        #expect(network.onlySize(for: try network.layer(named: "first")) == nil)
    }

    /// The size in the file is the network's own, though its layers take others.
    @Test func theFilesSizeIsKept() throws {
        let network = try load(Proto.model([Proto.node("Relu", ["x"], ["y"], name: "first")], dims: [1, 3, 32, 48])).network
        #expect(network.remarks.ownSize == Network.Size(height: 32, width: 48))
        #expect(network.onlySize(for: try network.layer(named: "first")) == nil)
    }

    @Test(arguments: [(1, 3), (2, 2), (4, 4), (12, 12)])
    func anyNumberOfChannelsIsTaken(_ channels: Int, _ seen: Int) throws {
        let model = try load(Proto.model([Proto.node("Relu", ["x"], ["y"], name: "first")], dims: [1, channels, 8, 8]))
        #expect(model.network.inputChannels == seen)
        #expect(model.network.remarks.isGrey == (channels == 1))
        #expect(!model.hasItsOwnPreprocessing)
    }

    /// Channels last by what the first node does with them, not by their number.
    @Test func theFirstNodeTellsWhereChannelsAre() throws {
        let kernel = Proto.tensor("w", [4, 5, 1, 1], type: 1, raw: floats(20, "w"))
        let plain = try load(Proto.model([Proto.node("Conv", ["x", "w"], ["y"], name: "c")], tensors: [kernel], dims: [1, 5, 8, 6]))
        #expect(plain.network.inputChannels == 5)
        let permutation = Proto.field(5, Proto.field(1, "perm") + [0, 3, 1, 2].flatMap { Proto.number(8, $0) } + Proto.number(20, 7))
        let nodes = [
            Proto.node("Transpose", ["x"], ["t"], name: "t") + permutation, Proto.node("Conv", ["t", "w"], ["y"], name: "c"),
        ]
        let last = try load(Proto.model(nodes, tensors: [kernel], dims: [1, 8, 6, 5])).network
        #expect(last.inputChannels == 5 && last.remarks.ownSize == Network.Size(height: 8, width: 6))
    }

    /// Bytes, and first nodes that divide by 255 or take a mean off.
    @Test func theRangeIsToldByTheGraph() throws {
        func range(_ operation: String, _ number: Float, type: Int = 1) throws -> [Float] {
            let tensor = Proto.tensor("n", [], type: 1, raw: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init))
            let nodes = [Proto.node("Identity", ["x"], ["a"], name: "i"), Proto.node(operation, ["a", "n"], ["y"], name: "s")]
            let preprocessing = try load(Proto.model(nodes, tensors: [tensor], type: type)).preprocessing
            #expect(preprocessing.mean == [0] && preprocessing.std == [1])
            return preprocessing.range
        }
        #expect(try range("Div", 255) == [0, 255])
        #expect(try range("Mul", 1 / 255) == [0, 255])
        #expect(try range("Sub", 127.5) == [0, 255])
        #expect(try range("Sub", 0.485) == [0, 1])
        #expect(try range("Add", 0.5, type: 2) == [0, 255])
        #expect(try range("Add", 0.5, type: 3) == [-128, 127])
        #expect(try range("Add", 0.5, type: 6) == [0, 255])
    }

    /// Inputs beside the picture are held at numbers or at another picture, and the record says at which.
    @Test func otherInputsAreHeld() throws {
        let graph = Proto.model([Proto.node("Sub", ["x", "b"], ["y"], name: "difference")], others: [("b", [1, 3, 8, 8])])
        let path = try folder.write("two.onnx", graph)
        let error = #expect(throws: WeightsError.self) { try ONNXModel.load(path: path) }
        #expect(error?.reason.contains("2 inputs (x 1×3×8×8, b 1×3×8×8)") == true && error?.reason.contains(ONNXModel.severalInputs) == true)
        let image = Tensor(Shape(3, 8, 8), IntegerHash.values("image", 192, scale: 0.3).map { $0 + 0.5 })
        func answer(_ value: GivenInput.Value, size: Int = 8) throws -> (Model, [Float]) {
            let model = try ONNXModel.load(path: path, inputs: [GivenInput(.init(name: "b", source: "there"), value)])
            let layer = try model.network.layer(named: "difference")
            let prepared = try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: model.preprocessing)
            return (model, prepared.forward(image, Pass(), remembering: false)[layer].values.elements)
        }
        let (model, plain) = try answer(.zeros)
        #expect(model.preprocessing.inputs == [.init(name: "b", source: "there")])
        let record = try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(model.preprocessing))
        #expect(record == model.preprocessing)
        let less = try answer(.numbers([1, 3, 8, 8], [Float](repeating: 0.25, count: 192))).1
        #expect(relativeError(less, plain.map { $0 - 0.25 }) < 1e-6)
        // The same picture as both inputs.
        let same = try answer(.picture(height: 8, width: 8, planes: image.elements)).1
        #expect(same.allSatisfy { abs($0) < 1e-5 })
        #expect(throws: WeightsError.self) { try answer(.numbers([1, 3, 4, 8], [Float](repeating: 0, count: 96))) }
        let stray = #expect(throws: WeightsError.self) {
            try ONNXModel.load(path: path, inputs: [GivenInput(.init(name: "c", source: "zeros"), .zeros)])
        }
        #expect(stray?.reason.contains("there is no input c; there are x, b") == true)
    }

    @Test func whatIsNoPictureIsRefused() throws {
        let relu = Proto.node("Relu", ["x"], ["y"], name: "first")
        let latent = #expect(throws: WeightsError.self) { try load(Proto.model([relu], dims: [1, 100, 1, 1])) }
        #expect(latent?.reason.contains("takes 100 channels of 1×1, no picture") == true)
        for (bytes, words) in [
            (Array("version https://git-lfs.github.com/spec/v1\noid sha256:0".utf8), "git lfs pull"),
            (Array("<!DOCTYPE html><html></html>".utf8), "the download failed"),
            ([0x89] + Array("HDF\r\n".utf8), "Keras"), ([28, 0, 0, 0] + Array("TFL3".utf8), "TensorFlow Lite"),
            (Array("PK\u{3}\u{4}archive/data.pkl".utf8), "PyTorch"),
        ] {
            let error = #expect(throws: WeightsError.self) { try load(bytes) }
            #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "read")")
        }
    }
}
