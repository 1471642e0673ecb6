import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// A picture that has something at every scale, in 0…1.
private func photo(_ height: Int, _ width: Int) -> Tensor {
    let noise = IntegerHash.values("dream-photo", 3 * height * width)
    return Tensor(
        Shape(3, height, width),
        (0..<3 * height * width).map { i in
            let (x, y) = (Float(i % width), Float(i / width % height))
            let wave = (Int(x / 23) + Int(y / 17)) % 2 == 0 ? Float(0.15) : -0.15
            return 0.5 + wave + 0.2 * (x / Float(width) - y / Float(height)) + 0.1 * noise[i]
        })
}

private func dream(_ plan: DreamPlan, _ pictures: [String: Tensor], carried: Tensor? = nil, threads: Int = 2) throws -> Dream {
    try Dream(plan, model: try bundledModel("squeezenet1_1"), pictures: pictures, carried: carried, workers: Workers(threads))
}

private func finished(_ plan: DreamPlan, _ pictures: [String: Tensor], carried: Tensor? = nil, threads: Int = 2) throws -> Dream {
    var dream = try dream(plan, pictures, carried: carried, threads: threads)
    while dream.stepsDone < dream.steps { _ = try dream.step() }
    return dream
}

private func plan(_ height: Int, _ width: Int, _ change: (inout DreamPlan) -> Void = { _ in }) -> DreamPlan {
    var plan = DreamPlan(
        model: "squeezenet1_1", weights: "", objective: "layer(features.6)", photo: "photo", width: width, height: height,
        octaves: 3, iterations: 4)
    change(&plan)
    return plan
}

@Suite struct DreamTests {
    /// Made by scripts/goldens/style_losses.py: google/deepdream's arithmetic.
    @Test func stepsAndOctavesAreTheNotebooks() throws {
        struct Names: Decodable { let x: String }
        let golden = try Golden("style_losses")
        let name = try golden.metadata("pictures", as: Names.self).x
        let x = Tensor(Shape(3, 40, 48), IntegerHash.values(name, 3 * 40 * 48).map { 0.5 + 0.5 * $0 })
        let plan = plan(40, 48) { ($0.objective, $0.octaves, $0.iterations, $0.jitter) = ("layer(features.3)", 1, 3, 0) }
        var dream = try dream(plan, ["photo": x])
        _ = try dream.step()
        let first = try golden.values("octave/first")
        let stepped = dream.picture().elements
        let sampled = first.indices.map { stepped[IntegerHash.position("octave/first", $0, of: stepped.count)] }
        #expect(relativeError(sampled, first, scale: 1.5 / 255) < 1e-3)
        while dream.stepsDone < 3 { _ = try dream.step() }
        // Ten millionths of rounding may switch a unit on the way.
        #expect(relativeError(dream.picture().elements, try golden.values("octave/third"), scale: 1.5 / 255) < 2e-2)

        let octaves = try golden.metadata("octaves", as: [[Int]].self)
        let sizes = DreamPlan(model: "", weights: "", objective: "", photo: nil, width: 768, height: 512).octaveSizes
        #expect(sizes.reversed().map { [$0.width, $0.height] } == octaves)
    }

    @Test func everyOctaveRaisesTheLayersEnergy() throws {
        let plan = plan(96, 120) { $0.iterations = 6 }
        var dream = try dream(plan, ["photo": photo(96, 120)])
        for octave in 0..<plan.octaves {
            var scores: [Float] = []
            for _ in 0..<plan.iterations { scores.append(try dream.step()) }
            #expect(scores.last! > 1.2 * scores[0], "octave \(octave): \(scores)")
        }
        #expect(dream.workDone == 1)
        #expect(try dream.score(of: dream.picture()) > 2 * dream.score(of: dream.beginning))
    }

    @Test func theBitsDoNotDependOnTheThreads() throws {
        let plan = plan(300, 270) { ($0.tile, $0.octaves, $0.iterations) = (256, 2, 2) }
        let one = try finished(plan, ["photo": photo(300, 270)], threads: 1).picture().elements
        #expect(try finished(plan, ["photo": photo(300, 270)], threads: 3).picture().elements == one)
    }

    @Test func tilesLeaveNoSeam() throws {
        let (height, width) = (330, 420)
        let picture = photo(height, width)
        let whole = plan(height, width) { ($0.octaves, $0.iterations) = (2, 8) }
        var tiled = whole
        tiled.tile = 256
        let (one, other) = (try finished(whole, ["photo": picture]), try finished(tiled, ["photo": picture]))
        let (score, tiledScore) = (try one.score(of: one.picture()), try one.score(of: other.picture()))
        #expect(abs(tiledScore / score - 1) < 0.02, "\(score) and \(tiledScore)")
        // Cuts fall on multiples of 32.
        var change = other.picture()
        change.add(picture, scaledBy: -1)
        var (across, elsewhere) = ([Float](), [Float]())
        for channel in 0..<3 {
            for y in 0..<height {
                for x in 1..<width {
                    let slope = abs(change[channel, y, x] - change[channel, y, x - 1])
                    if x % 32 == 0 { across.append(slope) } else { elsewhere.append(slope) }
                }
            }
        }
        let ratio = (across.reduce(0, +) / Float(across.count)) / (elsewhere.reduce(0, +) / Float(elsewhere.count))
        #expect(ratio < 1.1, "\(ratio)")
    }

