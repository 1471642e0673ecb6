import Tensors
import TestSupport
import Testing

@Suite struct TriangleScalingTests {
    /// By Pillow 13: Image.fromarray(float32 0…11 as 3 rows of 4, "F").resize((3, 2), BILINEAR).
    @Test func itIsPillows() {
        let image = Tensor(Shape(1, 3, 4), (0..<12).map { Float($0) })
        let scaled = image.scaled(toHeight: 2, width: 3, workers: .one)
        let expected: [Float] = [1.8, 3, 4.2, 6.8, 8, 9.2]
        #expect(relativeError(scaled.elements, expected) < 1e-6, "\(scaled.elements)")
    }

    @Test func whatIsConstantStaysSo() {
        for (height, width) in [(1, 1), (7, 31), (40, 5), (64, 64)] {
            let scaled = Tensor(Shape(2, 20, 30), repeating: 0.75).scaled(toHeight: height, width: width, workers: Workers(2))
            #expect(scaled.shape == Shape(2, height, width))
            #expect(scaled.elements.allSatisfy { abs($0 - 0.75) < 1e-6 })
        }
    }

    @Test func enlargingIsBilinear() {
        let image = IntegerHash.tensor("triangle", Shape(3, 6, 5))
        let bilinear = BilinearScaling(fromHeight: 6, width: 5, toHeight: 13, width: 11)
        let scaled = image.scaled(toHeight: 13, width: 11, workers: .one)
        #expect(relativeError(scaled.elements, bilinear(image, workers: .one).elements) < 1e-5)
    }
}

@Suite struct WrappingTests {
    @Test func aWrappedPictureIsARolledOne() {
        let image = IntegerHash.tensor("wrapped", Shape(2, 5, 7))
        for (top, left) in [(0, 0), (2, 3), (-1, -6), (12, 20), (-13, 40)] {
            let window = image.wrapped(top: top, left: left, height: 5, width: 7)
            #expect(window.elements == image.rolled(rows: -top, columns: -left).elements, "\(top), \(left)")
            var back = Tensor(image.shape)
            back.setWrapped(window, from: (0, 0), height: 5, width: 7, top: top, left: left)
            #expect(back.elements == image.elements)
        }
    }

    @Test func aWindowMayBeLargerThanThePicture() {
        let image = Tensor(Shape(1, 1, 2), [1, 2])
        #expect(image.wrapped(top: -1, left: -1, height: 2, width: 5).elements == [2, 1, 2, 1, 2, 2, 1, 2, 1, 2])
    }

    @Test func partsComeTogether() {
        let image = IntegerHash.tensor("parts", Shape(2, 6, 6))
        var sum = Tensor(image.shape)
        for (top, height) in [(-2, 4), (2, 2)] {
            let seen = image.wrapped(top: top - 1, left: -3, height: height + 2, width: 8)
            sum.setWrapped(seen, from: (1, 1), height: height, width: 6, top: top, left: -2)
        }
        #expect(sum.elements == image.elements)
    }

    @Test func arithmeticOfPictures() {
        var image = Tensor(Shape(2, 1, 2), [-1, 2, 3, 0.5])
        #expect(image.meanMagnitude() == 1.625)
        #expect(image.meanOverChannels().elements == [1, 1.25])
        image.scaleEachChannel(by: Tensor(Shape(1, 1, 2), [2, 0]))
        #expect(image.elements == [-2, 0, 6, 0])
        image.clamp()
        #expect(image.elements == [0, 0, 1, 0])
    }
}
