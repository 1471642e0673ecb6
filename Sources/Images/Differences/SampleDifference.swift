import Foundation

/// How far the stored samples of two pictures are apart, on the scale 0…255.
///
/// Red, green and blue of a pixel count alike, and so does alpha unless both pictures are opaque.
struct SampleDifference {
    /// √ of the mean of the squares.
    let rms: Double
    let maximum: Double

    init(_ pair: PicturePair) {
        var squares = 0.0
        var largest = 0
        for y in 0..<pair.height {
            var squaresOfRow = 0
            for (expected, actual) in zip(pair.expected.deepRow(y), pair.actual.deepRow(y)) where expected != actual {
                for sample in 0..<4 {  // alphas that are both full add nothing
                    let difference = abs(Int(expected[sample]) - Int(actual[sample]))
                    largest = max(largest, difference)
                    squaresOfRow += difference * difference
                }
            }
            squares += Double(squaresOfRow)
        }
        let samples = Double(pair.width) * Double(pair.height) * (pair.isOpaque ? 3 : 4)
        rms = (squares / samples).squareRoot() / 257
        maximum = Double(largest) / 257
    }
}

/// In dB, of samples up to 255.
func peakSignalToNoise(rms: Double) -> Double { 20 * log10(255 / rms) }
