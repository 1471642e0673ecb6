import Foundation
import TestSupport
import Testing

/// Writes a graph of scripts/goldens/onnx_operators.py; the usual one is a convolution, biases and a rectifier on [1, 3, 6, 8].
func saveGraph(_ name: String = "conv-bias-added@17", to path: String) throws {
    try Data(try #require(OperatorGolden.all[name]).model).write(to: URL(filePath: path))
}
