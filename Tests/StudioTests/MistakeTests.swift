import Images
import Studio
import TestSupport
import Testing

/// Requests that make no sense, and files that are not there: one line that says what, where and what to try, before anything is
/// computed, and nothing is left behind.
@Suite struct MistakeTests {
    private static let unit = ["channel", "--layer", "features.3", "--index", "5"]

    @Test(arguments: [
        (unit + ["--preset", "lucis"], .usage, "lucid"),
        (unit + ["--start", "none.png"], .missing, "none.png"),
        (unit + ["--optimizer", "adam(2)"], .usage, "--optimizer"),
        (unit + ["--schedule", "sometimes"], .usage, "--schedule"),
        (unit + ["--output-size", "99"], .usage, "cppn"),
        (unit + ["--x", "-1"], .usage, "\"x\""),
        (["neuron", "--layer", "features.3", "--index", "5", "--x", "-1"], .usage, "--x must be 0 or more, since it counts from 0"),
        (["neuron", "--layer", "features.3", "--index", "5", "--y", "-2"], .usage, "--y must be 0 or more"),
        (["neuron", "--layer", "features.10", "--index", "5", "--x", "99"], .usage, "columns 0–12"),
        (["class", "--label", "goldfsh"], .usage, "goldfish"),
        (["class", "--label", "1000"], .usage, "there is no class"),
        (["class", "--label", "shark"], .usage, "tiger shark"),
        (["class", "--model", "vgg16", "--index", "1"], .usage, "classes"),
        (["class", "--label", "zebra", "--label", "Zebra"], .usage, "already"),
        (["class", "--label", "zebra", "--index", "1"], .usage, "not by both"),
        (["render", "diversity(features.3)"], .usage, "--count"),
        (["render", "mean_alpha()"], .usage, "--alpha"),
        (["render", "picture(3,layer(features.3))"], .usage, "picture 3"),
        (["render", "channel(features.10,5) + oops"], .usage, "column 26"),
        (["direction", "--layer", "features.3", "--channels", "5:x"], .usage, "5:1"),
        (["direction", "--layer", "features.3", "--channels", "500:1"], .usage, "127"),
        (["direction", "--layer", "features.3", "--channels", "5:1", "--cossim-pow", "-1"], .usage, "0 to 16"),
        (["interpolate", "--layer", "features.3", "--index", "5"], .usage, "5,12"),
        (["diversity", "--layer", "features.3", "--index", "5,6", "-o", "a.png"], .usage, "a.png"),
        (["diversity", "--layer", "features.3", "--index", "5", "--count", "-1"], .usage, "2 to 64"),
        (["caricature", "none.jpg", "--layer", "features.3"], .missing, "none.jpg"),
        (unit + ["--evolution", "x.avi"], .usage, "x.avi"),
        (unit + ["-o", "-", "--save-at", "2"], .usage, "--save-at"),
        (["channel", "--layer", "features.3", "--index", "0-3", "-o", "-"], .usage, "--output -"),
        (["channel", "--layer", "features.3", "--index", "0-3", "-o", "a.png"], .usage, "{index}"),
        (unit + ["-o", "a.gif"], .usage, ".png, .jpg, .tif or .npy"),
        (unit + ["--steps", "1000000", "-o", "/dev/null/a.png"], .cannotWrite, "/dev/null"),
        (unit + ["--steps", "1000000", "-o", "/proc/a.png"], .cannotWrite, "/proc"),
        // Settings that would do nothing.
        (unit + ["--param", "pixel", "--decay-power", "2"], .usage, "--decay-power"),
        (unit + ["--preset", "maco", "--decay-power", "2"], .usage, "--decay-power"),
        (unit + ["--quality", "80"], .usage, ".jpg"),
        (unit + ["--quality", "80", "-o", "a.png"], .usage, ".jpg"),
        (unit + ["--steps", "4", "--save-at", "2,5"], .usage, "--save-at 5"),
        (unit + ["--seeds", "0-1", "--save-at", "2"], .usage, "sheet"),
        (["sheet", "--layer", "features.3", "--save-at", "2"], .usage, "--keep"),
        (["progression", "--save-at", "2"], .usage, "save-at"),
        (unit + ["--seed", "0", "--seeds", "0-1"], .usage, "--seeds"),
        (["channel", "--layer", "features.3", "--index", "0-1", "--evolution", "way.gif", "-o", "{index}.png"], .usage, "--evolution"),
        // The message says which values are allowed.
        (["channel", "--layer", "features.3", "--index", "-1"], .usage, "0-15"),
        (["channel", "--layer", "features.3", "--index", "5-3"], .usage, "5-3"),
        (["channel", "--layer", "features.10", "--index", "384"], .usage, "0–383"),
        (unit + ["--size", "-5"], .usage, "WIDTHxHEIGHT"),
        (unit + ["--size", "0"], .usage, "1 to 1000000"),
        (["channel", "--layer", "features.10", "--index", "5", "--size", "5"], .usage, "too small"),
        (unit + ["--size", "100000"], .failed, "GB"),
        (unit + ["--seed", "-1"], .usage, "0 or more"),
        (unit + ["--seeds", "3-1"], .usage, "1,5,9"),
        (unit + ["--steps", "-3"], .usage, "--steps"),
        (unit + ["--learning-rate", "-1"], .usage, "--learning-rate"),
        (unit + ["--param", "fff"], .usage, "fft"),
        (unit + ["--optimizer", "adamm"], .usage, "rmsprop"),
        (unit + ["--schedule", "linear"], .usage, "cosine"),
        (unit + ["--transforms", "jiter(3)"], .usage, "jitter(8)"),
        (unit + ["--param", "cppn", "--output-size", "1000000"], .failed, "--output-size"),
        // How the network sees pictures.
        (unit + ["--mean", "1,2"], .usage, "--mean"), (unit + ["--mean", "a"], .usage, "--mean"),
        (unit + ["--std", "0"], .usage, "--std"), (unit + ["--range", "1,1"], .usage, "--range"), (unit + ["--range", "-1"], .usage, "--range"),
    ] as [([String], Problem.Kind, String)])
    func aDrawingThatMakesNoSenseIsRefused(_ words: [String], _ kind: Problem.Kind, _ part: String) throws {
        try Scratch().fails(words, kind, part)
    }

