import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
    @Test func aCopyIsIndependent() {
        let original = Tensor(Shape(1, 2, 2), [1, 2, 3, 4])
        var copy = original
        copy.withMutableElements { $0[0] = 9 }
        #expect(original.elements == [1, 2, 3, 4])
        #expect(copy.elements == [9, 2, 3, 4])
    }

    @Test func recycledMemoryIsNotShared() {
        // Large enough for the pool.
        var alive: [Tensor] = []
        for round in 0..<20 {
            alive.append(Tensor(Shape(1, 100, 100 + round), repeating: Float(round)))
            if round % 3 == 0 { alive.removeFirst() }
        }
        for tensor in alive { #expect(Set(tensor.elements).count == 1) }
        #expect(Set(alive.map { $0[0, 0, 0] }).count == alive.count)
    }

    @Test func workersDoEachPieceOnce() {
        for threads in [1, 2, 7] {
            let counts = Mutex([Int](repeating: 0, count: 1000))
            Workers(threads).forEach(1000) { piece in counts.withLock { $0[piece] += 1 } }
            #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 1000))
        }
    }

    @Test func productsMatchTheDefinition() {
        let (a, b) = (IntegerHash.values("a", 5 * 7), IntegerHash.values("b", 7 * 3))
        var result = Tensor(Shape(1, 5, 3))
        result.withMutableElements { result in
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    multiply(
                        Matrix(a.baseAddress!, rows: 5, columns: 7), Matrix(b.baseAddress!, rows: 7, columns: 3),
                        into: result.baseAddress!, resultStride: 3)
                }
            }
        }
        for i in 0..<5 {
            for j in 0..<3 {
                let exact = (0..<7).reduce(0.0) { $0 + Double(a[i * 7 + $1]) * Double(b[$1 * 3 + j]) }
                #expect(abs(Double(result[0, i, j]) - exact) < 1e-6)
            }
        }
    }

    @Test func sigmoidIsAccurateOverItsRange() {
        let x = (0..<4001).map { Float($0 - 2000) / 20 }
        let identity: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let y = Tensor(Shape(3, 1, x.count), x + x + x).colours(identity, workers: .one).elements
        for (x, y) in zip(x, y) {
            let exact = 1 / (1 + Double(exponential(-abs(x))))
            let expected = x >= 0 ? exact : 1 - exact
            if x > -15 { #expect(abs(Double(y) - expected) <= 2e-6 * expected + 1e-7, "\(x)") }
            #expect(y >= 0 && y <= 1)
        }
    }

    @Test func everyHalfConvertsExactly() {
        let halves = (0...UInt16.max).map { $0 }
        let floats = halves.withUnsafeBufferPointer { Tensors.floats(fromHalves: $0) }
        for (half, float) in zip(halves, floats) {
            let exponent = Int(half >> 10) & 31
            let fraction = Float(half & 1023)
            let sign: Float = half >> 15 == 1 ? -1 : 1
            if exponent == 31 {
                #expect(fraction == 0 ? float == sign * .infinity : float.isNaN)
            } else {
                let scale = Float(sign: .plus, exponent: max(exponent, 1) - 25, significand: 1)
                #expect(float == sign * (exponent == 0 ? fraction : 1024 + fraction) * scale)
                #expect(float.sign == (sign < 0 ? .minus : .plus))
            }
        }
    }

    @Test func rectifiersKeepTheSignInZero() {
        var values = FeatureMap(Tensor(Shape(1, 1, 20), (0..<20).map { Float($0) - 8 }))
        values.rectify(workers: .one)
        for (i, value) in values.planes().elements.enumerated() {
            let input = Float(i) - 8
            #expect(value == max(input, 0))
            #expect(value.sign == (input < 0 ? .minus : .plus))
        }
    }

    @Test(arguments: [Shape(3, 5, 7), Shape(17, 1, 1), Shape(1, 4, 4), Shape(40, 33, 18), Shape(5, 100, 100)])
    func mapsHoldTheSamePlanes(_ shape: Shape) {
        let planes = IntegerHash.tensor("planes", shape)
        let map = FeatureMap(planes, workers: Workers(2))
        #expect(map.planes(workers: Workers(2)).elements == planes.elements)
        map.withElements { values in
            let (c, y, x) = (shape.channels - 1, shape.height / 2, shape.width - 1)
            #expect(values[(y * shape.width + x) * shape.channels + c] == planes[c, y, x])
        }
    }

    @Test func theGeneratorIsFixedByItsSeed() {
        var (a, b, c) = (RandomGenerator(seed: 1), RandomGenerator(seed: 1), RandomGenerator(seed: 2))
        let (first, again, other) = (a.next(), b.next(), c.next())
        #expect(first == again)
        #expect(first != other)
    }

    @Test func normalNumbersHaveTheirMoments() {
        var generator = RandomGenerator(seed: 7)
        let values = generator.normal(count: 100_001, standardDeviation: 2)
        #expect(values.count == 100_001)
        let mean = values.reduce(0.0) { $0 + Double($1) } / 100_001
        let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / 100_001
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 4) < 0.1)
    }
}
