import ArgumentParser
import Images

/// How large the pictures may be that are read.
struct ReadingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The largest picture that is read, in pixels.", valueName: "n"))
    var maxPixels = Picture.defaultMaximumPixels

    func validate() throws {
        guard maxPixels > 0 else { throw ValidationError("--max-pixels must be above 0, not \(maxPixels)") }
    }
}