    @Test func aScoreThatIsNoNumberIsNoPicture() throws {
        try Scratch().fails(
            ["render", "1e38*channel(features.3,5)", "--size", "32", "--steps", "3", "-o", "a.png"], .failed, "--learning-rate")
    }

    private static let (photo, other) = (Photograph.chelsea, Photograph.coffee)

    @Test(arguments: [
        ([], .usage, "--from-noise"), (["absent.jpg"], .missing, "absent.jpg"),
        (["empty"], .missing, "no pictures"), ([photo, "--from-noise"], .usage, "--from-noise"), ([photo, "--layer", "featres.3"], .usage, "features.3"),
        ([photo, "--size", "100000"], .failed, "GB"), ([photo, "--size", "5"], .usage, "too small"), (["one.png"], .usage, "too small"),
        ([photo, "--guide", "one.png"], .badData, "too small"), ([photo, "--channel", "3"], .usage, "--layer"),
        ([photo, "--channel", "999", "--layer", "features.3"], .usage, "0–127"), ([photo, "--octaves", "30", "--size", "96"], .usage, "too small"),
        ([photo, "--memory", "1MB"], .failed, "--memory"), ([photo, "--blend", "0.3"], .usage, "--blend"), ([photo, "--rate", "3"], .usage, "--rate"),
        ([photo, "--frames", "3"], .usage, "--zoom"), ([photo, "--zoom", "1"], .usage, "--zoom"),
        ([photo, "--zoom", "1.1", "--save-at", "1"], .usage, "--save-at"), ([photo, "--output-size", "9"], .usage, "output-size"),
        ([photo, "--zoom", "1.1", "--output-size", "9"], .usage, "output-size"), ([photo, "--save-at", "999"], .usage, "--save-at"),
        ([photo, "-o", "/dev/null/a.png"], .cannotWrite, "/dev/null"), ([photo, "-o", "a.gif"], .usage, ".png, .jpg, .tif or .npy"),
        ([photo, "--max-pixels", "100"], .badData, "--max-pixels"),
    ] as [([String], Problem.Kind, String)])
    func aDreamThatMakesNoSenseIsRefused(_ words: [String], _ kind: Problem.Kind, _ part: String) throws {
        let scratch = try Scratch()
        try scratch.makeFolder("empty")
        try scratch.save("one.png", Picture(width: 1, height: 1, samples: .eight([9, 9, 9])))
        try scratch.fails(["deepdream"] + words, kind, part)
    }

    @Test(arguments: [
        ([photo], .usage, "styles"), ([photo, "absent.jpg"], .missing, "absent.jpg"), ([photo, other, "--size", "100000"], .failed, "GB"),
        ([photo, other, "--size", "2000", "--style-scale", "20"], .failed, "GB"),
        ([photo, other, "--stages", "10", "--size", "96"], .usage, "--stages"),
        ([photo, other, "--style-weight", "1e30"], .usage, "--style-weight"), ([photo, other, "--seed", "3"], .usage, "--from-noise"),
        ([photo, other, "--style-weight", "0", "--content-weight", "0", "--tv", "0"], .usage, "every weight"),
        ([photo, other, "--blend", "1,2"], .usage, "--blend"), ([photo, other, other, "--mask", other], .usage, "--mask"),
        ([photo, other, "--method", "lucid", "--keep-colors"], .usage, "--method gatys"), (["-", "-"], .usage, "standard input"),
        ([photo, other, "--start", other, "--from-noise"], .usage, "exclude"), ([photo, other, "--style-layer", "features.99"], .usage, "features.9"),
    ] as [([String], Problem.Kind, String)])
    func aStyleThatMakesNoSenseIsRefused(_ words: [String], _ kind: Problem.Kind, _ part: String) throws {
        try Scratch().fails(["style"] + words, kind, part)
    }
}
