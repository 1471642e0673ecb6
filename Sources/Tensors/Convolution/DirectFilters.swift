import Kernels

/// The filters of a direct convolution as its kernels read them.
extension DirectConvolution {
    /// One correlation with its filters.
    struct Phase: Sendable {
        /// How its filters lie in memory, and so which kernel reads them.
        enum Kind: Sendable {
            /// In panels, `[panels, taps · channels, panel width]`.
            case packed
            /// A few filters, `[filters, taps · channels]`.
            case thin
            /// A filter for each channel, `[taps, channels]`.
            case depthwise
        }

        let correlation: Correlation
        let kind: Kind
        /// Floats that are read as one run.
        let segmentLength: Int
        let segments: [Correlation.Tap]  // the first of each run
        let filters: Tensor  // all groups, one after the other
        let filtersInGroup: Int  // floats

        /// Sums of at most this many filters run along the depth.
        private static let thinColumns = 3
        /// Below this the lanes along the depth would be empty.
        private static let thinDepth = 16

        /// - Parameters:
        ///   - depth: channels of the source in a group.
        ///   - columns: channels of the target in a group.
        init(_ correlation: Correlation, depth: Int, columns: Int, groups: Int, weights: WeightOrder) {
            let isDepthwise = depth == 1 && columns == 1
            let run = groups == 1 && !isDepthwise ? correlation.run : 1
            let length = run * depth
            let taps = correlation.taps
            let whole = taps.count * depth
            let kind: Kind =
                isDepthwise ? .depthwise : columns <= Self.thinColumns && length >= Self.thinDepth ? .thin : .packed
            let size =
                switch kind {
                case .depthwise: taps.count
                case .thin: whole * columns
                case .packed: whole * kernels_packed_columns(columns)
                }
            var filters = Tensor(uninitialized: Shape(1, 1, size * groups))
            filters.withMutableElements { filters in
                guard size > 0 else { return }
                for group in 0..<groups {
                    let place = filters.baseAddress! + group * size
                    weights.matrix(group, taps, sources: depth, targets: columns).withElements { matrix in
                        let matrix = matrix.baseAddress!
                        switch kind {
                        case .depthwise: kernels_copy_columns(matrix, taps.count, 1, 1, filters.baseAddress! + group, groups)
                        case .thin: kernels_transpose(matrix, whole, columns, columns, place, whole)
                        case .packed: kernels_pack(matrix, whole, columns, columns, place)
                        }
                    }
                }
            }
            self.correlation = correlation
            self.kind = kind
            segmentLength = length
            segments = stride(from: 0, to: taps.count, by: run).map { taps[$0] }
            self.filters = filters
            filtersInGroup = size
        }
    }

    /// Weights `[filters, inputChannels / groups, kernelHeight, kernelWidth]` with their strides as seen from the source and
    /// the target, which are the input and the output of a convolution, and the reverse in its adjoint.
    struct WeightOrder {
        let weights: [Float]
        /// Floats from one group to the next.
        let group: Int
        /// Floats from one channel of the source to the next.
        let source: Int
        /// Floats from one channel of the target to the next.
        let target: Int
        let kernelWidth: Int

        /// `[taps, sources, targets]` of one group.
        func matrix(_ group: Int, _ taps: [Correlation.Tap], sources: Int, targets: Int) -> Tensor {
            var matrix = Tensor(uninitialized: Shape(taps.count, sources, targets))
            matrix.withMutableElements { matrix in
                weights.withUnsafeBufferPointer { weights in
                    var place = 0
                    for tap in taps {
                        let first = group * self.group + tap.kernelY * kernelWidth + tap.kernelX
                        for source in 0..<sources {
                            for target in 0..<targets {
                                matrix[place] = weights[first + source * self.source + target * self.target]
                                place += 1
                            }
                        }
                    }
                }
            }
            return matrix
        }
    }
}
