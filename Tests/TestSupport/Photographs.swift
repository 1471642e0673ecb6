import Foundation

/// The photographs that tests draw on.
public enum Photograph {
    public static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "CommandTests/Photos").path
    /// A cat, 451×300.
    public static let chelsea = "\(folder)/chelsea.jpg"
    /// A cup, 600×400.
    public static let coffee = "\(folder)/coffee.jpg"
}
