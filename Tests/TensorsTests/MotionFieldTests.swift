import Tensors
import TestSupport
import Testing

/// Motion between two pictures whose motion is known.
@Suite struct MotionFieldTests {
    /// A picture given by a formula, so that it has values between its pixels: waves of 8 to 100 pixels in all
    /// directions, the longer the stronger, as in photographs.
    private struct Texture {
        private let waves: [(x: Double, y: Double, phase: Double, strength: Double)]

        init(_ name: String) {
            let numbers = IntegerHash.values(name, 4 * 40).map(Double.init)
            waves = (0..<40).map { i in
                let length = 8 + 92 * (numbers[4 * i] + 1) / 2 * (numbers[4 * i] + 1) / 2
                let (x, y) = (numbers[4 * i + 1], numbers[4 * i + 2])
                let norm = max((x * x + y * y).squareRoot(), 0.1) * length
                return (x / norm, y / norm, numbers[4 * i + 3], length / 100)
            }
        }

        /// Three different channels.
        ///
        /// - Parameter place: the place of each pixel in the formula, (y, x).
        func picture(_ height: Int, _ width: Int, _ place: (Double, Double) -> (Double, Double)) -> Tensor {
            var values = [Float](repeating: 0, count: 3 * height * width)
            for y in 0..<height {
                for x in 0..<width {
                    let (v, u) = place(Double(y), Double(x))
                    let sum = waves.reduce(0.0) { $0 + $1.strength * Self.wave($1.x * u + $1.y * v + $1.phase) }
                    for channel in 0..<3 {
                        values[(channel * height + y) * width + x] = Float(0.5 + 0.06 * sum * (1 - 0.2 * Double(channel)))
                    }
                }
            }
            return Tensor(Shape(3, height, width), values)
        }

        /// A smooth wave of period 1 between −1 and 1.
        private static func wave(_ x: Double) -> Double {
            let t = x - x.rounded(.down)
            return t < 0.5 ? 16 * t * (0.5 - t) : -16 * (t - 0.5) * (1 - t)
        }
    }

    /// The mean length of the error, `border` pixels away from the border.
    private func error(_ motion: MotionField, border: Int, _ expected: (Double, Double) -> (Double, Double)) -> Double {
        let dense = motion.dense(workers: .one)
        var (sum, count) = (0.0, 0.0)
        for y in border..<motion.height - border {
            for x in border..<motion.width - border {
                let (down, across) = expected(Double(y), Double(x))
                let (v, u) = (Double(dense[0, y, x]) - down, Double(dense[1, y, x]) - across)
                sum += (u * u + v * v).squareRoot()
                count += 1
            }
        }
        return sum / count
    }

    @Test(arguments: [(0.0, 3.0), (7.5, -3.25), (-0.4, 0.3), (-21.0, 34.7)])
    func aShiftIsFound(_ down: Double, _ across: Double) {
        let texture = Texture("shift")
        let old = texture.picture(120, 160) { ($0, $1) }
        let new = texture.picture(120, 160) { ($0 + down, $1 + across) }
        let motion = MotionField(from: old, to: new, workers: Workers(2))
        let border = 16 + Int(max(abs(down), abs(across)))
        #expect(error(motion, border: border) { _, _ in (down, across) } < 0.15)
        // A drawing on the old picture moves along.
        let warped = motion.warped(old, workers: Workers(2))
        let confidence = motion.confidence(from: old, to: new, workers: Workers(2))
        for y in stride(from: border, to: 120 - border, by: 7) {
            for x in stride(from: border, to: 160 - border, by: 7) {
                #expect(abs(warped[1, y, x] - new[1, y, x]) < 0.02)
                #expect(confidence[0, y, x] > 0.9)
            }
        }
    }

    /// A passing cloud or a change of exposure is not motion.
    @Test func theLightMayChange() {
        let texture = Texture("light")
        let old = texture.picture(120, 160) { ($0, $1) }
        for shift in [(0.0, 0.0), (2.5, -1.25)] {
            var new = texture.picture(120, 160) { ($0 + shift.0, $1 + shift.1) }
            new.scale(by: 1.1)
            let motion = MotionField(from: old, to: new, workers: .one)
            #expect(error(motion, border: 16) { _, _ in shift } < 0.15)
        }
    }

    @Test func growingIsFound() {
        let texture = Texture("growth")
        func earlier(_ place: Double, _ extent: Double) -> Double { (place - extent / 2) / 1.03 + extent / 2 }
        let old = texture.picture(144, 200) { ($0, $1) }
        let new = texture.picture(144, 200) { (earlier($0, 143), earlier($1, 199)) }
        let motion = MotionField(from: old, to: new, workers: Workers(2))
        #expect(error(motion, border: 16) { y, x in (earlier(y, 143) - y, earlier(x, 199) - x) } < 0.15)
    }

