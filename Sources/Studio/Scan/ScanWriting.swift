import Analysis
import Files
import Networks
import Tensors

/// Writes the file of a scan, or of a part of one.
struct ScanWriting {
    let state: ScanState
    /// Photographs, then samples of each layer.
    let records: [ScanRecords]
    let workers: Workers

    /// A part: the state with its records, from which a whole is put together.
    func write(part path: String) throws(Problem) {
        let sizes = ScanProgress.recordBytes(state.plan)
        let tensors = zip(records, sizes).enumerated().map { index, record in
            let (records, bytes) = record
            return SafetensorsTensor(Self.recordsName(index), [records.count, bytes], of: UInt8.self) { write in
                for index in 0..<records.count { try write(records.bytes(index, 0..<bytes)) }
            }
        }
        try asProblem { () throws in try SafetensorsFile.write(state.tensors + tensors, metadata: state.metadata, to: path) }
    }

    static func recordsName(_ index: Int) -> String { index == 0 ? "records" : "\(index - 1)/samples" }

    /// The whole.
    func write(to path: String) throws(Problem) {
        let plan = state.plan
        let photographs = records[0]
        let count = photographs.count
        // Photographs that could not be read have no number.
        var numbers = [Int32](repeating: -1, count: plan.files)
        for index in 0..<count { numbers[photographs.photograph(index)] = Int32(index) }
        let all = ScanPhotographs.names(state.names)
        let names = ScanPhotographs.bytes(of: (0..<count).lazy.map { all[photographs.photograph($0)] })
        let digests = (0..<count).flatMap { Array(photographs.bytes($0, 16..<48)) }
        var tensors = [
            SafetensorsTensor("photographs/names", [names.count], names),
            SafetensorsTensor("photographs/sha256", [count, 32], digests),
            SafetensorsTensor("photographs/thumbnails", [count], (0..<count).map { photographs.load($0, at: 8, as: Int64.self) }),
        ]
        let classes = (0..<count).map { photographs.load($0, at: 4, as: Int32.self) }
        if plan.classes != nil { tensors.append(SafetensorsTensor("photographs/classes", [count], classes)) }
        var start = 0
        for (index, layer) in plan.layers.enumerated() {
            tensors += self.tensors(of: index, numbers, rowStart: start)
            if let known = plan.classes {
                let (count, channels, first) = (known.names.count, layer.channels, start)
                tensors.append(SafetensorsTensor("\(layer.name)/class_sums", [count, 2, channels], sums(classes, count, channels, first)))
            }
            start += layer.channels
        }
        let description = ScanDescription(
            plan: plan, photographs: count, photographsSHA256: sha256(of: digests), damaged: state.damaged.map { all[$0.photograph] },
            counts: plan.classes.map { known in known.names.indices.map { number in classes.count { $0 == number } } },
            positions: state.totals.map(\.positions), lattice: state.totals.map(\.latticePositions))
        try asProblem { () throws in try SafetensorsFile.write(tensors, metadata: [ScanFile.key: json(description)], to: path) }
    }

