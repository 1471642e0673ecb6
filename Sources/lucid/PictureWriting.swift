import Files
import Images
import Visualization

extension Picture {
    /// Writes a picture with a record of how it was made.
    ///
    /// - Parameters:
    ///   - record: nil for what has no plan of its own.
    ///   - quality: of a JPEG, 1 to 100; nil for a PNG.
    func write(record: String?, quality: Int?, to path: String) throws(Failure) {
        do {
            let bytes =
                try quality.map { try JPEG.encode(composited(over: 1), quality: $0, comment: record) }
                ?? PNG.encode(self, text: record.map { [(PictureRecord.keyword, $0)] } ?? [])
            try OutputFile.write(bytes, to: path)
        } catch let error as OutputError {
            throw Failure(error)
        } catch let error as PictureError {
            throw Failure(error)
        } catch {
            throw Failure(70, "\(error)")
        }
    }

    /// Writes a chart or a sheet, which has no plan of its own: JPEG or PNG, as its name says.
    ///
    /// - Parameter quality: of a JPEG, 1 to 100.
    func write(to path: String, quality: Int = OutputOptions.standardQuality) throws(Failure) {
        try write(record: nil, quality: PictureFormat(fileName: path) == .jpeg ? quality : nil, to: path)
    }
}
