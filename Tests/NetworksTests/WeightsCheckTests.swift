import Networks
import Testing

/// The parameters of a network's layers and a file's tensors must be the same.
@Suite struct WeightsCheckTests {
    /// Shapes without values.
    private struct Shapes: WeightStore {
        let file = "shapes"
        var shapes: [String: [Int]]

        func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
            throw WeightsError(file: file, reason: "no values")
        }
    }

    /// torchvision's VGG-16.
    private static let vgg: [String: [Int]] = {
        var shapes: [String: [Int]] = [
            "classifier.0.weight": [4096, 25088], "classifier.0.bias": [4096], "classifier.3.weight": [4096, 4096],
            "classifier.3.bias": [4096], "classifier.6.weight": [1000, 4096], "classifier.6.bias": [1000],
        ]
        let convolutions = [(0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256),
            (17, 256, 512), (19, 512, 512), (21, 512, 512), (24, 512, 512), (26, 512, 512), (28, 512, 512)]
        for (index, inputs, filters) in convolutions {
            shapes["features.\(index).weight"] = [filters, inputs, 3, 3]
            shapes["features.\(index).bias"] = [filters]
        }
        return shapes
    }()

    private func reason(_ change: (inout [String: [Int]]) -> Void) -> String {
        var shapes = Self.vgg
        change(&shapes)
        do {
            _ = try Architecture.vgg16.network(weights: Shapes(shapes: shapes))
            return "accepted"
        } catch {
            return error.reason
        }
    }

    @Test func theWeightsDecideAboutTheClassifier() throws {
        #expect(try Architecture.vgg16.network(weights: Shapes(shapes: Self.vgg)).layerNames.last == "classifier.6")
        let convolutions = Self.vgg.filter { $0.key.hasPrefix("features.") }
        #expect(try Architecture.vgg16.network(weights: Shapes(shapes: convolutions)).layerNames.last == "features.30")
        var part = Self.vgg
        part["classifier.3.bias"] = nil
        #expect(try Architecture.vgg16.network(weights: Shapes(shapes: part)).layerNames.last == "classifier.2")
        // Ten classes of one's own.
        #expect(reason { $0["classifier.6.weight"] = [10, 4096]; $0["classifier.6.bias"] = [10] } == "accepted")
        part = Self.vgg.merging(["classifier.6.weight": [0, 4096], "classifier.6.bias": [0]]) { $1 }
        #expect(try !Architecture.vgg16.fit(Shapes(shapes: part)).hasClasses)
        #expect(reason { $0["features.0.weight"] = [0, 3, 3, 3] }.contains("features.0.weight is [0, 3, 3, 3], expected"))
    }

    @Test func whatIsMissingMisshapedOrTooMuchIsNamed() {
        #expect(reason { _ in } == "accepted")
        let all = reason {
            $0["features.0.weight"] = nil
            $0["features.2.bias"] = [63]
            $0["features.1.running_mean"] = [64]
        }
        #expect(all.hasPrefix("features.0.weight is missing; features.2.bias is [63], expected [64]; it has"), "\(all)")
        #expect(all.contains("features.1.running_mean"))
        let two = reason {
            $0["features.2.bias"] = [63]
            $0["features.1.running_mean"] = [64]
        }
        #expect(two.hasPrefix("features.2.bias is [63], expected [64]; features.1.running_mean is unexpected"), "\(two)")
        let many = reason { shapes in for i in 0..<12 { shapes["features.extra\n\(i)"] = [1] } }
        #expect(many.contains("features.extra\\n0 is unexpected") && many.contains("; and 2 more") && !many.contains("\n"))
    }

    @Test(arguments: ["features.1.num_batches_tracked", "aux1.conv.weight", "aux2.fc2.bias", "AuxLogits.fc.weight"])
    func whatServesTrainingAloneIsTolerated(_ name: String) {
        #expect(reason { $0[name] = [1] } == "accepted")
    }
}
