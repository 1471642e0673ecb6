#!/usr/bin/env python3
"""Small graphs of ONNX, an operator each in several forms and operator sets, with what ONNX Runtime makes of them.

    scripts/goldens/onnx_operators.py GOLDENS_FOLDER

Tensors of onnx_operators.safetensors:
    models     the .onnx files as bytes, one after the other
    outputs    [cases, 18], of each output, flat in row-major order (every graph ends in a Reshape to [1, −1]): the number of
               elements, the largest magnitude, then 16 elements at position("CASE/output", j)
The metadata entry "cases" is a JSON list, [name, bytes] for each case in order.
The input is the hash tensor "CASE/input" (integer_hash.py), [1, 3, 6, 8], or [1, 6, 8, 3] where the case's name begins with
"nhwc". Weights are hash tensors too, named CASE/0, CASE/1 …, stored in the model.
"""

import argparse
import json
import pathlib

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import integer_hash
import safetensors_file


SAMPLES = 16


class Graph:
    def __init__(self, name, opset, shape):
        self.name, self.opset, self.shape = name, opset, shape
        self.nodes, self.initializers, self.count, self.weights = [], [], 0, 0

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def __call__(self, op, *inputs, outputs=1, **attributes):
        """Adds a node; arrays among the inputs become initializers, None is left out."""
        names = [value if isinstance(value, str) else "" if value is None else self.constant(value) for value in inputs]
        results = [self.fresh() for _ in range(outputs)]
        self.nodes.append(helper.make_node(op, names, results, name=f"{op}_{len(self.nodes)}", **attributes))
        return results[0] if outputs == 1 else results

    def constant(self, array, name=None):
        array = numpy.asarray(array)
        if array.dtype == numpy.float64:
            array = array.astype(numpy.float32)
        name = name or f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def hash(self, *shape, scale=1.0, offset=0.0):
        """A hash tensor as weights."""
        self.weights += 1
        return (offset + scale * integer_hash.values(f"{self.name}/{self.weights - 1}", shape)).astype(numpy.float32)

    def model(self, output):
        flat = self("Reshape", output, ints(1, -1))
        graph = helper.make_graph(
            self.nodes, self.name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(flat, TensorProto.FLOAT, None)], self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


def ints(*values):
    return numpy.array(values, dtype=numpy.int64)


def floats(*values):
    return numpy.array(values, dtype=numpy.float32)


CASES = {}


def case(name, *opsets, shape=(1, 3, 6, 8)):
    def register(build):
        for opset in opsets or [17]:
            CASES[f"{name}@{opset}"] = (build, opset, list(shape))
        return build

    return register


def simple(name, op, *opsets, inputs=(), **attributes):
    case(name, *opsets)(lambda g: g(op, "x", *[value(g) if callable(value) else value for value in inputs], **attributes))


# Convolutions and pools.
simple("conv", "Conv", 7, 11, 17, inputs=[lambda g: g.hash(4, 3, 3, 3), lambda g: g.hash(4)], pads=[1, 1, 1, 1])
simple("conv-asymmetric", "Conv", inputs=[lambda g: g.hash(4, 3, 3, 2)], pads=[0, 1, 2, 0], strides=[2, 1])
simple("conv-same-upper", "Conv", inputs=[lambda g: g.hash(4, 3, 3, 3)], auto_pad="SAME_UPPER", strides=[2, 2])
simple("conv-same-lower", "Conv", inputs=[lambda g: g.hash(4, 3, 2, 4)], auto_pad="SAME_LOWER", strides=[2, 3])
simple("conv-same-plain", "Conv", inputs=[lambda g: g.hash(4, 3, 3, 5)], auto_pad="SAME_UPPER")
simple("conv-valid", "Conv", inputs=[lambda g: g.hash(4, 3, 2, 2)], auto_pad="VALID", dilations=[2, 3])
simple("conv-groups", "Conv", inputs=[lambda g: g.hash(6, 1, 3, 3), lambda g: g.hash(6)], group=3, pads=[1, 1, 1, 1])


@case("conv-one-axis")
def _(g):
    line = g("Reshape", "x", ints(1, 3, 48))
    return g("Conv", line, g.hash(5, 3, 4), g.hash(5), pads=[1, 2], strides=[2])


@case("conv-bias-added")
def _(g):
    return g("Relu", g("Add", g("Conv", "x", g.hash(4, 3, 3, 3)), g.hash(1, 4, 1, 1)))


@case("conv-transpose")
def _(g):
    return g("ConvTranspose", "x", g.hash(3, 4, 3, 3), g.hash(4), strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])


