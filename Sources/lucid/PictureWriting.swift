import Images

extension Picture {
    /// Writes a chart or a sheet, which has no plan of its own: JPEG or PNG, as its name says.
    ///
    /// - Parameter quality: of a JPEG, 1 to 100.
    func write(to path: String, quality: Int = OutputOptions.standardQuality) throws(Failure) {
        do {
            let bytes =
                PictureFormat(fileName: path) == .jpeg
                ? try JPEG.encode(composited(over: 1), quality: quality) : try PNG.encode(self)
            try OutputFile.write(bytes, to: path)
        } catch let error as OutputError {
            throw Failure(error)
        } catch let error as PictureError {
            throw Failure(error)
        } catch {
            throw Failure(70, "\(error)")
        }
    }
}
