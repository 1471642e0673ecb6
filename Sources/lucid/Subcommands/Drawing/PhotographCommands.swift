import ArgumentParser
import Studio

/// `lucid caricature`
struct Caricature: DrawingCommand {
    typealias Request = CaricatureRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw a photograph as a layer sees it, exaggerated.",
        discussion: """
            The score counts how much of the photograph's activation there is; the photograph itself scores 1.

            Example: lucid caricature photo.jpg --layer features.8
            """)

    @Argument(CaricatureRequest["photo"]) var photo: String
    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(CaricatureRequest["cossim-pow"]) var cossimPow: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid invert`
struct Invert: DrawingCommand {
    typealias Request = InvertRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw a picture that a layer cannot tell from a photograph: what it still knows of it.",
        discussion: """
            The distance of the layer's answers falls (Mahendran and Vedaldi 2015).

            Example: lucid invert photo.jpg --layer features.8
            """)

    @Argument(InvertRequest["photo"]) var photo: String
    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid accentuate`
struct Accentuate: DrawingCommand {
    typealias Request = AccentuateRequest

    static let configuration = CommandConfiguration(
        abstract: "Bring out what a channel responds to in a photograph.",
        discussion: """
            Begins from the photograph and raises the channel, held back by the distance of a shallower layer's answers, so \
            that it stays the same photograph (feature accentuation, Hamblin 2024). --weight balances the two: below 1 \
            more of the channel is brought out, above less.

            Example: lucid accentuate photo.jpg --layer features.10 --index 5
            """)

    @Argument(AccentuateRequest["photo"]) var photo: String
    @OptionGroup(title: "Target") var subject: UnitOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(AccentuateRequest["anchor"]) var anchor: String?
    @Option(AccentuateRequest["weight"]) var weight: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid deepdream`
struct DeepDream: DrawingCommand {
    typealias Request = DreamRequest

    static let configuration = CommandConfiguration(
        commandName: "deepdream",
        abstract: "Let a network dream on a photograph.",
        discussion: """
            Raises the energy of layers, or single channels, in a photograph, from small to large sizes (DeepDream, Mordvintsev \
            et al. 2015). Pictures that are too large for --memory are seen in tiles whose seams move. The result \
            is PHOTO_dream.png unless --output says otherwise.

            Examples: lucid deepdream photo.jpg
                      lucid deepdream photo.jpg --layer features.8=2 -o deep.png
                      lucid deepdream photo.jpg --guide flowers.jpg -o guided.png
                      lucid deepdream photo.jpg --zoom 1.05 --frames 100 -o zoom.gif
                      lucid deepdream clip.mp4 -o dream.mp4   # by ffmpeg; or a folder of frames
            """)

    @Argument(DreamRequest["photo"]) var photo: String?
    @OptionGroup(title: "Network") var model: NetworkOptions<Request>
    @OptionGroup(title: "Dream") var dream: DreamOptions
    @OptionGroup(title: "Moving pictures") var moving: MovingOptions
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid style`
struct StyleCommand: DrawingCommand {
    typealias Request = StyleRequest

    static let configuration = CommandConfiguration(
        commandName: "style",
        abstract: "Draw a photograph in the style of other pictures.",
        discussion: """
            Pixels keep what a deep layer sees in the photograph and take on the textures of the styles (Gatys, Ecker and \
            Bethge 2016), first in a small size and then in larger ones. Losses are relative to what is asked for, so that \
            weights mean the same for every network and size. The network is vgg16 unless --model names another, and the result \
            is PHOTO_style.png unless --output does.

            Examples: lucid style photo.jpg painting.jpg
                      lucid style photo.jpg painting.jpg --size 1024 --keep-colors -o result.jpg
                      lucid style photo.jpg a.jpg b.jpg --blend 2,1 -o blend.png
                      lucid style photo.jpg a.jpg b.jpg --mask sky.png --mask ground.png -o parts.png
            """)

    @Argument(StyleRequest["content"]) var content: String
    @Argument(StyleRequest["styles"]) var styles: [String]
    @OptionGroup(title: "Network") var model: NetworkOptions<Request>
    @OptionGroup(title: "Style") var style: StyleOptions
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid replay`
struct Replay: DrawingCommand {
    typealias Request = ReplayRequest

    static let configuration = CommandConfiguration(
        abstract: "Make pictures again from what they say of themselves: the same bytes on the same machine.",
        discussion: """
            Example: lucid replay squeezenet1_1_features.10_5.png -o again.png
                     lucid replay pictures/*.png -o again/
            """)

    @Argument(ReplayRequest["drawn-pictures"]) var drawnPictures: [String]
    @Option(ReplayRequest["weights"]) var weights: String?
    @Option(ReplayRequest["model"]) var model: String?
    @Option(ReplayRequest["picture"]) var picture: [String] = []
    @Option(OutputSettings["output-size"]) var outputSize: String?
    @OptionGroup var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}