simple("conv-transpose-uneven", "ConvTranspose", inputs=[lambda g: g.hash(3, 2, 4, 3)], strides=[2, 3], pads=[0, 1, 2, 0])
simple("conv-transpose-shape", "ConvTranspose", inputs=[lambda g: g.hash(3, 2, 3, 3)], strides=[2, 2], output_shape=[12, 16])
simple("conv-transpose-groups", "ConvTranspose", inputs=[lambda g: g.hash(3, 2, 2, 2)], strides=[2, 2], group=3)
simple("max-pool", "MaxPool", 8, 12, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
simple("max-pool-asymmetric", "MaxPool", kernel_shape=[3, 2], strides=[2, 2], pads=[0, 0, 1, 1])
simple("max-pool-ceil", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
simple("max-pool-same", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
simple("max-pool-dilated", "MaxPool", kernel_shape=[2, 2], dilations=[2, 3])
simple("average-pool", "AveragePool", 7, 11, 19, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
simple("average-pool-counting", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
simple("average-pool-asymmetric", "AveragePool", kernel_shape=[3, 3], strides=[1, 2], pads=[0, 1, 2, 0])
simple("average-pool-asymmetric-counting", "AveragePool", kernel_shape=[3, 3], pads=[0, 1, 2, 0], count_include_pad=1)
simple("average-pool-same", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
simple("average-pool-ceil", "AveragePool", 19, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
simple("global-average-pool", "GlobalAveragePool")
simple("global-max-pool", "GlobalMaxPool")

# Products.


def vector(g, outputs=10):
    return g("Flatten", g("AveragePool", "x", kernel_shape=[3, 4], strides=[3, 4]))


@case("gemm", 7, 13)
def _(g):
    return g("Gemm", vector(g), g.hash(12, 5), g.hash(5))


@case("gemm-transposed")
def _(g):
    return g("Gemm", vector(g), g.hash(5, 12), g.hash(1, 5), transB=1, alpha=0.5, beta=2.0)


@case("gemm-scalar-bias")
def _(g):
    return g("Gemm", vector(g), g.hash(5, 12), floats(0.25), transB=1)


@case("matmul-weights")
def _(g):
    return g("Add", g("MatMul", "x", g.hash(8, 5)), g.hash(5))


@case("matmul-weights-left")
def _(g):
    return g("MatMul", g.hash(4, 6), "x")


@case("matmul-weights-stack")
def _(g):
    return g("MatMul", "x", g.hash(1, 1, 8, 5))


@case("matmul-tokens")
def _(g):
    tokens = g("Transpose", g("Reshape", "x", ints(0, 3, -1)), perm=[0, 2, 1])
    return g("Add", g.hash(5), g("MatMul", tokens, g.hash(3, 5)))


@case("matmul-values")
def _(g):
    return g("MatMul", "x", g("Transpose", "x", perm=[0, 1, 3, 2]))


@case("einsum")
def _(g):
    return g("Einsum", "x", "x", equation="a b i k, a b j k -> a j b i")


@case("matmul-constants")
def _(g):
    table = g("ScatterND", g("MatMul", g.hash(8, 2), g.hash(2, 5)), ints(1, 3).reshape(2, 1), g.hash(2, 5))
    return g("MatMul", "x", g("Clip", table, floats(-0.5).reshape(())))


@case("matmul-broadcast")
def _(g):
    return g("MatMul", "x", g("Reshape", g("Slice", "x", ints(0), ints(1), ints(1)), ints(8, 6)))


@case("attention")
def _(g):
    tokens = g("Transpose", g("Reshape", g("Conv", "x", g.hash(12, 3, 2, 2), strides=[2, 2]), ints(1, 12, 12)), perm=[0, 2, 1])
    parts = [g("MatMul", tokens, g.hash(12, 12)) for _ in range(3)]
    q, k, v = [g("Transpose", g("Reshape", part, ints(1, 12, 3, 4)), perm=[0, 2, 1, 3]) for part in parts]
    weights = g("Softmax", g("Div", g("MatMul", q, g("Transpose", k, perm=[0, 1, 3, 2])), floats(2)), axis=-1)
    return g("Reshape", g("Transpose", g("MatMul", weights, v), perm=[0, 2, 1, 3]), ints(1, 12, 12))


# Normalizations and reductions.
simple("batch-normalization", "BatchNormalization", 7, 9, 15, inputs=[
    lambda g: g.hash(3), lambda g: g.hash(3), lambda g: g.hash(3), lambda g: g.hash(3, scale=0.4, offset=0.6)], epsilon=1e-3)


@case("conv-normalized")
def _(g):
    y = g("Conv", "x", g.hash(4, 3, 3, 3))
    return g("Relu", g("BatchNormalization", y, g.hash(4), g.hash(4), g.hash(4), g.hash(4, scale=0.4, offset=0.6)))


@case("batch-normalization-vector")
def _(g):
    return g("BatchNormalization", vector(g), g.hash(12), g.hash(12), g.hash(12), g.hash(12, scale=0.4, offset=0.6))


simple("instance-normalization", "InstanceNormalization", inputs=[lambda g: g.hash(3), lambda g: g.hash(3)], epsilon=1e-2)


@case("group-normalization-written-out")
def _(g):
    y = g("Conv", "x", g.hash(6, 3, 1, 1))
    z = g("InstanceNormalization", g("Reshape", y, ints(0, 2, -1)), floats(1, 1), floats(0, 0))
    return g("Add", g("Mul", g("Reshape", z, ints(1, 6, 6, 8)), g.hash(6, 1, 1)), g.hash(6, 1, 1))


@case("group-normalization", 21)
def _(g):
    return g("GroupNormalization", g("Conv", "x", g.hash(6, 3, 1, 1)), g.hash(6), g.hash(6), num_groups=2)


@case("layer-normalization")
def _(g):
    return g("LayerNormalization", "x", g.hash(8), g.hash(8), epsilon=1e-2)


@case("layer-normalization-channels")
def _(g):
    y = g("Transpose", "x", perm=[0, 2, 3, 1])
    return g("Transpose", g("LayerNormalization", y, g.hash(3), g.hash(3)), perm=[0, 3, 1, 2])


@case("layer-normalization-image")
def _(g):
    return g("LayerNormalization", "x", g.hash(3, 6, 8), axis=1)


@case("layer-normalization-written-out")
def _(g):
    centred = g("Sub", "x", g("ReduceMean", "x", axes=[-1]))
    variance = g("ReduceMean", g("Pow", centred, floats(2)), axes=[-1])
    return g("Mul", g("Div", centred, g("Sqrt", g("Add", variance, floats(1e-2)))), g.hash(8))


simple("lrn", "LRN", size=3, alpha=0.5, beta=0.75, bias=1.5)
simple("lrn-root", "LRN", size=3, alpha=0.5, beta=0.5)
simple("softmax", "Softmax", 13, axis=1)
simple("softmax-rows", "Softmax", 13, axis=2)
simple("softmax-last", "Softmax", 13)
simple("softmax-old", "Softmax", 11, axis=1)
simple("log-softmax", "LogSoftmax", 13, axis=1)
simple("reduce-mean-space", "ReduceMean", 13, axes=[2, 3])
simple("reduce-mean-flat", "ReduceMean", 13, axes=[-2, -1], keepdims=0)
simple("reduce-mean-input", "ReduceMean", 18, inputs=[ints(1)])
simple("reduce-mean-rows", "ReduceMean", 18, inputs=[ints(2)], keepdims=0)
simple("reduce-mean-mixed", "ReduceMean", 18, inputs=[ints(1, 3)])
simple("reduce-mean-all", "ReduceMean", 18)
simple("reduce-sum", "ReduceSum", 13, inputs=[ints(1, 2)])
simple("reduce-max", "ReduceMax", 13, axes=[1])
simple("reduce-max-space", "ReduceMax", 13, axes=[2, 3])
simple("reduce-l2", "ReduceL2", 13, axes=[1])

# Functions of each element.
for op in ["Relu", "Sigmoid", "Tanh", "Erf", "Exp", "Neg", "Abs", "Softplus", "Softsign", "HardSwish", "Identity", "Sin", "Cos"]:
    simple(op.lower(), op)
simple("leaky-relu", "LeakyRelu", alpha=0.2)
simple("elu", "Elu", alpha=1.5)
simple("selu", "Selu")
simple("gelu", "Gelu", 20)
simple("gelu-tanh", "Gelu", 20, approximate="tanh")
simple("hard-sigmoid", "HardSigmoid")
simple("hard-sigmoid-sixth", "HardSigmoid", alpha=1 / 6)
simple("prelu", "PRelu", inputs=[lambda g: g.hash(3, 1, 1)])
simple("prelu-columns", "PRelu", inputs=[lambda g: g.hash(8)])
simple("prelu-one", "PRelu", inputs=[floats(0.3)])
simple("clip-attributes", "Clip", 7, min=-0.5, max=0.25)
simple("clip-inputs", "Clip", 12, inputs=[floats(-0.5).reshape(()), floats(0.25).reshape(())])
simple("clip-low", "Clip", 12, inputs=[floats(0).reshape(())])
simple("clip-high", "Clip", 12, inputs=[None, floats(0.25).reshape(())])
simple("pow", "Pow", inputs=[floats(2)])
simple("pow-three", "Pow", inputs=[ints(3)])
simple("dropout", "Dropout", 7, 10)
simple("dropout-inputs", "Dropout", 13, inputs=[floats(0.5).reshape(()), numpy.array(False)])
simple("cast", "Cast", to=TensorProto.FLOAT)


def positive(g):
    return g("Add", g("Abs", "x"), floats(0.1))


case("sqrt")(lambda g: g("Sqrt", positive(g)))
case("log")(lambda g: g("Log", positive(g)))
case("reciprocal")(lambda g: g("Reciprocal", positive(g)))
case("pow-half")(lambda g: g("Pow", positive(g), floats(0.5)))
case("relu6")(lambda g: g("Clip", g("Mul", "x", floats(9)), floats(0).reshape(()), floats(6).reshape(())))


@case("gelu-written-out")
def _(g):
    y = g("Add", g("Erf", g("Div", "x", floats(2**0.5).reshape(()))), floats(1).reshape(()))
    return g("Mul", g("Mul", "x", y), floats(0.5).reshape(()))


@case("gelu-half-first")
def _(g):
    y = g("Add", g("Erf", g("Mul", "x", floats(0.5**0.5))), floats(1))
    return g("Mul", g("Mul", "x", floats(0.5)), y)


@case("silu-written-out")
def _(g):
    return g("Mul", "x", g("Sigmoid", "x"))


@case("hard-swish-written-out")
def _(g):
    y = g("Mul", "x", floats(5))
    six = g("Clip", g("Add", y, floats(3)), floats(0).reshape(()), floats(6).reshape(()))
    return g("Div", g("Mul", y, six), floats(6))


# Arithmetic.
for op in ["Add", "Sub", "Mul", "Div"]:
    case(f"{op.lower()}-values")(lambda g, op=op: g(op, "x", g("Add", g("Sigmoid", "x"), floats(0.5))))
    case(f"{op.lower()}-channels")(lambda g, op=op: g(op, "x", g.hash(1, 3, 1, 1, scale=0.3, offset=1)))
    case(f"{op.lower()}-number-first")(lambda g, op=op: g(op, floats(2), g("Add", g("Sigmoid", "x"), floats(0.5))))
    case(f"{op.lower()}-columns")(lambda g, op=op: g(op, "x", g.hash(8, scale=0.3, offset=1)))
    case(f"{op.lower()}-image")(lambda g, op=op: g(op, "x", g.hash(3, 6, 8, scale=0.3, offset=1)))
    case(f"{op.lower()}-pooled")(lambda g, op=op: g(op, "x", g("Add", g("ReduceMean", "x", axes=[2, 3]), floats(2))))
    case(f"{op.lower()}-across")(
        lambda g, op=op: g(op, g("ReduceMean", "x", axes=[2]), g("Add", g("ReduceMean", "x", axes=[1, 3]), floats(2))))
case("max-values")(lambda g: g("Max", "x", g("Neg", "x"), floats(0.2)))
case("min-values")(lambda g: g("Min", "x", g("Mul", "x", floats(0.5))))
case("sum-values")(lambda g: g("Sum", "x", g("Neg", "x"), g("Exp", "x")))
case("mean-values")(lambda g: g("Mean", "x", g("Exp", "x")))


@case("excitation")
def _(g):
    gate = g("Sigmoid", g("Conv", g("GlobalAveragePool", "x"), g.hash(3, 3, 1, 1), g.hash(3)))
    return g("Mul", gate, "x")


# Shapes.
simple("flatten", "Flatten")
simple("flatten-axis", "Flatten", axis=2)
simple("transpose", "Transpose", perm=[0, 2, 3, 1])
simple("transpose-all", "Transpose")
simple("reshape", "Reshape", inputs=[ints(0, -1, 4)])
simple("reshape-split", "Reshape", inputs=[ints(1, 3, 3, 2, 8)])
simple("unsqueeze-attribute", "Unsqueeze", 11, axes=[0, 3])
simple("unsqueeze-input", "Unsqueeze", 13, inputs=[ints(-1)])
simple("squeeze-attribute", "Squeeze", 11, axes=[0])
simple("squeeze-input", "Squeeze", 13, inputs=[ints(0)])
simple("squeeze-all", "Squeeze", 13)
simple("slice-attributes", "Slice", 9, starts=[1, 2], ends=[3, -1], axes=[1, 3])
simple("slice-channels", "Slice", inputs=[ints(1), ints(3), ints(1)])
simple("slice-space", "Slice", inputs=[ints(1, 2), ints(-1, 2**62), ints(2, 3)])
simple("slice-steps", "Slice", inputs=[ints(0, 7), ints(6, -100), ints(2, 3), ints(2, -3)])
simple("slice-fixed", "Slice", inputs=[ints(1), ints(4), ints(2)])
simple("gather", "Gather", inputs=[ints(2, 0)], axis=1)
simple("gather-one", "Gather", inputs=[numpy.array(-1)], axis=2)
simple("gather-twice", "Gather", inputs=[ints(1, 1, 4)], axis=3)
simple("gather-table", "Gather", inputs=[ints(0, 1, 2, 5).reshape(2, 2)], axis=2)
simple("expand", "Expand", inputs=[ints(2, 3, 6, 8)])
simple("tile", "Tile", inputs=[ints(1, 2, 1, 2)])
simple("pad-attributes", "Pad", 10, pads=[0, 0, 1, 2, 0, 0, 3, 0], value=0.5)
simple("pad-input", "Pad", 13, inputs=[ints(0, 0, 1, 2, 0, 0, 3, 0), floats(0.5).reshape(())])
simple("pad-channels", "Pad", 13, inputs=[ints(0, 1, 0, 0, 0, 2, 0, 0)])
simple("pad-axes", "Pad", 18, inputs=[ints(1, 2), None, ints(3)])
simple("pad-reflect", "Pad", 13, inputs=[ints(0, 0, 1, 2, 0, 0, 3, 0)], mode="reflect")
simple("pad-edge", "Pad", 13, inputs=[ints(0, 0, 1, 2, 0, 0, 3, 0)], mode="edge")
simple("pad-crop", "Pad", 13, inputs=[ints(0, 0, -1, 2, 0, 0, -2, 0)])
simple("depth-to-space-dcr", "DepthToSpace", blocksize=1)
case("depth-to-space")(lambda g: g("DepthToSpace", g("Conv", "x", g.hash(8, 3, 1, 1)), blocksize=2))
case("depth-to-space-crd")(lambda g: g("DepthToSpace", g("Conv", "x", g.hash(8, 3, 1, 1)), blocksize=2, mode="CRD"))
simple("space-to-depth", "SpaceToDepth", blocksize=2)
case("concat-channels")(lambda g: g("Concat", "x", g("Neg", "x"), axis=1))
case("concat-rows")(lambda g: g("Concat", "x", g("Neg", "x"), axis=-2))
case("concat-weights")(lambda g: g("Concat", g.hash(1, 3, 6, 2), "x", axis=3))


@case("split-attribute", 11)
def _(g):
    a, b = g("Split", "x", outputs=2, axis=3, split=[3, 5])
    return g("Concat", b, a, axis=3)


@case("split-input", 13)
def _(g):
    a, b = g("Split", "x", ints(1, 2), outputs=2, axis=1)
    return g("Concat", b, a, axis=1)


@case("split-even", 13)
def _(g):
    a, b = g("Split", "x", outputs=2, axis=2)
    return g("Mul", b, a)


@case("split-uneven", 18)
def _(g):
    a, b = g("Split", "x", outputs=2, axis=1, num_outputs=2)
    return g("Concat", b, a, axis=1)


@case("channel-shuffle")
def _(g):
    y = g("Conv", "x", g.hash(6, 3, 1, 1))
    y = g("Transpose", g("Reshape", y, ints(1, 2, 3, 6, 8)), perm=[0, 2, 1, 3, 4])
    return g("Conv", g("Reshape", y, ints(1, 6, 6, 8)), g.hash(2, 3, 1, 1), group=2)


@case("windows")
def _(g):
    y = g("Transpose", "x", perm=[0, 2, 3, 1])
    y = g("Reshape", g("Transpose", g("Reshape", y, ints(1, 3, 2, 2, 4, 3)), perm=[0, 1, 3, 2, 4, 5]), ints(-1, 8, 3))
    y = g("MatMul", y, g("Transpose", y, perm=[0, 2, 1]))
    return g("Softmax", y, axis=-1)


@case("rolled")
def _(g):
    top = g("Slice", "x", ints(2), ints(2**62), ints(2))
    return g("Concat", top, g("Slice", "x", ints(0), ints(2), ints(2)), axis=2)


# Resizing.
for mode in ["nearest", "linear", "cubic"]:
    for coordinates in ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]:
        simple(f"resize-{mode}-{coordinates}", "Resize", inputs=[None, floats(1, 1, 1.5, 2)], mode=mode,
               coordinate_transformation_mode=coordinates)
simple("resize-sizes", "Resize", 13, inputs=[None, None, ints(1, 3, 4, 11)], mode="linear")
simple("resize-down", "Resize", 13, inputs=[None, floats(1, 1, 0.5, 0.7)], mode="linear")
simple("resize-floor", "Resize", 13, inputs=[None, floats(1, 1, 1.7, 0.8)], nearest_mode="floor",
       coordinate_transformation_mode="asymmetric")
simple("resize-ceil", "Resize", 13, inputs=[None, floats(1, 1, 1.7, 0.8)], nearest_mode="ceil")
simple("resize-axes", "Resize", 18, inputs=[None, floats(2, 3)], axes=[2, 3])
simple("resize-cubic-inside", "Resize", 13, inputs=[None, floats(1, 1, 2, 2)], mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5)
for mode in ["linear", "cubic"]:
    simple(f"resize-antialias-{mode}", "Resize", 18, inputs=[None, floats(1, 1, 0.5, 0.4)], mode=mode, antialias=1)
simple("resize-not-larger", "Resize", 18, inputs=[None, None, ints(9, 10)], mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")
simple("resize-not-smaller", "Resize", 18, inputs=[None, None, ints(9, 10)], mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_smaller")
simple("resize-old", "Resize", 10, inputs=[floats(1, 1, 2, 2)], mode="nearest")
simple("upsample", "Upsample", 9, inputs=[floats(1, 1, 2, 3)], mode="nearest")


# Shape arithmetic, as exporters write it.
@case("view-by-shape")
def _(g):
    batch = g("Gather", g("Shape", "x"), numpy.array(0), axis=0)
    shape = g("Concat", g("Unsqueeze", batch, ints(0)), ints(-1), axis=0)
    return g("MatMul", g("Reshape", g("AveragePool", "x", kernel_shape=[3, 4], strides=[3, 4]), shape), g.hash(12, 4))


@case("resize-by-shape")
def _(g):
    extent = g("Slice", g("Shape", "x"), ints(2), ints(4), ints(0))
    double = g("Cast", g("Floor", g("Mul", g("Cast", extent, to=TensorProto.FLOAT), floats(2, 1.5))), to=TensorProto.INT64)
    head = g("Slice", g("Shape", "x"), ints(0), ints(2), ints(0))
    return g("Resize", "x", None, None, g("Concat", head, double, axis=0), mode="linear",
             coordinate_transformation_mode="pytorch_half_pixel")


@case("expand-by-shape")
def _(g):
    shape = g("Where", g("Equal", ints(-1, 3, 1, 1), ints(-1, -1, -1, -1)), g("ConstantOfShape", ints(4), value=helper.make_tensor(
        "one", TensorProto.INT64, [1], [2])), ints(1, 3, 6, 8))
    return g("Expand", "x", shape)


@case("gather-by-range")
def _(g):
    rows = g("Gather", g("Shape", "x"), numpy.array(2), axis=0)
    places = g("Range", numpy.array(0), rows, numpy.array(2))
    return g("Gather", "x", places, axis=2)


@case("scaled-by-size")
def _(g):
    count = g("ReduceProd", g("Slice", g("Shape", "x"), ints(2), ints(4), ints(0)), keepdims=0)
    return g("Div", "x", g("Sqrt", g("Cast", count, to=TensorProto.FLOAT)))


# Operators of constants: what they make scales the picture.
def scaled(g, parts):
    """x times the sum of 1 · the first part, 2 · the second and so on, each cast to floats; so that each of them matters."""
    terms = [g("Mul", g("Cast", part, to=TensorProto.FLOAT), floats(index + 1)) for index, part in enumerate(parts)]
    return g("Mul", "x", g("Sum", *terms))


@case("constants-compared")
def _(g):
    operators = ["Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"]
    tests = [g(op, ints(1, 2, 3, 4, 5, 6, 7, 8), ints(8, 7, 6, 5, 5, 3, 2, 1)) for op in operators]
    tests += [g(op, g.hash(8), floats(0.25)) for op in operators]
    return scaled(g, tests + [g("And", tests[0], tests[5]), g("Or", tests[1], tests[6]), g("Not", tests[7])])


@case("constants-of-functions", 20)
def _(g):
    operators = [
        "Relu", "LeakyRelu", "Elu", "Selu", "Gelu", "HardSwish", "Sigmoid", "HardSigmoid", "Erf", "Tanh", "Exp", "Neg", "Abs",
        "Softplus", "Softsign", "Sin", "Cos", "Floor", "Ceil", "Round", "Sign", "Identity"]
    parts = [g(op, g.hash(8, scale=2)) for op in operators]
    return scaled(g, parts + [g(op, g.hash(8, scale=0.4, offset=1)) for op in ["Sqrt", "Log", "Reciprocal"]])


@case("constants-in-arithmetic")
def _(g):
    signed, divisors = ints(-7, 7, -7, 7, 8, -8, 0, 5), ints(3, 3, -3, -3, 4, 4, 4, 2)
    parts = [g(op, signed, divisors) for op in ["Add", "Sub", "Mul", "Max", "Min", "Mod"]]
    parts += [g("Div", numpy.abs(signed), divisors), g("Mod", g.hash(8, scale=5), floats(0.75), fmod=1)]
    parts += [g("Pow", divisors, ints(2)), g("Pow", g.hash(8, offset=1.5), floats(1.25))]
    parts += [g(op, g.hash(8), g.hash(1), g.hash(8)) for op in ["Max", "Min", "Sum"]]
    return scaled(g, parts)


@case("constants-reduced", 18)
def _(g):
    operators = ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2"]
    parts = [g(op, g.hash(2, 8, 3, scale=0.5, offset=1), ints(0, -1), keepdims=0) for op in operators]
    return scaled(g, parts + [g(op, ints(3, 1, 2)) for op in operators[1:]])


@case("constants-moved", 18)
def _(g):
    table = g.hash(3, 8)
    parts = [
        g("Transpose", g.hash(8, 1)), g("Slice", table, ints(2), ints(0), ints(0), ints(-1)), g("Gather", table, ints(1, 1), axis=0),
        g("Tile", g.hash(2, 4), ints(1, 2)), g("Expand", g.hash(1, 8), ints(2, 8)), g("Pad", g.hash(2, 6), ints(0, 1, 0, 1), mode="edge"),
        g("Concat", g.hash(2, 3), g.hash(2, 5), axis=1), g("Split", table, ints(2, 1), outputs=2, axis=0)[0],
        g("Flatten", g.hash(2, 2, 4)), g("Squeeze", g.hash(2, 1, 8), ints(1)), g("Unsqueeze", g.hash(8), ints(0))]
    return g("Slice", scaled(g, [g("Unsqueeze", g("Slice", part, ints(0), ints(1), ints(0)), ints(0)) for part in parts]), ints(0), ints(3), ints(1))


@case("constant-attributes")
def _(g):
    tensor = helper.make_tensor("tensor", TensorProto.FLOAT, [8], list(g.hash(8)))
    large = helper.make_tensor("large", TensorProto.FLOAT, [2, 8, 80], list(g.hash(2, 8, 80).reshape(-1)))
    parts = [g("Constant", value=tensor), g("Constant", value_float=0.5), g("Constant", value_int=3), g("Constant", value_ints=[1] * 8),
             g("Constant", value_floats=[0.25] * 8), g("ReduceMean", g("Constant", value=large), axes=[0, 2], keepdims=0)]
    return scaled(g, parts)


case("size")(lambda g: g("Div", "x", g("Cast", g("Size", "x"), to=TensorProto.FLOAT)))
case("cast-like")(lambda g: g("Add", g("CastLike", "x", floats(1)), g("CastLike", ints(1, 2, 3, 4, 5, 6, 7, 8), floats(1))))
case("non-zero")(lambda g: g("Gather", "x", g("Reshape", g("NonZero", ints(0, 1, 0, 1, 1, 0, 0, 1)), ints(-1)), axis=3))
simple("swish", "Swish", 24)


# Functions of each element; steps are multiplied with the values, so that there is a slope.
simple("mish", "Mish", 18)
simple("celu", "Celu", 12, alpha=0.7)
simple("shrink", "Shrink", lambd=0.2, bias=0.1)
simple("thresholded-relu", "ThresholdedRelu", alpha=0.0)
simple("tan", "Tan")
simple("atan", "Atan")
simple("sinh", "Sinh")
simple("cosh", "Cosh")
simple("asinh", "Asinh")
case("asin")(lambda g: g("Asin", g("Mul", "x", floats(0.7))))
case("acos")(lambda g: g("Acos", g("Mul", "x", floats(0.7))))
case("atanh")(lambda g: g("Atanh", g("Mul", "x", floats(0.7))))
case("acosh")(lambda g: g("Acosh", g("Add", "x", floats(2.5))))
for step in ["Sign", "Floor", "Ceil", "Round"]:
    case(f"{step.lower()}-values")(lambda g, step=step: g("Mul", "x", g(step, "x")))
case("not-values")(lambda g: g("Mul", "x", g("Cast", g("Not", g("Cast", g("Relu", "x"), to=TensorProto.BOOL)), to=TensorProto.FLOAT)))
case("cast-values")(lambda g: g("Mul", "x", g("Cast", g("Cast", g("Mul", "x", floats(3)), to=TensorProto.INT32), to=TensorProto.FLOAT)))


# Comparisons of values, and what they choose.
@case("where-greater")
def _(g):
    return g("Where", g("Greater", "x", floats(0)), "x", g("Mul", "x", floats(0.2)))


@case("where-mask")
def _(g):
    mask = numpy.arange(48).reshape(1, 1, 6, 8) % 3 == 0
    return g("Softmax", g("Where", mask, "x", numpy.float32(-1e9)), axis=-1)


@case("where-broadcast")
def _(g):
    return g("Where", g("Less", g("ReduceMean", "x", axes=[1], keepdims=1), "x"), g.hash(3, 1, 1), g("Mul", "x", "x"))


for name, op in [("less", "LessOrEqual"), ("at-least", "GreaterOrEqual"), ("equal", "Equal")]:
    case(f"{name}-values")(lambda g, op=op: g("Mul", "x", g("Cast", g(op, "x", g("Relu", "x")), to=TensorProto.FLOAT)))


@case("logic-values")
def _(g):
    a, b = g("Greater", "x", floats(0)), g("Less", "x", g.hash(8))
    truths = [g("Cast", g(op, a, b), to=TensorProto.FLOAT) for op in ["And", "Or", "Xor"]]
    return g("Mul", "x", g("Sum", *truths))


case("power-values")(lambda g: g("Pow", g("Add", g("Abs", "x"), floats(0.5)), "x"))
case("power-each")(lambda g: g("Pow", g("Add", g("Abs", "x"), floats(0.5)), g.hash(3, 1, 1)))
case("remainder-values")(lambda g: g("Mod", g("Add", "x", floats(3.5)), floats(5), fmod=1))
case("trilu")(lambda g: g("Trilu", "x", ints(1).reshape(()), upper=0))
case("trilu-constant")(lambda g: g("MatMul", "x", g("Trilu", g.hash(8, 8))))

# Values at places that a table lists.
simple("gather-elements", "GatherElements", inputs=[ints(*[(7 * i) % 8 - (i % 2) * 8 for i in range(72)]).reshape(1, 3, 6, 4)], axis=3)
simple("gather-blocks", "GatherND", inputs=[ints(0, 1, 2, 0, -1, 5, 0, 0, 0).reshape(3, 3)])
simple("gather-blocks-each", "GatherND", inputs=[ints(2, 0).reshape(1, 2, 1)], batch_dims=1)
case("scatter-values")(
    lambda g: g("ScatterND", "x", ints(0, 1, 0, 2).reshape(2, 2), g("Mul", g("Slice", g("Squeeze", "x", ints(0)), ints(0), ints(2)), floats(3))))
case("scatter-constant")(lambda g: g("ScatterND", "x", ints(0, 1, 2, 0, 0, 0).reshape(2, 3), g.hash(2, 8)))

# Reductions and sums.
for op in ["ReduceMin", "ReduceProd", "ReduceL1", "ReduceSumSquare", "ReduceLogSumExp"]:
    case(f"{op.lower()}-channels")(lambda g, op=op: g(op, "x", axes=[1], keepdims=1))
    case(f"{op.lower()}-columns")(lambda g, op=op: g(op, "x", axes=[3], keepdims=0))
    case(f"{op.lower()}-constant")(
        lambda g, op=op: g("Mul", "x", g("Reshape", g(op, g.hash(3, 4), axes=[1]), ints(3, 1, 1))))
case("reduce-log-sum")(lambda g: g("ReduceLogSum", g("Exp", "x"), axes=[2], keepdims=1))
case("cumsum")(lambda g: g("CumSum", "x", numpy.int64(3)))
case("cumsum-back")(lambda g: g("CumSum", "x", numpy.int64(1), exclusive=1, reverse=1))
simple("lp-normalization", "LpNormalization", 22, axis=1)
simple("lp-normalization-1", "LpNormalization", 22, axis=3, p=1)

# Pools over more than two axes, and as large as the map.
@case("lrn-written-out")
def _(g):
    wide = g("Pad", g("Unsqueeze", g("Mul", "x", "x"), ints(1)), ints(0, 0, 1, 0, 0, 0, 0, 1, 0, 0))
    mean = g("Squeeze", g("AveragePool", wide, kernel_shape=[3, 1, 1], strides=[1, 1, 1]), ints(1))
    return g("Div", "x", g("Pow", g("Add", g("Mul", mean, floats(0.3)), floats(1)), floats(0.75)))


case("max-pool-three-axes")(
    lambda g: g("MaxPool", g("Unsqueeze", "x", ints(1)), kernel_shape=[2, 1, 3], strides=[1, 1, 2], pads=[0, 0, 1, 1, 0, 0]))
case("average-pool-three-axes")(
    lambda g: g("AveragePool", g("Unsqueeze", "x", ints(1)), kernel_shape=[1, 3, 3], pads=[0, 1, 1, 0, 1, 1]))
case("max-pool-large")(lambda g: g("MaxPool", "x", kernel_shape=[17, 17], pads=[8, 8, 8, 8]))
case("max-pool-large-strides")(lambda g: g("MaxPool", "x", kernel_shape=[16, 17], pads=[7, 8, 7, 8], strides=[2, 3]))

# Products.
case("matmul-vector")(lambda g: g("MatMul", "x", g.hash(8)))
case("matmul-stack")(lambda g: g("MatMul", "x", g.hash(3, 8, 5)))
case("matmul-stack-left")(lambda g: g("MatMul", g.hash(3, 4, 6), "x"))
case("gemm-transposed-input")(lambda g: g("Gemm", g("Reshape", "x", ints(16, 9)), g.hash(16, 5), g.hash(5), transA=1))


@case("gemm-values")
def _(g):
    x = g("Reshape", "x", ints(12, 12))
    return g("Gemm", x, x, g("ReduceSum", x, ints(1), keepdims=0), alpha=0.5, beta=-0.25, transB=1)


case("matmul-vectors")(lambda g: g("MatMul", "x", g("ReduceMean", "x", axes=[0, 1, 2], keepdims=0)))
case("rms-normalization", 23)(lambda g: g("RMSNormalization", "x", g.hash(6, 8), axis=2))


@case("gemm-rows")
def _(g):
    x = g("Reshape", "x", ints(16, 9))
    y = g("Gemm", x, g.hash(9, 5), g.hash(16, 1), beta=0.5)
    return g("Gemm", y, g.hash(5, 5), g("Relu", y), beta=2.0)


case("einsum-weights")(lambda g: g("Einsum", g("Squeeze", "x", ints(0)), g.hash(3, 8, 5), equation="chw,cwk->chk"))
case("einsum-weights-first")(lambda g: g("Einsum", g.hash(5, 6, 3), g("Squeeze", "x", ints(0)), equation="khc,chw->ckw"))


# Operators of constants.
@case("fold-batch-normalization")
def _(g):
    rows = g("Reshape", g.hash(4, 3, 3, 3), ints(1, 4, 27))
    rows = g("BatchNormalization", rows, g.hash(4), g.hash(4), g.hash(4), g.hash(4, offset=1.5, scale=0.3))
    return g("Conv", "x", g("Reshape", rows, ints(4, 3, 3, 3)), pads=[1, 1, 1, 1])


@case("fold-batch-statistics")
def _(g):
    rows = g("Reshape", g.hash(4, 3, 3, 3), ints(1, 4, 27))
    rows, _, _ = g(
        "BatchNormalization", rows, g.hash(4), g.hash(4), floats(0, 0, 0, 0), floats(1, 1, 1, 1), outputs=3, training_mode=1)
    return g("Conv", "x", g("Reshape", rows, ints(4, 3, 3, 3)), pads=[1, 1, 1, 1])


@case("fold-resize")
def _(g):
    grid = g("Resize", g.hash(1, 3, 4, 5), None, None, ints(1, 3, 6, 8), mode="cubic")
    return g("Add", "x", grid)


@case("fold-conv")
def _(g):
    kernel = g("Conv", g.hash(4, 3, 3, 3), g.hash(3, 3, 1, 1))
    return g("Conv", "x", kernel, pads=[1, 1, 1, 1])


@case("fold-gemm")
def _(g):
    return g("MatMul", "x", g("Gemm", g.hash(8, 4), g.hash(5, 4), g.hash(5), transB=1, alpha=0.5))


@case("fold-positions")
def _(g):
    places = g("CumSum", g("Expand", numpy.float32(0.3), ints(6, 8)), numpy.int64(1))
    return g("Add", "x", g("Mul", g("Sin", places), g("Cos", places)))


@case("fold-weight-normalization")
def _(g):
    weights = g.hash(8, 5)
    length = g("ReduceL2", weights, axes=[0], keepdims=1)
    return g("MatMul", "x", g("Mul", g("Div", weights, length), g.hash(5)))


@case("fold-spectral-normalization")
def _(g):
    weights = g.hash(8, 5)
    sigma = g("MatMul", g.hash(8), g("MatMul", weights, g.hash(5)))
    return g("MatMul", "x", g("Div", weights, sigma))


@case("fold-pools-and-softmax")
def _(g):
    table = g("Softmax", g("MaxPool", g("AveragePool", g.hash(1, 3, 13, 17), kernel_shape=[2, 2]), kernel_shape=[2, 2], strides=[2, 2]), axis=1)
    return g("Mul", "x", g("LayerNormalization", table, g.hash(8), g.hash(8), axis=-1))


@case("constants-share-names")
def _(g):
    # Both tensors are called as the initializer of the Mul is.
    first, second = [g("Constant", value=numpy_helper.from_array(g.hash(*shape, 5, 5), "c0")) for shape in ((16, 3), (3, 16))]
    y = g("Conv", g("Mul", "x", floats(2)), first, pads=[2, 2, 2, 2])
    return g("Conv", y, second, pads=[2, 2, 2, 2])


# Quantized weights.
@case("dequantized-weights")
def _(g):
    kernel = g("DequantizeLinear", (100 * g.hash(4, 3, 3, 3)).astype(numpy.int8), floats(0.02).reshape(()), numpy.int8(3))
    return g("Conv", "x", kernel)


@case("dequantized-channels")
def _(g):
    codes = (128 + 100 * g.hash(4, 3, 3, 3)).astype(numpy.uint8)
    return g("Conv", "x", g("DequantizeLinear", codes, g.hash(4, offset=0.03, scale=0.01), numpy.array([128, 120, 130, 128], numpy.uint8), axis=0))


@case("quantized-values")
def _(g):
    scale, zero = floats(0.01).reshape(()), numpy.uint8(120)
    return g("DequantizeLinear", g("QuantizeLinear", "x", scale, zero), scale, zero)


@case("quantized-values-signed")
def _(g):
    scale, zero = floats(0.02).reshape(()), numpy.int8(0)
    return g("DequantizeLinear", g("QuantizeLinear", "x", scale, zero), scale, zero)


# Pictures of TensorFlow.
@case("nhwc-conv", shape=(1, 6, 8, 3))
def _(g):
    y = g("Transpose", "x", perm=[0, 3, 1, 2])
    y = g("Relu", g("Conv", y, g.hash(4, 3, 3, 3), g.hash(4), auto_pad="SAME_UPPER", strides=[2, 2]))
    y = g("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    y = g("Transpose", y, perm=[0, 2, 3, 1])
    return g("Add", g("MatMul", g("Reshape", y, ints(-1, 16)), g.hash(16, 5)), g.hash(5))


@case("nhwc-mean", shape=(1, 6, 8, 3))
def _(g):
    return g("ReduceMean", "x", axes=[1, 2], keepdims=0)


@case("nhwc-channels", shape=(1, 6, 8, 3))
def _(g):
    return g("Mul", g("Sub", "x", g.hash(3)), floats(2))


@case("nhwc-resize", 11, shape=(1, 6, 8, 3))
def _(g):
    return g("Resize", "x", floats(), floats(1, 2, 2, 1), mode="linear")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goldens")
    arguments = parser.parse_args()
    models, outputs, cases = [], [], []
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    for name, (build, opset, shape) in CASES.items():
        graph = Graph(name, opset, shape)
        data = graph.model(build(graph)).SerializeToString()
        image = integer_hash.values(f"{name}/input", shape).astype(numpy.float32)
        try:
            (output,) = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]).run(None, {"x": image})
        except Exception as error:
            print(f"{name}: ONNX Runtime cannot run it: {str(error)[:200]}")
            continue
        models.append(numpy.frombuffer(data, dtype=numpy.uint8))
        cases.append([name, len(data)])
        flat = output.reshape(-1)
        picked = flat[integer_hash.positions(f"{name}/output", SAMPLES, flat.size)]
        outputs.append(numpy.concatenate([[flat.size, abs(flat).max()], picked]).astype("<f4"))
    path = pathlib.Path(arguments.goldens) / "onnx_operators.safetensors"
    metadata = {"script": "scripts/goldens/onnx_operators.py", "cases": json.dumps(cases, separators=(",", ":"))}
    safetensors_file.write(path, {"models": numpy.concatenate(models), "outputs": numpy.stack(outputs)}, metadata)
    print(f"{path.name}  {len(cases)} cases  {path.stat().st_size} bytes")


main()
