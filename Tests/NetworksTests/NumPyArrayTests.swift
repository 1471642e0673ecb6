import Networks
import TestSupport
import Testing

/// Arrays that NumPy saved: scripts/goldens/numpy_arrays.py.
@Suite struct NumPyArrayTests {
    private func path(_ name: String, sourceFile: String = #filePath) -> String {
        "/" + sourceFile.split(separator: "/").dropLast(2).joined(separator: "/") + "/Goldens/arrays/\(name).npy"
    }

    @Test(arguments: [
        ("half", [3, 4]), ("single", [3, 4]), ("double", [3, 4]), ("long", [3, 4]), ("vector", [7]), ("scalar", []), ("empty", [0, 4]),
    ])
    func goodOnesAreRead(_ name: String, _ shape: [Int]) throws {
        let array = try NumPyArray(path: path(name))
        #expect(array.shape == shape)
        let expected = IntegerHash.values("array", shape.reduce(1, *))
        #expect(array.values == (name == "half" ? expected.map { Float(Float16($0)) } : expected))
    }

    @Test(arguments: [
        ("truncated", "44 bytes"), ("header", "header"), ("fortran", "Fortran"), ("integers", "float32"), ("big_endian", "float32"),
        ("complex", "float32"), ("not_a_number", "finite"), ("infinite", "finite"), ("records", "float32"),
        ("text", "not a NumPy array"), ("missing", "missing.npy"),
    ])
    func badOnesSayWhy(_ name: String, _ reason: String) {
        do {
            _ = try NumPyArray(path: path(name))
            Issue.record("\(name) was read")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }
}
