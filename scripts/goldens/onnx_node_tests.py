#!/usr/bin/env python3
"""ONNX's own node tests, of the operators that the importer knows: small graphs with inputs and outputs, which PyPI's `onnx` makes.

    scripts/goldens/onnx_node_tests.py GOLDENS_FOLDER

Each test becomes up to three graphs that take a picture [1, channels, 1, width], of which the inputs of float32 are cut:
    TEST/first  the first input is of the picture, the others are constants
    TEST/all    every input of float32 is of the picture, a channel each
    TEST/none   all are constants; the picture adds nothing
All outputs are brought to floats and joined to one row, [1, values].

Tensors of onnx_node_tests.safetensors, each deflated bytes (RFC 1950):
    models     the .onnx files, one after the other
    values     pictures and outputs as float32, each stored once
    cases      a JSON list, for each case [name, bytes of its graph, channels and width of the picture, values of the output, and
               where the picture and the output begin among the values]
The metadata entry "sizes" has the bytes of the three before; "left_out" counts the tests that are not here, by reason.
"""

import argparse
import collections
import json
import pathlib
import re
import warnings
import zlib

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

import safetensors_file

OPERATORS = pathlib.Path(__file__).parents[2] / "Sources/ONNX/Operators"
# Larger tests repeat what smaller ones say.
MOST_BYTES = 4000
KINDS = {"float32", "int64", "int32", "bool", "uint8", "int8"}


def known_operators():
    """Every name in the importer's rows."""
    text = "".join(path.read_text() for path in OPERATORS.rglob("*.swift"))
    return set(re.findall(r'"([A-Z][A-Za-z0-9]+)"', text))


def agrees(test):
    """Whether ONNX Runtime makes the same of the test, or nothing at all."""
    given, expected = test.data_sets[0]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(test.model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        found = session.run(None, dict(zip([value.name for value in test.model.graph.input], given)))
    except Exception:
        return True
    return all(numpy.allclose(a, b, 1e-3, 1e-5, equal_nan=True) for a, b in zip(found, expected))


def reason_against(test, known):
    """Why a test is left out; None where it is not."""
    graph = test.model.graph
    if any(node.domain not in ("", "ai.onnx") or node.op_type not in known for node in graph.node):
        return "an operator is not supported"
    arrays = [array for given, expected in test.data_sets for array in given + expected]
    if not all(isinstance(array, numpy.ndarray) for array in arrays) or any(array.dtype.name not in KINDS for array in arrays):
        return "values of another type than float32, whole numbers and truths"
    if len(test.data_sets) != 1 or any(name.name == "" for name in graph.output):
        return "optional outputs"
    given, expected = test.data_sets[0]
    if not agrees(test):
        return "ONNX Runtime makes something else of them"
    if len(given) != len([value for value in graph.input if value.name]):
        return "optional inputs"
    if any(array.size == 0 for array in given + expected):
        return "values without elements"
    if not all(numpy.isfinite(array.astype(float)).all() for array in given + expected):
        return "values that are not finite"
    if sum(array.nbytes for array in given + expected) > MOST_BYTES:
        return "large values"
    return None


def graph_of(test, seen):
    """The test's graph with the inputs of these numbers cut out of a picture; the picture; its outputs."""
    graph = test.model.graph
    given, expected = test.data_sets[0]
    channels = max(2, len(seen))
    width = max([4] + [given[index].size for index in seen])
    picture = numpy.zeros((1, channels, 1, width), numpy.float32)
    nodes, tensors = [], []

    def constant(name, array):
        tensors.append(numpy_helper.from_array(array, name))
        return name

    def integers(name, *values):
        return constant(name, numpy.array(values, dtype=numpy.int64))

    for index, (value, array) in enumerate(zip(graph.input, given)):
        if index not in seen:
            constant(value.name, array)
            continue
        channel = seen.index(index)
        picture[0, channel, 0, :array.size] = array.reshape(-1)
        bounds = [
            integers(f"picture_{index}_start", channel, 0), integers(f"picture_{index}_end", channel + 1, array.size),
            integers(f"picture_{index}_axes", 1, 3)]
        nodes.append(helper.make_node("Slice", ["picture"] + bounds, [f"picture_{index}"]))
        shape = integers(f"picture_{index}_shape", *array.shape)
        nodes.append(helper.make_node("Reshape", [f"picture_{index}", shape], [value.name]))
    nodes += graph.node
    row = integers("picture_row", 1, -1)
    parts = []
    for index, (value, array) in enumerate(zip(graph.output, expected)):
        name = value.name
        if array.dtype != numpy.float32:
            nodes.append(helper.make_node("Cast", [name], [f"picture_float_{index}"], to=TensorProto.FLOAT))
            name = f"picture_float_{index}"
        parts.append(f"picture_part_{index}")
        nodes.append(helper.make_node("Reshape", [name, row], [parts[-1]]))
    if not seen:
        # Nothing of the picture, so that the output depends on it.
        one = constant("picture_zero", numpy.zeros(1, numpy.float32))
        nodes.append(helper.make_node("Slice", ["picture"] + [integers(f"picture_{n}", *v) for n, v in
                                                              [("start", (0, 0)), ("end", (1, 1)), ("axes", (1, 3))]], ["picture_one"]))
        nodes.append(helper.make_node("Mul", ["picture_one", one], ["picture_nothing"]))
        nodes.append(helper.make_node("Reshape", ["picture_nothing", row], ["picture_nothing_row"]))
        parts.append("picture_nothing_row")
    nodes.append(helper.make_node("Concat", parts, ["picture_output"], axis=1))
    built = helper.make_graph(
        nodes, "t", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, picture.shape)],
        [helper.make_tensor_value_info("picture_output", TensorProto.FLOAT, None)], list(graph.initializer) + tensors)
    model = helper.make_model(built, opset_imports=test.model.opset_import, ir_version=8)
    output = numpy.concatenate([array.astype(numpy.float32).reshape(-1) for array in expected] + ([] if seen else [numpy.zeros(1, numpy.float32)]))
    return model.SerializeToString(), picture, output