    /// A square moves over a ground at rest; the ground that it uncovers was hidden before.
    @Test func whatIsNewIsNotTrusted() {
        let (ground, thing) = (Texture("ground"), Texture("thing"))
        func scene(left: Int) -> Tensor {
            var scene = ground.picture(128, 160) { ($0, $1) }
            let patch = thing.picture(64, 64) { (2 * $0, 2 * $1) }
            scene.withMutableElements { scene in
                for channel in 0..<3 {
                    for y in 0..<64 {
                        for x in 0..<64 { scene[(channel * 128 + y + 32) * 160 + left + x] = patch[channel, y, x] }
                    }
                }
            }
            return scene
        }
        let (old, new) = (scene(left: 64), scene(left: 40))
        let motion = MotionField(from: old, to: new, workers: .one)
        let dense = motion.dense(workers: .one)
        #expect(abs(dense[1, 64, 72] - 24) < 0.2 && abs(dense[0, 64, 72]) < 0.2)
        #expect(abs(dense[1, 64, 144]) < 0.2 && abs(dense[1, 12, 30]) < 0.2)
        let confidence = motion.confidence(from: old, to: new, workers: .one)
        #expect(confidence.elements.allSatisfy { (0...1).contains($0) })
        #expect(confidence[0, 64, 72] > 0.9 && confidence[0, 64, 146] > 0.9)
        func mean(_ columns: Range<Int>) -> Float {
            (40..<88).reduce(0) { sum, y in columns.reduce(sum) { $0 + confidence[0, y, $1] } } / Float(48 * columns.count)
        }
        #expect(mean(108..<124) < 0.4)
        #expect(mean(56..<88) > 0.8)  // the medians cut the square's corners off
    }

    @Test func outsideIsNotTrusted() {
        let texture = Texture("outside")
        let old = texture.picture(96, 96) { ($0, $1) }
        let new = texture.picture(96, 96) { ($0, $1 + 12) }
        let motion = MotionField(from: old, to: new, workers: .one)
        let confidence = motion.confidence(from: old, to: new, workers: .one)
        #expect(confidence[0, 48, 40] > 0.9)
        let edge = (0..<96).map { confidence[0, $0, 95] }
        #expect(edge.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [Shape(3, 120, 161), Shape(1, 33, 32), Shape(3, 9, 5), Shape(4, 1, 1), Shape(2, 1, 300), Shape(3, 70, 2)])
    func aStillPictureRests(_ shape: Shape) {
        let picture = IntegerHash.tensor("still", shape, scale: 0.5)
        let motion = MotionField(from: picture, to: picture, workers: Workers(2))
        #expect(motion.dense(workers: .one).elements.allSatisfy { $0 == 0 })
        #expect(motion.warped(picture, workers: Workers(2)).elements == picture.elements)
        let confidence = motion.confidence(from: picture, to: picture, workers: Workers(2))
        #expect(confidence.shape == Shape(1, shape.height, shape.width))
        #expect(confidence.elements.allSatisfy { $0 == 1 })
    }

    /// A picture of one colour shows no motion; one that turns into another cannot be followed.
    @Test func onlyColour() {
        let (grey, white) = (Tensor(Shape(3, 50, 70), repeating: 0.25), Tensor(Shape(3, 50, 70), repeating: 1))
        for (old, new) in [(grey, grey), (grey, white)] {
            let motion = MotionField(from: old, to: new, workers: .one)
            let vectors = motion.dense(workers: .one).elements
            #expect(vectors.allSatisfy { $0 == 0 })
            let confidence = motion.confidence(from: old, to: new, workers: .one)
            let expected: Float = new[0, 0, 0] == 1 ? 0 : 1
            #expect(confidence.elements.allSatisfy { $0 == expected })
        }
    }

    @Test(arguments: [Shape(3, 97, 131), Shape(1, 40, 17), Shape(3, 3, 4), Shape(1, 1, 1)])
    func threadsChangeNothing(_ shape: Shape) {
        // Noise against other noise: every tie and every border.
        let (old, new) = (IntegerHash.tensor("old", shape, scale: 0.5), IntegerHash.tensor("new", shape, scale: 0.5))
        let (one, three) = (Workers.one, Workers(3))
        let (single, team) = (MotionField(from: old, to: new, workers: one), MotionField(from: old, to: new, workers: three))
        #expect(single.dense(workers: one).elements == team.dense(workers: three).elements)
        #expect(single.warped(old, workers: one).elements == team.warped(old, workers: three).elements)
        let confidences = [(single, one), (team, three)].map { $0.confidence(from: old, to: new, workers: $1).elements }
        #expect(confidences[0] == confidences[1])
        #expect(confidences[0].allSatisfy { (0...1).contains($0) })
        #expect(single.dense(workers: one).elements.allSatisfy { $0.isFinite })
    }

    @Test func aPictureIsPulled() {
        // Pictures of any number of channels move by the same vectors.
        let texture = Texture("pull")
        let motion = MotionField(
            from: texture.picture(64, 80) { ($0, $1) }, to: texture.picture(64, 80) { ($0 + 1.5, $1 - 2.25) }, workers: .one)
        var ramp = Tensor(Shape(5, 64, 80))
        ramp.withMutableElements { ramp in
            for index in ramp.indices { ramp[index] = Float(index % 80 + 100 * (index / 80 % 64)) }
        }
        let (warped, dense) = (motion.warped(ramp, workers: Workers(2)), motion.dense(workers: Workers(2)))
        for (y, x) in [(0, 0), (20, 33), (63, 79), (5, 78), (40, 1)] {
            let row = min(max(Float(y) + dense[0, y, x], 0), 63)
            let column = min(max(Float(x) + dense[1, y, x], 0), 79)
            for channel in 0..<5 { #expect(abs(warped[channel, y, x] - (100 * row + column)) < 0.01) }
        }
    }
}
