import Files
import Images
import Visualization

extension Picture {
    /// Writes a picture with a record of how it was made.
    ///
    /// - Parameters:
    ///   - record: nil for what has no plan of its own.
    ///   - quality: 1 to 100, where the format is lossy.
    func write(record: String?, quality: Int?, to path: String) throws(Failure) {
        do {
            let format = PictureFormat(fileName: path) ?? .png
            let bytes = try format.codec.encode(self, quality: quality, record: record.map { (keyword: PictureRecord.keyword, text: $0) })
            try OutputFile.write(bytes, to: path)
        } catch let error as OutputError {
            throw Failure(error)
        } catch let error as PictureError {
            throw Failure(error)
        } catch {
            throw Failure(70, "\(error)")
        }
    }

    /// Writes a chart or a sheet, which has no plan of its own, in the format of its name.
    ///
    /// - Parameter quality: 1 to 100, where the format is lossy.
    func write(to path: String, quality: Int = OutputOptions.standardQuality) throws(Failure) {
        try write(record: nil, quality: quality, to: path)
    }
}
