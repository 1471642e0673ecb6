import Foundation
import Films
import Images
import TestSupport
import Testing

/// The ways that a film's frames come: the stream that ffmpeg writes, what ffprobe says, the order of a folder's names.
@Suite struct FilmReadingTests {
    /// A stream that gives its bytes in pieces of some length.
    private func stream(_ bytes: [UInt8], pieces: Int = .max, maximumPixels: Int = 1 << 20) -> PPMStream {
        var place = 0
        return PPMStream(name: "film", maximumPixels: maximumPixels) { buffer in
            let count = min(buffer.count, pieces, bytes.count - place)
            buffer.copyBytes(from: bytes[place..<place + count])
            place += count
            return count
        }
    }

    private func ppm(_ picture: Picture) -> [UInt8] {
        Array("P6\n\(picture.width) \(picture.height)\n255\n".utf8) + picture.bytes
    }

    @Test(arguments: [1, 7, 100_000])
    func framesComeOneByOne(_ pieces: Int) throws {
        // The first sample of each looks like white space, a comment and a digit.
        let pictures = [10, 35, 48].map { first in
            picture(width: 5, height: 3) { x, y, c in x + y + c == 0 ? first : UInt8(16 * x + y + c) }
        }
        let film = stream(pictures.flatMap(ppm), pieces: pieces)
        for picture in pictures { #expect(try film.next() == picture) }
        #expect(try film.next() == nil)
        #expect(try film.next() == nil)
        let other = stream(pictures.flatMap(ppm), pieces: pieces)
        #expect(try other.skip() && other.skip())
        #expect(try other.next() == pictures[2])
        #expect(try !other.skip())
    }

    @Test func framesMayDifferInSizeAndHaveComments() throws {
        let (small, large) = (noise(width: 1, height: 1), noise(width: 300, height: 2))
        let film = stream(Array("P6 # a comment 7\n# more\n 1\t1\r\n255\n".utf8) + small.bytes + ppm(large))
        #expect(try film.next() == small)
        #expect(try film.next() == large)
        #expect(try film.next() == nil)
    }

    @Test func aFilmCutAnywhereIsAnError() throws {
        let bytes = ppm(noise(width: 4, height: 2))
        for count in 1..<bytes.count {
            #expect(throws: PictureError.self) { try stream(Array(bytes[..<count])).next() }
            #expect(throws: PictureError.self) { try stream(Array(bytes[..<count])).skip() }
        }
    }

    @Test(arguments: [
        "P5\n1 1\n255\n...", "P6\n0 1\n255\n...", "P6\n1 1\n65535\n......", "P6\n-1 1\n255\n...", "P6\n1 a\n255\n...",
        "P6\n99999999999999999999999 1\n255\n", "P6\n4000000 4000000\n255\n", "P6" + String(repeating: " ", count: 10_000),
        "RIFF", "P6\n1025 1024\n255\n",
    ])
    func whatIsNoFrameIsRefused(_ text: String) {
        #expect(throws: PictureError.self) { try stream(Array(text.utf8)).next() }
    }

    @Test func ratesAreRatios() throws {
        #expect(try #require(VideoProperties.Rate("30000/1001")).perSecond == 30000 / 1001)
        #expect(try #require(VideoProperties.Rate("25")).perSecond == 25)
        for text in ["0/0", "", "/", "1/0", "-1/1", "a/b", "0", "1/2/3"] { #expect(VideoProperties.Rate(text) == nil) }
    }

    @Test func evenFilmsKnowTheirFrames() throws {
        let even = try #require(
            VideoProperties(ffprobeOutput: "r_frame_rate=30000/1001\navg_frame_rate=29970/1000\nnb_read_packets=120\n"))
        #expect(even.rate == VideoProperties.Rate("30000/1001") && even.frames == 120)
        // A telephone's: 29.4 on average, in steps of a 90000th of a second.
        let uneven = try #require(
            VideoProperties(ffprobeOutput: "r_frame_rate=90000/1\r\navg_frame_rate=294/10\r\nnb_read_packets=120\r\n"))
        #expect(uneven.rate == VideoProperties.Rate("294/10") && uneven.frames == nil)
        let unknown = try #require(
            VideoProperties(ffprobeOutput: "r_frame_rate=0/0\navg_frame_rate=0/0\nnb_read_packets=N/A\n"))
        #expect(unknown.rate.perSecond == 25 && unknown.frames == nil)
        #expect(VideoProperties(ffprobeOutput: "") == nil)
        #expect(VideoProperties(ffprobeOutput: "\n") == nil)
    }
}
