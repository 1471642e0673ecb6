import Images

extension Picture {
    /// Writes a chart or a sheet, which has no plan of its own: JPEG or PNG, as its name says.
    func write(to path: String) throws(Failure) {
        do {
            let bytes =
                PictureFormat(fileName: path) == .jpeg
                ? try JPEG.encode(composited(over: 1), quality: OutputOptions.standardQuality) : try PNG.encode(self)
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
