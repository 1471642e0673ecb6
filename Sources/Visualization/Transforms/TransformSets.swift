/// The sets of transforms that tools of the field use, by name.
extension TransformChain {
    /// Lucid's standard set (tensorflow/lucid, optvis/transform.py).
    public static let standard = TransformChain([
        Pad(pixels: 12), Jitter(pixels: 8), Scale(factors: .init(0.9...1.1, by: 0.02)),
        Rotate(degrees: .init(-10...10, by: 1, plus: [(5, 0)])), Jitter(pixels: 4),
    ])

    /// The sets of fixed extents: their names, and their transforms as plans spell them.
    ///
    /// - lucid: tensorflow/lucid, optvis/transform.py.
    /// - wide: larger ranges, for classes, whose objects may be anywhere.
    /// - lucent: greentfrapp/lucent: the same numbers, zero-filled translation, and at least the networks' 224 pixels.
    /// - captum: the robust set of captum's branch optim-wip.
    /// - tf-keras-vis, torch-dreams: these tools' defaults.
    /// - vit: for transformers (Ghiasi et al. 2022, arXiv:2212.06727).
    public static let sets: [(name: String, text: String)] = [
        ("lucid", standard.text),
        ("wide", "pad(24) jitter(24) scale(0.6...1.25) rotate(-20...20) jitter(4)"),
        ("lucent", "pad(12) translate(8) scale(0.9...1.1 by 0.02) rotate(-10...10 by 1 + 5*0) translate(4) at_least(224)"),
        (
            "captum",
            "pad(2) " + Array(repeating: "jitter(4)", count: 10).joined(separator: " ")
                + " scale(0.995^-5...79 + 2*0.998^20...39)"
                + " rotate(-20...19 by 1 + -10...9 by 1 + -5...4 by 1 + 5*0) jitter(2)"
        ),
        ("tf-keras-vis", "roll(4) rotate(-1...1)"),
        ("torch-dreams", "rotate(-15...15) scale(0.5...1.2)"),
        ("vit", "colour_jitter(1) noise(0.02) roll(32)"),
    ]

    /// Xplique's set, whose extents follow the picture's size: with u = size / 16, pad 4u, jitter 2u, 2u, 4u, 4u, 4u, scale
    /// 0.92…0.96, blur of 1…1.1 pixels, jitter u, u, flip, and back to the size.
    public static func xplique(size: Int) -> String {
        let u = max(1, size / 16)
        return "pad(\(4 * u)) jitter(\(2 * u)) jitter(\(2 * u)) jitter(\(4 * u)) jitter(\(4 * u)) jitter(\(4 * u))"
            + " scale(0.92...0.96) blur(1...1.1) jitter(\(u)) jitter(\(u)) flip resize(\(size))"
    }

    /// A list with the transforms of each set that it names, for a picture of this size; nil for a size that is not known.
    public static func expanded(_ text: String, size: Int?) -> String {
        var depth = 0
        let words = text.split { letter in
            depth += letter == "(" ? 1 : letter == ")" ? -1 : 0
            return letter == " " && depth == 0
        }
        let expanded = words.map { word -> String in
            if let size, word == "xplique" { return xplique(size: size) }
            return sets.first { $0.name == word }?.text ?? String(word)
        }
        return expanded.joined(separator: " ")
    }
}
