/// The documents that hold a figure as boxes, pictures and text, beside the pictures that hold its pixels.
public enum FigureFormat: String, CaseIterable, Sendable {
    /// Scalable Vector Graphics, with the pictures in it as PNGs.
    case svg
    /// A page of PDF.
    case pdf

    /// The format of a file's name; nil for a picture's, or any other.
    public init?(fileName: String) {
        let name = fileName.lowercased()
        guard let format = Self.allCases.first(where: { name.hasSuffix(".\($0.rawValue)") }) else { return nil }
        self = format
    }

    /// The document.
    ///
    /// - Parameter record: a text that goes into its metadata.
    public func encode(_ figure: Figure, record: String?) throws(PictureError) -> [UInt8] {
        switch self {
        case .svg: Array(try figure.svg(record: record).utf8)
        case .pdf: try figure.pdf(record: record)
        }
    }

    /// The format of a document's bytes; nil for no such document.
    public init?(bytes: [UInt8]) {
        if Figure.isSVG(bytes) { self = .svg } else if bytes.starts(with: Array("%PDF-".utf8)) { self = .pdf } else { return nil }
    }

    /// The record in a document that `encode` has made; nil if there is none.
    public func record(in bytes: [UInt8]) -> String? {
        switch self {
        case .svg: Figure.record(inSVG: bytes)
        case .pdf: Figure.record(inPDF: bytes)
        }
    }
}
