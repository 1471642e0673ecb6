import ArgumentParser
import Studio

/// A channel of a layer, or several.
struct UnitOptions<Group: SettingGroup>: ParsableArguments {
    @Option(Group["layer"]) var layer: String
    @Option(Group["index"]) var index: String
}

/// A layer.
struct LayerOptions<Group: SettingGroup>: ParsableArguments {
    @Option(Group["layer"]) var layer: String
}
