import Images
import TestSupport
import Testing

@Suite struct ContactSheetTests {
    private func flat(_ value: UInt8, width: Int = 2, height: Int = 3) -> Picture {
        picture(width: width, height: height) { _, _, _ in value }
    }

    @Test func picturesLieInRowsWithGaps() {
        let sheet = ContactSheet.compose(
            (1...5).map { flat(UInt8($0)) }, columns: 3, gap: 1, background: SIMD3(1, 0, 0.2))
        #expect((sheet.width, sheet.height, sheet.hasAlpha) == (10, 9, false))
        for y in 0..<9 {
            for x in 0..<10 {
                let isGap = x % 3 == 0 || y % 4 == 0
                let index = y / 4 * 3 + x / 3
                let value = UInt8(index + 1)
                #expect(sheet.pixel(x, y) == (isGap || index > 4 ? [255, 0, 51] : [value, value, value]), "\(x), \(y)")
            }
        }
    }

    @Test func theGridIsNearlySquareUnlessAskedOtherwise() {
        func size(_ count: Int, _ width: Int, _ height: Int) -> [Int] {
            let sheet = ContactSheet.compose([Picture](repeating: flat(0, width: width, height: height), count: count), gap: 0)
            return [sheet.width / width, sheet.height / height]
        }
        #expect(size(1, 4, 4) == [1, 1])
        #expect(size(4, 4, 4) == [2, 2])
        #expect(size(5, 4, 4) == [3, 2])
        #expect(size(64, 4, 4) == [8, 8])
        #expect(size(8, 8, 4) == [2, 4])
        #expect(ContactSheet.compose([flat(1), flat(2)], columns: 9, gap: 0).width == 4)
    }

    @Test func smallerPicturesAreCentredAndTransparentOnesBlended() {
        let dot = Picture(width: 1, height: 1, hasAlpha: true, samples: .sixteen([65535, 0, 0, 0]))
        let sheet = ContactSheet.compose([flat(255, width: 3), dot], columns: 2, gap: 0, background: SIMD3(0, 0, 1))
        #expect(sheet.bitDepth == .sixteen)
        #expect((sheet.width, sheet.height) == (6, 3))
        #expect(Array(sheet.words[0..<3]) == [65535, 65535, 65535])
        #expect(Array(sheet.words[(1 * 6 + 4) * 3..<(1 * 6 + 4) * 3 + 3]) == [0, 0, 65535])
        #expect(Array(sheet.words[(0 * 6 + 4) * 3..<(0 * 6 + 4) * 3 + 3]) == [0, 0, 65535])
    }
}
