/// im2col over a band of output rows: `patches` becomes `[channels · kernelHeight · kernelWidth, rows.count ·
/// outputWidth]`, the values that the kernel sees at each output position, zeros beyond the border.
///
/// - Parameters:
///   - image: `[channels, height, width]`.
///   - rows: output rows.
public func gatherPatches(
    from image: UnsafePointer<Float>, channels: Int, height: Int, width: Int, window: Window, rows: Range<Int>,
    into patches: UnsafeMutablePointer<Float>
) {
    let outputWidth = window.outputWidth(width)
    let columns = rows.count * outputWidth
    var row = patches
    for channel in 0..<channels {
        let plane = image + channel * height * width
        for ky in 0..<window.kernelHeight {
            for kx in 0..<window.kernelWidth {
                let inside = Window.inside(
                    kx, of: width, outputs: outputWidth, stride: window.strideWidth, padding: window.paddingWidth,
                    dilation: window.dilationWidth)
                let shift = kx * window.dilationWidth - window.paddingWidth
                var target = row
                for oy in rows {
                    let y = oy * window.strideHeight - window.paddingHeight + ky * window.dilationHeight
                    if y < 0 || y >= height || inside.isEmpty {
                        target.update(repeating: 0, count: outputWidth)
                    } else {
                        if inside.lowerBound > 0 { target.update(repeating: 0, count: inside.lowerBound) }
                        let source = plane + y * width + inside.lowerBound * window.strideWidth + shift
                        copyRow(source, stride: window.strideWidth, count: inside.count, to: target + inside.lowerBound)
                        if inside.upperBound < outputWidth {
                            (target + inside.upperBound).update(repeating: 0, count: outputWidth - inside.upperBound)
                        }
                    }
                    target += outputWidth
                }
                row += columns
            }
        }
    }
}

/// col2im, the adjoint of `gatherPatches`, restricted to a band of image rows: adds to `image[_, imageRows, _]` what
/// the patches of the output rows `rows` say of them, and leaves every other image row alone.
///
/// Bands of image rows can thus be made at the same time, each from all output rows that touch it.
public func scatterPatches(
    _ patches: UnsafePointer<Float>, channels: Int, height: Int, width: Int, window: Window, rows: Range<Int>,
    onto image: UnsafeMutablePointer<Float>, imageRows: Range<Int>
) {
    let outputWidth = window.outputWidth(width)
    let columns = rows.count * outputWidth
    var row = patches
    for channel in 0..<channels {
        let plane = image + channel * height * width
        for ky in 0..<window.kernelHeight {
            for kx in 0..<window.kernelWidth {
                let inside = Window.inside(
                    kx, of: width, outputs: outputWidth, stride: window.strideWidth, padding: window.paddingWidth,
                    dilation: window.dilationWidth)
                let shift = kx * window.dilationWidth - window.paddingWidth
                var source = row
                for oy in rows {
                    let y = oy * window.strideHeight - window.paddingHeight + ky * window.dilationHeight
                    if imageRows.contains(y), !inside.isEmpty {
                        let target = plane + y * width + inside.lowerBound * window.strideWidth + shift
                        addRow(source + inside.lowerBound, count: inside.count, to: target, stride: window.strideWidth)
                    }
                    source += outputWidth
                }
                row += columns
            }
        }
    }
}

/// The output rows that see any of the image rows, for `scatterPatches`.
public func outputRows(touching imageRows: Range<Int>, height: Int, window: Window) -> Range<Int> {
    let reach = (window.kernelHeight - 1) * window.dilationHeight
    let first = imageRows.lowerBound + window.paddingHeight - reach
    let last = imageRows.upperBound - 1 + window.paddingHeight
    let lower = first <= 0 ? 0 : (first + window.strideHeight - 1) / window.strideHeight
    let upper = min(last / window.strideHeight + 1, window.outputHeight(height))
    return lower..<max(lower, upper)
}

@inline(__always)
private func copyRow(
    _ source: UnsafePointer<Float>, stride: Int, count: Int, to target: UnsafeMutablePointer<Float>
) {
    switch stride {
    case 1: target.update(from: source, count: count)
    case 2: for i in 0..<count { target[i] = source[2 * i] }
    default: for i in 0..<count { target[i] = source[stride * i] }
    }
}

@inline(__always)
private func addRow(
    _ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>, stride: Int
) {
    switch stride {
    case 1: for i in 0..<count { target[i] += source[i] }
    case 2: for i in 0..<count { target[2 * i] += source[i] }
    default: for i in 0..<count { target[stride * i] += source[i] }
    }
}
