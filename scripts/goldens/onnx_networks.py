#!/usr/bin/env python3
"""Whole networks as PyTorch's two exporters and tf2onnx write them, with what ONNX Runtime makes of them.

    scripts/goldens/onnx_networks.py GOLDENS_FOLDER

Writes onnx/NAME.onnx, graphs whose weights are left out: a float tensor of more than 16 values is only named there. Both
sides make it from the hash tensor u of its own name (integer_hash.py), as zoo.py does and
Sources/Networks/Weights/UntrainedWeights.swift says, with the gain in the metadata. vgg_tensorflow.onnx is taken as
onnx_tensorflow.py left it, or as it is.

The input is the hash tensor "onnx/NAME", of the extents in the metadata. Tensors of onnx_networks.safetensors:
    NAME           the output, whole
    NAME/NODE      of some nodes' outputs: the largest magnitude, then 24 elements at position("NAME/NODE", j) of the flat
                   tensor in ONNX's own order
"""

import argparse
import json
import pathlib
import shutil
import tempfile
import warnings

import numpy
import onnx
import onnxruntime
import torch
import torchvision
from onnx import TensorProto, helper, numpy_helper

import integer_hash
import safetensors_file

STORED = 16
SAMPLES = 24


def uniform(name, shape, gain):
    u = integer_hash.values(name, shape)
    if name.endswith("running_var"):
        return 0.5 + abs(u)
    if name.endswith("layer_scale"):
        return 0.5 + u / 4
    if name.endswith(("class_token", "pos_embedding")):
        return u / 2
    if len(shape) > 1:
        return u * (3 * gain / numpy.prod(shape[1:])) ** 0.5
    return 1 + u / 4 if name.endswith("weight") else u / 10


def narrow_vgg16():
    """VGG-16 whose first fully connected layer has 64 outputs instead of 4096, and the last ten."""
    network = torchvision.models.vgg16(weights=None)
    network.classifier = torch.nn.Sequential(
        torch.nn.Linear(512 * 7 * 7, 64), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(64, 10))
    return network


def short_vit():
    """ViT-B/16 with two of its twelve layers."""
    return torchvision.models.VisionTransformer(
        image_size=224, patch_size=16, num_layers=2, num_heads=12, hidden_dim=768, mlp_dim=3072, num_classes=10)


class OpenSizes(torch.nn.Module):
    """A little of everything that makes exporters write out shapes, for extents that are symbols."""

    def __init__(self):
        super().__init__()
        self.down = torch.nn.Conv2d(3, 24, 3, 2, 1)
        self.middle = torch.nn.Conv2d(24, 24, 3, 1, 1)
        self.norm = torch.nn.GroupNorm(4, 24)
        self.up = torch.nn.Conv2d(48, 32, 1)
        self.head = torch.nn.Linear(32, 10)

    def forward(self, x):
        below = torch.nn.functional.relu(self.down(x))
        deep = torch.nn.functional.silu(self.norm(self.middle(torch.nn.functional.max_pool2d(below, 2))))
        n, c, h, w = deep.shape
        deep = deep.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        deep = torch.nn.functional.interpolate(deep, size=below.shape[2:], mode="bilinear")
        y = self.up(torch.cat([below, deep], 1))
        tokens = y.flatten(2).transpose(1, 2)
        return self.head(tokens.mean(1)).view(x.size(0), -1)


def classifier(name):
    return lambda: getattr(torchvision.models, name)(weights=None, num_classes=10)


NETWORKS = {
    "vgg16": dict(make=narrow_vgg16, size=(224, 224), gain=2, nodes=["/features/features.10/Conv", "/features/features.30/MaxPool"]),
    "resnet18": dict(make=classifier("resnet18"), size=(64, 80), gain=1, nodes=["/layer2/layer2.1/relu_1/Relu"]),
    "resnet18_dynamo": dict(make=classifier("resnet18"), size=(64, 80), gain=1, dynamo=True, nodes=["node_relu_7"]),
    "mobilenet_v2": dict(make=classifier("mobilenet_v2"), size=(64, 80), gain=1.5, nodes=["/features/features.7/conv/conv.2/Conv"]),
    "densenet121": dict(make=classifier("densenet121"), size=(64, 80), gain=2, nodes=["/features/denseblock2/Concat"]),
    "vit_b_16": dict(make=short_vit, size=(224, 224), gain=1, nodes=["/encoder/layers/encoder_layer_0/Add_1"]),
    "vit_b_16_dynamo": dict(make=short_vit, size=(224, 224), gain=1, dynamo=True, nodes=[]),
    "shufflenet_v2_x0_5": dict(make=classifier("shufflenet_v2_x0_5"), size=(64, 80), gain=1.4, nodes=[]),
    "open_sizes": dict(make=OpenSizes, size=(64, 80), gain=1, nodes=[], dynamic=True),
}


