import Analysis
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Filters that are known, planted into a network, are found by what they answer to.
@Suite struct TuningTests {
    /// A filter as a function of the place (x to the right, y upwards, from the middle) and the channel.
    private typealias Filter = (_ x: Double, _ y: Double, _ channel: Int) -> Float

    /// One convolution with such filters.
    private struct Planted: WeightStore {
        static let side = 15
        let file = "planted"
        private let weights: [Float]
        private let count: Int
        var shapes: [String: [Int]] { ["c.weight": [count, 3, Self.side, Self.side], "c.bias": [count]] }

        init(_ filters: [Filter]) {
            let middle = Double(Self.side / 2)
            count = filters.count
            weights = filters.flatMap { filter in
                (0..<3).flatMap { channel in
                    (0..<Self.side).flatMap { row in
                        (0..<Self.side).map { filter(Double($0) - middle, middle - Double(row), channel) }
                    }
                }
            }
        }

        func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
            name == "c.weight" ? weights : [Float](repeating: 0, count: count)
        }
    }

    private static let size = 64

    /// What filters are tuned to, in their order.
    private func tuning(_ filters: [Filter], workers: Workers = .one) throws -> [UnitTuning] {
        var builder = NetworkBuilder(weights: Planted(filters))
        _ = builder.convolution("c", builder.image, filters: filters.count, kernel: Planted.side, padding: 7)
        let model = Model(
            name: "planted", weightsSHA256: "", network: try builder.network(),
            preprocessing: Preprocessing(range: [0, 1], mean: [0], std: [1]), classNames: nil)
        let place = Self.size / 2
        let measurement = try TuningMeasurement(
            model, layer: try model.network.layer(named: "c"), channels: Array(filters.indices), at: .init(x: place, y: place))
        let found = try #require(measurement.responses(to: Self.drawing.stimuli, Self.drawing, workers: workers) { true })
        return filters.indices.map { unit in
            UnitTuning(Self.drawing.stimuli, responses: found.responses.map { $0[unit] }, grey: found.grey[unit])
        }
    }

    private static let drawing = StimulusDrawing(
        on: Shape(3, size, size), centre: (Double(size / 2) + 0.5, Double(size / 2) + 0.5), field: Double(Planted.side), contrast: 0.5)

    private static func bell(_ x: Double, _ y: Double, _ deviation: Double) -> Double {
        exp(-(x * x + y * y) / (2 * deviation * deviation))
    }

    /// Waves in a bell, as Gabor's, of each of twelve orientations and two periods.
    @Test func orientedWavesAreFound() throws {
        let all = [(3.0, 5.0), (4, 10 / 2.0.squareRoot())].flatMap { deviation, period in
            (0..<12).map { (angle: Double($0) * 15, period: period, deviation: deviation) }
        }
        let found = try tuning(all.map { wave in
            let (c, s) = (cos(wave.angle * .pi / 180), sin(wave.angle * .pi / 180))
            return { x, y, _ in Float(cos(2 * .pi / wave.period * (y * c - x * s)) * Self.bell(x, y, wave.deviation)) }
        })
        for (unit, wave) in zip(found, all) {
            let best = try #require(unit.best)
            #expect(best.stimulus.family == .grating && best.stimulus.angle == wave.angle, "\(wave): \(unit.label)")
            #expect(abs(try #require(best.stimulus.length) / wave.period - 1) < 0.01, "\(wave): \(unit.label)")
            let (selectivity, bandwidth) = (try #require(best.angles?.selectivity), try #require(best.angles?.bandwidth))
            #expect(selectivity > 0.6 && bandwidth < 60)
        }
        #expect(found[6].label == "vertical grating, period 5 px")
    }

    /// Steps of light and dark, and of hues.
    @Test func edgesAreFound() throws {
        func step(_ angle: Double, _ color: @escaping (Int) -> Double) -> Filter {
            let (c, s) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
            return { x, y, channel in Float(tanh(2 * (x * c + y * s)) * Self.bell(x, y, 4) * color(channel)) }
        }
        let angles = (0..<24).map { Double($0) * 15 }
        let found = try tuning(angles.map { step($0) { _ in 1 } })
        for (unit, angle) in zip(found, angles) {
            #expect(unit.best?.stimulus.family == .edge && unit.best?.stimulus.angle == angle && unit.best?.stimulus.hue == nil, "\(angle): \(unit.label)")
        }
        #expect(found[12].label == "vertical edge, light on the left, dark on the right")
        let coloured = try tuning([step(180) { cos((30 - Double($0) * 120) * .pi / 180) }, step(90) { cos((240 - Double($0) * 120) * .pi / 180) }])
        #expect(coloured.map(\.label) == [
            "vertical edge, orange on the left, azure on the right", "horizontal edge, yellow on the bottom, blue on the top",
        ])
    }

    @Test func coloursAreFound() throws {
        let hues = (0..<24).map { Double($0) * 15 }
        let found = try tuning(hues.map { hue in
            { x, y, channel in Float(Self.bell(x, y, 3) * cos((hue - Double(channel) * 120) * .pi / 180)) }
        })
        for (unit, hue) in zip(found, hues) {
            let stimulus = try #require(unit.best?.stimulus)
            #expect(stimulus.family == .patch && stimulus.hue == hue && stimulus.saturation == 1, "\(hue): \(unit.label)")
        }
        #expect(found[8].label == "green patch, saturation 100 %")
    }

    /// A disc against its surround, which takes away four fifths of what it adds, light or dark, of each diameter but the whole field's,
    /// and but the second, which differs from the third in the corners of nine pixels only.
    @Test(arguments: [1.0, -1]) func spotsAreFound(_ sign: Double) throws {
        var diameters = Self.drawing.stimuli.filter { $0.family == .spot && $0.isDark == false }.compactMap(\.length)
        #expect(diameters.count == 8)
        diameters.remove(at: 1)
        diameters.removeLast()
        let places = (-7...7).flatMap { y in (-7...7).map { (Double($0), Double(y)) } }
        let found = try tuning(diameters.map { diameter in
            func value(_ x: Double, _ y: Double) -> Double { 2 * min(max(diameter / 2 - hypot(x, y) + 0.5, 0), 1) - 1 }
            func surround(_ x: Double, _ y: Double) -> Double { min(value(x, y), 0) * Self.bell(x, y, max(diameter / 2, 1.5)) }
            let weight = -0.8 * places.reduce(0) { $0 + max(value($1.0, $1.1), 0) } / places.reduce(0) { $0 + surround($1.0, $1.1) }
            return { x, y, _ in Float(sign * (max(value(x, y), 0) + weight * surround(x, y))) }
        })
        for (unit, diameter) in zip(found, diameters) {
            let spot = try #require(unit.families.first { $0.stimulus.family == .spot })
            #expect(spot.stimulus.length == diameter && spot.stimulus.isDark == (sign < 0), "\(diameter): \(unit.label)")
        }
    }

    /// A filter that is the stimulus itself, less its mean, answers to it most among curves, and among corners.
    @Test func curvesAndCornersAreFound() throws {
        let wanted = Self.drawing.stimuli.filter { stimulus in
            stimulus.isDark == true && (stimulus.family == .corner || stimulus.family == .curve && stimulus.length! > 3 && stimulus.length! < 20)
        }
        let middle = Self.size / 2
        let found = try tuning(wanted.map { stimulus in
            let image = Self.drawing(stimulus).elements
            func value(_ x: Int, _ y: Int) -> Float { image[(middle - y) * Self.size + middle + x] - 0.5 }
            let mean = (-7...7).flatMap { y in (-7...7).map { value($0, y) } }.reduce(0, +) / 225
            return { x, y, _ in value(Int(x), Int(y)) - mean }
        })
        for (unit, stimulus) in zip(found, wanted) {
            let own = try #require(unit.families.first { $0.stimulus.family == stimulus.family })
            #expect(own.stimulus.angle == stimulus.angle && own.stimulus.isDark == true, "\(stimulus): \(own.label)")
            // Radii are a factor of 1.5 apart, and in 15 pixels large ones are nearly alike.
            if let radius = stimulus.length {
                let found = try #require(own.stimulus.length)
                #expect((0.6...1.7).contains(found / radius), "\(own.label)")
            }
        }
    }

    @Test func aUnitThatAnswersToNothingSaysSo() throws {
        let found = try tuning([{ _, _, _ in 0 }])
        #expect(found[0].best == nil && found[0].label.contains("none") && found[0].families.allSatisfy { $0.angles?.selectivity == nil })
        #expect(found[0].families.allSatisfy { !$0.isAnswered })
    }

    @Test func answersDoNotDependOnThreads() throws {
        let filter: Filter = { x, y, channel in Float(cos(x + 0.3 * y) * Self.bell(x, y, 3)) + Float(channel) * 0.01 }
        let (one, three) = (try tuning([filter]), try tuning([filter], workers: Workers(3)))
        #expect(one[0].families.map(\.response) == three[0].families.map(\.response))
    }

    // MARK: Stimuli

    @Test func stimuliAreGreyButForTheirOwnPlace() throws {
        let drawing = StimulusDrawing(on: Shape(3, 40, 50), centre: (20, 15), field: 12, contrast: 0.7)
        for stimulus in drawing.stimuli.enumerated().filter({ $0.offset % 5 == 0 }).map(\.element) {
            let image = drawing(stimulus)
            let values = image.elements
            #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
            #expect(values != drawing.ground.elements, "\(stimulus)")
            let outside = (0..<2000).filter { hypot(Double($0 % 50) + 0.5 - 20, Double($0 / 50) + 0.5 - 15) > drawing.radius + 1.5 }
            #expect(outside.allSatisfy { values[$0] == 0.5 }, "\(stimulus)")
            // Colours differ from grey in nothing but colour.
            let isGrey = (0..<2000).allSatisfy { pixel in
                let sum = values[pixel] + values[2000 + pixel] + values[4000 + pixel]
                return abs(sum - 1.5) < 1e-5
            }
            #expect(stimulus.hue == nil || isGrey, "\(stimulus)")
        }
        #expect(Set(drawing.stimuli.map(\.family)) == Set(TuningStimulus.Family.allCases))
        let grey = StimulusDrawing(on: Shape(1, 40, 50), centre: (20, 15), field: 12, contrast: 0.5)
        #expect(grey.stimuli.allSatisfy { $0.hue == nil } && grey.stimuli.allSatisfy { grey($0).shape == Shape(1, 40, 50) })
    }

    // MARK: Measures

    /// 1 + cos 2θ has half of its sum in the second harmonic, and half of its height 45° from the peak.
    @Test func measuresOfKnownCurves() throws {
        let angles = (0..<12).map { Double($0) * 15 }
        let curve = TuningCurve(values: angles, responses: angles.map { 1 + cos(2 * ($0 - 30) * .pi / 180) }, period: 180)
        #expect(abs(try #require(curve.selectivity) - 0.5) < 1e-12)
        #expect(abs(try #require(curve.bandwidth) - 90) < 1e-9)
        #expect(curve.peak == 2)
        let flat = TuningCurve(values: angles, responses: angles.map { _ in 2 }, period: 180)
        #expect(try #require(flat.selectivity) < 1e-12)
        #expect(flat.bandwidth == nil)
        let single = TuningCurve(values: angles, responses: angles.map { $0 == 165 ? 4 : -1 }, period: 180)
        #expect(abs(try #require(single.selectivity) - 1) < 1e-12)
        // From 4 to -1 the half lies 0.4 of a step away on both sides.
        #expect(abs(try #require(single.bandwidth) - 12) < 1e-9)
        let both = TuningCurve(values: [0, 90, 180, 270], responses: [1, 0, 1, 0], period: 360, alike: 180)
        #expect(abs(try #require(both.selectivity) - 1) < 1e-12)
        #expect(TuningCurve(values: [1, 2], responses: [3, 1]).selectivity == nil)
    }
}
