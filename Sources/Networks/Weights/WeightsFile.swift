import Files

/// Opens a weights file of any format that is read here. The bytes tell which it is, not the name.
public func openWeights(path: String) throws(WeightsError) -> any WeightStore {
    let mapping = try MappedFile(weights: path)
    let bytes = mapping.bytes
    // safetensors: the length of the header, below 2³², then the header's {.
    if bytes.count > 8, bytes[4..<8].allSatisfy({ $0 == 0 }), bytes[8] == UInt8(ascii: "{") { return try SafetensorsFile(mapping) }
    if TorchCheckpoint.recognizes(bytes) { return try TorchCheckpoint(mapping) }
    throw WeightsError(file: path, reason: "neither safetensors nor a PyTorch checkpoint (.pth, .pt); save weights as one of these")
}
