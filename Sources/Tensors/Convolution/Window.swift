/// How a kernel slides over a picture, in both directions.
public struct Window: Hashable, Sendable {
    /// Rows of the kernel.
    public var kernelHeight: Int
    /// Columns of the kernel.
    public var kernelWidth: Int
    /// Input rows from one output row to the next.
    public var strideHeight: Int
    /// Input columns from one output column to the next.
    public var strideWidth: Int
    /// Rows of padding above, and as many below.
    public var paddingHeight: Int
    /// Columns of padding on the left, and as many on the right.
    public var paddingWidth: Int
    /// Input rows from one kernel row to the next.
    public var dilationHeight: Int
    /// Input columns from one kernel column to the next.
    public var dilationWidth: Int

    /// All in values of the map. Kernel, stride and dilation are at least 1, the padding at least 0.
    public init(
        kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1),
        padding: (height: Int, width: Int) = (0, 0), dilation: (height: Int, width: Int) = (1, 1)
    ) {
        precondition(kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0)
        precondition(padding.height >= 0 && padding.width >= 0 && dilation.height > 0 && dilation.width > 0)
        kernelHeight = kernel.height
        kernelWidth = kernel.width
        strideHeight = stride.height
        strideWidth = stride.width
        paddingHeight = padding.height
        paddingWidth = padding.width
        dilationHeight = dilation.height
        dilationWidth = dilation.width
    }

    /// The same in both directions.
    public init(kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
        self.init(
            kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
            dilation: (dilation, dilation))
    }

    /// Positions under one kernel.
    public var area: Int { kernelHeight * kernelWidth }

    /// One value in, one value out: a convolution with it is a plain matrix product.
    public var isPointwise: Bool {
        area == 1 && strideHeight == 1 && strideWidth == 1 && paddingHeight == 0 && paddingWidth == 0
    }

    /// Rows of output for `height` rows of input: ⌊(height + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
    public func outputHeight(_ height: Int) -> Int {
        Window.outputExtent(height, kernelHeight, strideHeight, paddingHeight, dilationHeight)
    }

    /// Columns of output for `width` columns of input.
    public func outputWidth(_ width: Int) -> Int {
        Window.outputExtent(width, kernelWidth, strideWidth, paddingWidth, dilationWidth)
    }

    /// The input rows, of `height`, that these output rows look at; at least one.
    public func rows(seenBy rows: Range<Int>, of height: Int) -> Range<Int> {
        Window.seen(by: rows, kernelHeight, strideHeight, paddingHeight, dilationHeight, of: height)
    }

    /// The input columns, of `width`, that these output columns look at; at least one.
    public func columns(seenBy columns: Range<Int>, of width: Int) -> Range<Int> {
        Window.seen(by: columns, kernelWidth, strideWidth, paddingWidth, dilationWidth, of: width)
    }

    private static func seen(
        by outputs: Range<Int>, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int, of extent: Int
    ) -> Range<Int> {
        let first = outputs.lowerBound * stride - padding
        let last = (outputs.upperBound - 1) * stride - padding + dilation * (kernel - 1)
        let lower = min(max(first, 0), extent - 1)
        return lower..<max(lower + 1, min(last + 1, extent))
    }

    private static func outputExtent(_ extent: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int)
        -> Int
    {
        let room = extent + 2 * padding - dilation * (kernel - 1) - 1
        return room < 0 ? 0 : room / stride + 1
    }

    /// The output positions whose input `position·stride − padding + tap·dilation` lies inside 0 ..< extent.
    package static func inside(_ tap: Int, of extent: Int, outputs: Int, stride: Int, padding: Int, dilation: Int)
        -> Range<Int>
    {
        let offset = tap * dilation - padding
        let first = offset >= 0 ? 0 : (-offset + stride - 1) / stride
        let last = extent - 1 - offset
        let end = last < 0 ? 0 : last / stride + 1
        let lower = min(first, outputs)
        return lower..<max(lower, min(end, outputs))
    }
}
