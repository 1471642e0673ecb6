import Foundation
import Images

/// A film without ffmpeg: scripts by the names of ffmpeg and ffprobe that say what the real ones would.
struct FakeFilm {
    /// For `Program.run`, so that the scripts come first in PATH.
    let environment: [String: String]
    /// The name of the film in the scratch folder.
    let name = "film.mp4"

    /// - Parameters:
    ///   - scratch: where the film's file and the scripts go.
    ///   - frames: what ffmpeg writes; of 8 bits, without alpha.
    ///   - rate: frames a second.
    ///   - sound: how the film's sound is encoded.
    ///   - ending: what ffmpeg's script does after the last frame, as `echo broken >&2; exit 1`.
    init(in scratch: Scratch, frames: [Picture], rate: Int = 10, sound: String? = nil, ending: String = "exit 0") throws {
        var stream = Data()
        for frame in frames {
            guard case .eight(let samples) = frame.samples, !frame.hasAlpha else { fatalError("frames are RGB of 8 bits") }
            stream += Data("P6\n\(frame.width) \(frame.height)\n255\n".utf8) + Data(samples)
        }
        let folder = "\(scratch.path)/fakes"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try stream.write(to: URL(filePath: "\(folder)/frames.ppm"))
        try Data("not read".utf8).write(to: URL(filePath: "\(scratch.path)/\(name)"))
        func install(_ name: String, _ script: String) throws {
            let path = "\(folder)/\(name)"
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        try install(
            "ffprobe", """
                case "$*" in *a:0*) \(sound.map { "echo codec_name=\($0)" } ?? ":"); exit;; esac
                echo r_frame_rate=\(rate)/1; echo avg_frame_rate=\(rate)/1; echo nb_read_packets=\(frames.count)
                """)
        // Where a film is made, its arguments and pixels are kept.
        try install(
            "ffmpeg", """
                case "$*" in *pipe:0*) for last; do :; done; echo "$@" >'\(folder)/arguments'; cat >"${last#file:}"; exit;; esac
                cat '\(folder)/frames.ppm'
                \(ending)
                """)
        environment = ["PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"]
    }
}