    /// - Parameter rowStart: channels of the layers before.
    private func tensors(of index: Int, _ numbers: [Int32], rowStart: Int) -> [SafetensorsTensor] {
        let (layer, totals, photographs, samples) = (state.plan.layers[index], state.totals[index], records[0], records[1 + index])
        let channels = layer.channels
        let (count, all) = (photographs.count, state.plan.layers.reduce(0) { $0 + $1.channels })
        let kept = min(state.plan.keep, count)
        func tensor<Element: SafetensorsElement>(_ name: String, _ shape: [Int], _ values: @autoclosure @escaping () -> [Element]) -> SafetensorsTensor {
            SafetensorsTensor("\(layer.name)/\(name)", shape, values())
        }
        func best<Element>(_ values: [Element]) -> [Element] {
            (0..<channels).flatMap { values[$0 * totals.bestByMaximum.keep..<$0 * totals.bestByMaximum.keep + kept] }
        }
        func rows(_ name: String, _ firstChannel: Int) -> SafetensorsTensor {
            SafetensorsTensor("\(layer.name)/\(name)", [count, channels], of: Float16.self) { write in
                let start = ScanRow.fixedBytes + 2 * firstChannel
                for index in 0..<count { try write(photographs.bytes(index, start..<start + 2 * channels)) }
            }
        }
        func place(_ position: Int32, _ part: (Int, Int) -> Int) -> Int32 { position < 0 ? -1 : Int32(part(Int(position), layer.width)) }
        var tensors = [
            tensor("power_sums", [4, channels], totals.powerSums),
            tensor("minimum", [channels], totals.minima), tensor("maximum", [channels], totals.maxima),
            tensor("positive_positions", [channels], totals.positivePositions),
            tensor("positive_photographs", [channels], totals.positivePhotographs),
            tensor("histogram", [channels, ActivationBins.count], totals.histogram),
            tensor("best_by_maximum/photographs", [channels, kept], best(totals.bestByMaximum.photographs).map { numbers[Int($0)] }),
            tensor("best_by_maximum/values", [channels, kept], best(totals.bestByMaximum.values)),
            tensor("best_by_maximum/rows", [channels, kept], best(totals.bestByMaximum.positions).map { place($0, /) }),
            tensor("best_by_maximum/columns", [channels, kept], best(totals.bestByMaximum.positions).map { place($0, %) }),
            tensor("best_by_mean/photographs", [channels, kept], best(totals.bestByMean.photographs).map { numbers[Int($0)] }),
            tensor("best_by_mean/values", [channels, kept], best(totals.bestByMean.values)),
            tensor("bands/photographs", [QuantileBands.count, channels, kept], bands(channels, kept, rowStart)),
            rows("maxima", rowStart), rows("means", all + rowStart),
            SafetensorsTensor("\(layer.name)/samples/values", [samples.count, channels], of: Float16.self) { write in
                for index in 0..<samples.count { try write(samples.bytes(index, 8..<8 + 2 * channels)) }
            },
            tensor("samples/photographs", [samples.count], (0..<samples.count).map { numbers[samples.photograph($0)] }),
            tensor("samples/rows", [samples.count], (0..<samples.count).map { place(samples.load($0, at: 4, as: Int32.self), /) }),
            tensor("samples/columns", [samples.count], (0..<samples.count).map { place(samples.load($0, at: 4, as: Int32.self), %) }),
        ]
        if totals.hasProducts {
            tensors += [
                tensor("products", [channels, channels], totals.productsOfLattice), tensor("product_sums", [channels], totals.sumsOfLattice),
            ]
        }
        return tensors
    }

    /// Σ of the maxima and Σ of the means of each class, in the order of the photographs, `[classes, 2, channels]`.
    private func sums(_ classes: [Int32], _ count: Int, _ channels: Int, _ rowStart: Int) -> [Double] {
        let all = state.plan.layers.reduce(0) { $0 + $1.channels }
        var sums = [Double](repeating: 0, count: count * 2 * channels)
        for (index, number) in classes.enumerated() where number >= 0 && Int(number) < count {
            for kind in 0..<2 {
                let (start, target) = (ScanRow.fixedBytes + 2 * (kind * all + rowStart), (Int(number) * 2 + kind) * channels)
                for channel in 0..<channels { sums[target + channel] += Double(records[0].load(index, at: start + 2 * channel, as: Float16.self)) }
            }
        }
        return sums
    }

    /// Channels whose values are read from the records at a time: a line of the processor's cache holds them.
    private static let channelsAtOnce = 32

    /// `[bands, channels, kept]`
    private func bands(_ channels: Int, _ kept: Int, _ rowStart: Int) -> [Int32] {
        let photographs = records[0]
        var bands = [Int32](repeating: -1, count: QuantileBands.count * channels * kept)
        bands.withUnsafeMutableBufferPointer { bands in
            workers.forEach((channels + Self.channelsAtOnce - 1) / Self.channelsAtOnce) { piece in
                let range = piece * Self.channelsAtOnce..<min((piece + 1) * Self.channelsAtOnce, channels)
                var columns = [[Float]](repeating: [], count: range.count)
                for index in 0..<photographs.count {
                    for channel in range {
                        let value = photographs.load(index, at: ScanRow.fixedBytes + 2 * (rowStart + channel), as: Float16.self)
                        columns[channel - range.lowerBound].append(Float(value))
                    }
                }
                for channel in range {
                    let chosen = QuantileBands.choose(columns[channel - range.lowerBound], keep: kept, channel: rowStart + channel, seed: state.plan.seed)
                    for (band, members) in chosen.enumerated() {
                        for (place, member) in members.enumerated() { bands[(band * channels + channel) * kept + place] = member }
                    }
                }
            }
        }
        return bands
    }
}