def variants(test):
    floats = [index for index, array in enumerate(test.data_sets[0][0]) if array.dtype == numpy.float32]
    found = {"none": []}
    if 0 in floats:
        found["first"] = [0]
    if len(floats) > 1:
        found["all"] = floats
    return found


class Pool:
    """Values one after the other, each once."""

    def __init__(self):
        self.values, self.places = bytearray(), {}

    def place(self, array):
        data = array.astype("<f4").tobytes()
        if data not in self.places:
            self.places[data] = len(self.values) // 4
            self.values += data
        return self.places[data]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goldens", type=pathlib.Path)
    folder = parser.parse_args().goldens
    numpy.random.seed(0)
    warnings.simplefilter("ignore")
    known = known_operators()
    left_out, cases, models, pool = collections.Counter(), [], bytearray(), Pool()
    for test in sorted(collect_testcases(None), key=lambda test: test.name):
        reason = reason_against(test, known)
        if reason:
            left_out[reason] += 1
            continue
        for variant, seen in variants(test).items():
            model, picture, output = graph_of(test, seen)
            name = f"{test.name.removeprefix('test_')}/{variant}"
            cases.append([name, len(model), picture.shape[1], picture.shape[3], len(output), pool.place(picture), pool.place(output)])
            models += model

    def packed(data):
        return numpy.frombuffer(zlib.compress(bytes(data), 9), numpy.uint8)

    path = folder / "onnx_node_tests.safetensors"
    listed = json.dumps(cases, separators=(",", ":")).encode()
    sizes = {"models": len(models), "values": len(pool.values), "cases": len(listed)}
    texts = {"script": "scripts/goldens/onnx_node_tests.py", "sizes": json.dumps(sizes), "left_out": json.dumps(left_out)}
    safetensors_file.write(path, {"models": packed(models), "values": packed(pool.values), "cases": packed(listed)}, texts)
    tests = len({name.split("/")[0] for name, *_ in cases})
    print(f"{path.name}  {len(cases)} cases of {tests} tests  {path.stat().st_size} bytes", dict(left_out))


if __name__ == "__main__":
    main()