    @Test func maskAndStrengthHoldBack() throws {
        let picture = photo(64, 64)
        var mask = Tensor(Shape(3, 64, 64))
        mask.withMutableElements { values in for i in values.indices where i % 64 >= 32 { values[i] = 1 } }
        let masked = try finished(plan(64, 64) { $0.mask = "mask" }, ["photo": picture, "mask": mask]).picture()
        let pairs = zip(masked.elements, picture.elements).enumerated()
        #expect(pairs.allSatisfy { $0.offset % 64 >= 32 || $0.element.0 == $0.element.1 })
        #expect(pairs.contains { $0.offset % 64 >= 32 && abs($0.element.0 - $0.element.1) > 0.02 })
        let weak = try finished(plan(64, 64) { $0.strength = 0 }, ["photo": picture]).picture()
        #expect(weak.elements == picture.elements)
    }

    @Test func whatIsCarriedIsWhereItBegins() throws {
        let picture = photo(64, 64)
        let detail = IntegerHash.tensor("carried", picture.shape, scale: 0.05)
        let carrying = plan(64, 64) { ($0.carried, $0.octaves, $0.iterations) = (0.99, 1, 0) }
        let result = try finished(carrying, ["photo": picture], carried: detail).picture()
        var expected = picture
        expected.add(detail)
        #expect(relativeError(result.elements, expected.elements) < 1e-6)
    }

    @Test func aDreamOfNothingIsThePhotograph() throws {
        let picture = photo(64, 64)
        let silent = plan(64, 64) { $0.objective = "0*layer(features.6)" }
        #expect(try finished(silent, ["photo": picture]).picture().elements == picture.elements)
    }

    @Test func noiseDependsOnTheSeedAlone() throws {
        let noise = plan(64, 64) { $0.photo = nil }
        #expect(try finished(noise, [:]).picture().elements == finished(noise, [:]).picture().elements)
        #expect(try finished(noise, [:]).picture().elements != finished(plan(64, 64) { ($0.photo, $0.seed) = (nil, 1) }, [:]).picture().elements)
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let model = try bundledModel("squeezenet1_1")
        #expect(throws: RenderError.self) { try Dream.check(plan(20, 20) { $0.octaves = 8 }, model: model) }
        #expect(throws: RenderError.self) { try Dream.check(plan(64, 64) { $0.objective = "layer(nothing)" }, model: model) }
        #expect(throws: RenderError.self) { try dream(plan(64, 64), [:]) }
        #expect(throws: RenderError.self) { try Dream.tile(for: plan(64, 64), model: model, memory: 1 << 20) }
        #expect(try Dream.tile(for: plan(64, 64), model: model, memory: 1 << 30) == nil)
        let tile = try Dream.tile(for: plan(3000, 4000), model: model, memory: 2_000_000_000)
        #expect(tile.map { (512...3000).contains($0) } == true)
    }
}

@Suite struct TilingTests {
    /// A network of one size sees tiles of just that size.
    @Test func tilesOfOneSizeAreThatLarge() {
        for (extent, side) in [(100, 48), (224, 224), (500, 224), (33, 32)] {
            for shift in [0, 5, 200, 65_535] {
                let pieces = Tiling(height: extent, width: 1, side: side, shift: (shift, 0)).rows
                #expect(pieces.first?.core.lowerBound == 0 && pieces.last?.core.upperBound == extent)
                #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.core.upperBound == $1.core.lowerBound })
                for piece in pieces {
                    #expect(piece.seen.count == side, "\(piece)")
                    #expect(piece.seen.lowerBound <= piece.core.lowerBound && piece.seen.upperBound >= piece.core.upperBound, "\(piece)")
                }
            }
        }
    }

    @Test(arguments: [1, 31, 255, 256, 257, 300, 640, 1000, 2049])
    func coresCoverEveryPixelOnce(_ extent: Int) {
        for side in [256, 288, 1024] {
            for shift in [0, 1, 32, 500, 65_535] {
                let pieces = Tiling(height: extent, width: 1, side: side, shift: (shift, 0)).rows
                #expect(pieces.flatMap { Array($0.core) } == Array(0..<extent), "side \(side), shift \(shift)")
                for piece in pieces {
                    #expect(piece.seen.lowerBound <= max(0, piece.core.lowerBound - (pieces.count > 1 ? Tiling.margin : 0)))
                    #expect(piece.seen.upperBound >= min(extent, piece.core.upperBound + (pieces.count > 1 ? Tiling.margin : 0)))
                    #expect(piece.seen.lowerBound >= 0 && piece.seen.upperBound <= extent && piece.seen.count <= side)
                    #expect(piece.seen.lowerBound % 32 == 0)
                }
            }
        }
    }
}