def export(name, make, size, dynamo=False, dynamic=False, external_data=True, **_):
    torch.manual_seed(0)
    network = make().eval()
    # Distinct values, so that the exporter does not share tensors that are equal before training.
    state = network.state_dict()
    for key, value in state.items():
        if value.dtype == torch.float32 and not key.endswith("num_batches_tracked"):
            state[key] = torch.from_numpy(uniform(key, tuple(value.shape), 1)).float()
    network.load_state_dict(state)
    path = pathlib.Path(tempfile.mkdtemp()) / f"{name}.onnx"
    image = torch.zeros(1, 3, *size)
    options = dict(dynamo=True, external_data=external_data, verbose=False) if dynamo else dict(dynamo=False, opset_version=17)
    if dynamic:
        options["input_names"] = ["picture"]
        if dynamo:
            free = torch.export.Dim.DYNAMIC
            options["dynamic_shapes"] = ({2: free, 3: free},)
        else:
            options["dynamic_axes"] = {"picture": {2: "height", 3: "width"}}
    torch.onnx.export(network, (image,), str(path), **options)
    model = onnx.load(path)
    shutil.rmtree(path.parent)
    return model


def stripped(model):
    """Without the values of its large float tensors, and without what nobody reads; edges have short names."""
    kept = {tensor.name for tensor in model.graph.initializer} | {value.name for value in [*model.graph.input, *model.graph.output]}
    short = {}
    for node in model.graph.node:
        for names in [node.input, node.output]:
            for index, name in enumerate(names):
                if name and name not in kept:
                    names[index] = short.setdefault(name, f"e{len(short)}")
        if node.op_type == "Constant":
            node.name = ""
    model.ClearField("metadata_props")
    del model.graph.value_info[:]
    model.graph.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        scopes = [entry.value for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        for value in scopes:
            node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=value)
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and numpy.prod(tensor.dims) > STORED:
            name, dims = tensor.name, list(tensor.dims)
            tensor.Clear()
            tensor.name, tensor.data_type = name, TensorProto.FLOAT
            tensor.dims.extend(dims)
    return model


def filled(model, gain):
    """With the values that the hash gives."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and not (tensor.raw_data or tensor.float_data):
            values = uniform(tensor.name, tuple(tensor.dims), gain).astype(numpy.float32)
            tensor.raw_data = values.tobytes()
    return copy


def sampled(name, array):
    flat = array.reshape(-1)
    return numpy.concatenate([[abs(flat).max()], flat[integer_hash.positions(name, SAMPLES, flat.size)]])


def run(name, model, gain, nodes):
    whole = filled(model, gain)
    inputs = [value for value in whole.graph.input if value.name not in {tensor.name for tensor in whole.graph.initializer}]
    (picture,) = inputs
    outputs = {}
    for node in whole.graph.node:
        if node.name in nodes:
            outputs[node.name] = node.output[0]
    assert set(outputs) == set(nodes), f"{name}: there are no nodes {set(nodes) - set(outputs)}"
    for output in outputs.values():
        if output not in [value.name for value in whole.graph.output]:
            whole.graph.output.append(helper.make_empty_tensor_value_info(output))
    shape = [dim.dim_value or None for dim in picture.type.tensor_type.shape.dim]
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(whole.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return picture.name, shape, session, outputs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goldens")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    folder = pathlib.Path(arguments.goldens) / "onnx"
    folder.mkdir(exist_ok=True)
    tensors, cases = {}, {}
    networks = dict(NETWORKS)
    if (folder / "vgg_tensorflow.onnx").exists():
        networks["vgg_tensorflow"] = dict(size=(64, 80), gain=2, nodes=[])
    for name, item in networks.items():
        path = folder / f"{name}.onnx"
        model = stripped(export(name, **item) if "make" in item else onnx.load(path))
        onnx.save(model, path)
        size = list(item["size"])
        picture, shape, session, outputs = run(name, model, item["gain"], item["nodes"])
        shape = [1, *size, 3] if shape[-1] == 3 else [1, 3, *size]
        image = integer_hash.values(f"onnx/{name}", shape).astype(numpy.float32)
        results = session.run(None, {picture: image})
        by_name = dict(zip([value.name for value in session.get_outputs()], results))
        tensors[name] = results[0].reshape(-1).astype("<f4")
        for node, output in outputs.items():
            tensors[f"{name}/{node}"] = sampled(f"{name}/{node}", by_name[output]).astype("<f4")
        cases[name] = dict(height=size[0], width=size[1], gain=item["gain"], nodes=item["nodes"])
        print(f"{name:20} {path.stat().st_size:7} bytes  {len(model.graph.node):4} nodes  output {results[0].shape} "
              f"of {results[0].std():.2g}", flush=True)
    metadata = {"script": "scripts/goldens/onnx_networks.py", "cases": json.dumps(cases, separators=(",", ":"))}
    safetensors_file.write(pathlib.Path(arguments.goldens) / "onnx_networks.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
