#!/usr/bin/env python3
"""Outputs and input gradients of single layers, computed by torchvision in float64.

    scripts/goldens/layer_gradients.py MODELS_FOLDER GOLDENS_FOLDER

1. Every layer of the bundled networks that has no layers inside, with its bundled weights and the input shape that it
   sees for an image of [3, 97, 83]. Its input is value("MODEL/LAYER/input"), the gradient at its output
   value("MODEL/LAYER/gradient"). Tensors, each with /absmax [1] and sampled at 24 positions of its own name:
       MODEL/LAYER/output, MODEL/LAYER/input_gradient
2. Small cases of layers that these networks lack. Tensors, whole, [channels, height, width]:
       case/CASE/output, case/CASE/input_gradient
   from value("case/CASE/input"), "…/weight", "…/bias" and, as the gradient at the output, "…/gradient". Concatenation
   has two inputs, value("case/concatenation/input.0") and ".1", and as many input gradients, "…/input_gradient.0", ".1".
   Max pooling with average pooling's gradient gives the largest values and passes the gradient back as average pooling
   that leaves the padding out.
   The metadata entry "cases" is a JSON object of each case's kind, shapes and parameters; pairs are [vertical,
   horizontal].
"""

import argparse

import torch
from torch.nn import functional

import bundled_networks
import golden_file
from golden_file import named


def convolution(input_shape, weight_shape, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    return dict(
        kind="convolution",
        input_shape=input_shape,
        weight_shape=weight_shape,  # filters, channels / groups, kernel height, kernel width
        bias_shape=weight_shape[:1],
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )


def pool(kind, padding, input_shape=(3, 8, 9), kernel=(3, 3), **rest):
    return dict(kind=kind, input_shape=input_shape, kernel=kernel, stride=(2, 2), padding=padding, **rest)


CASES = {
    "convolution-stride-2": convolution([3, 8, 9], [4, 3, 3, 3], stride=[2, 2], padding=[1, 1]),
    "convolution-dilation-2": convolution([3, 9, 8], [4, 3, 3, 3], padding=[2, 2], dilation=[2, 2]),
    "convolution-groups-2": convolution([4, 6, 7], [6, 2, 3, 3], padding=[1, 1], groups=2),
    "convolution-depthwise": convolution([5, 6, 7], [5, 1, 3, 3], padding=[1, 1], groups=5),
    "convolution-1x7": convolution([3, 5, 9], [4, 3, 1, 7], padding=[0, 3]),
    "convolution-kernel-5-stride-3": convolution([3, 11, 13], [4, 3, 5, 5], stride=[3, 3]),
    "max-pool-ceil": pool("max_pool", [0, 0], ceil_mode=True),
    "max-pool-floor": pool("max_pool", [0, 0], ceil_mode=False),
    "max-pool-padding-ceil": pool("max_pool", [1, 1], ceil_mode=True),
    "max-pool-padding-floor": pool("max_pool", [1, 1], ceil_mode=False),
    # The last window would lie wholly in the padding: PyTorch drops it.
    "max-pool-ceil-dropped": pool("max_pool", [1, 1], input_shape=[3, 7, 8], kernel=[2, 2], ceil_mode=True),
    "average-pool-include-ceil": pool("average_pool", [1, 1], ceil_mode=True, count_include_pad=True),
    "average-pool-include-floor": pool("average_pool", [1, 1], ceil_mode=False, count_include_pad=True),
    "average-pool-exclude-ceil": pool("average_pool", [1, 1], ceil_mode=True, count_include_pad=False),
    "average-pool-exclude-floor": pool("average_pool", [1, 1], ceil_mode=False, count_include_pad=False),
    "max-pool-average-gradient": pool("max_pool_average_gradient", [0, 0], ceil_mode=False),
    "max-pool-average-gradient-ceil": pool("max_pool_average_gradient", [1, 1], ceil_mode=True),
    "adaptive-average-pool": dict(kind="adaptive_average_pool", input_shape=[3, 7, 5], output_size=[3, 2]),
    "linear": dict(kind="linear", input_shape=[12], weight_shape=[5, 12], bias_shape=[5]),
    "softmax": dict(kind="softmax", input_shape=[6, 3, 4], axis=0),
    "concatenation": dict(kind="concatenation", input_shapes=[[2, 3, 4], [3, 3, 4]], axis=0),
}


def apply(case, inputs, weight, bias):
    """The layer that a case describes; every input has a leading batch axis of 1."""
    kind = case["kind"]
    first = inputs[0]
    if kind == "convolution":
        return functional.conv2d(
            first, weight, bias, case["stride"], case["padding"], case["dilation"], case["groups"])
    if kind == "max_pool":
        return functional.max_pool2d(
            first, case["kernel"], case["stride"], case["padding"], ceil_mode=case["ceil_mode"])
    if kind == "max_pool_average_gradient":
        rest = case["kernel"], case["stride"], case["padding"]
        largest = functional.max_pool2d(first.detach(), *rest, ceil_mode=case["ceil_mode"])
        mean = functional.avg_pool2d(first, *rest, case["ceil_mode"], False)
        return mean + (largest - mean).detach()
    if kind == "average_pool":
        return functional.avg_pool2d(
            first, case["kernel"], case["stride"], case["padding"], case["ceil_mode"], case["count_include_pad"])
    if kind == "adaptive_average_pool":
        return functional.adaptive_avg_pool2d(first, case["output_size"])
    if kind == "linear":
        return functional.linear(first, weight, bias)
    if kind == "softmax":
        return functional.softmax(first, dim=1)
    if kind == "concatenation":
        return torch.cat(inputs, dim=1)
    raise ValueError(kind)


def network_layers(models_folder):
    image = 64 * named("image", [1, 3, 97, 83])
    tensors = {}
    for model in bundled_networks.NAMES:
        network = bundled_networks.load(model, models_folder)
        _, passed = bundled_networks.record(network, image)
        for path, layer in bundled_networks.layers(network).items():
            if next(layer.children(), None) is not None:
                continue
            name = f"{model}/{path}"
            layer_input = named(name + "/input", passed[path][0].shape).requires_grad_()
            output = layer(layer_input)
            output.backward(named(name + "/gradient", output.shape))
            tensors.update(golden_file.sampled(name + "/output", output))
            tensors.update(golden_file.sampled(name + "/input_gradient", layer_input.grad))
    return tensors


def small_cases():
    tensors = {}
    for case_name, case in CASES.items():
        name = "case/" + case_name
        several = "input_shapes" in case
        shapes = case["input_shapes"] if several else [case["input_shape"]]
        suffixes = [f".{index}" for index in range(len(shapes))] if several else [""]
        inputs = [named(name + "/input" + suffix, [1, *shape]).requires_grad_()
                  for suffix, shape in zip(suffixes, shapes)]
        weight = named(name + "/weight", case["weight_shape"]) if "weight_shape" in case else None
        bias = named(name + "/bias", case["bias_shape"]) if "bias_shape" in case else None
        output = apply(case, inputs, weight, bias)
        output.backward(named(name + "/gradient", output.shape))
        case["output_shape"] = list(output.shape[1:])
        tensors[name + "/output"] = output[0]
        for suffix, layer_input in zip(suffixes, inputs):
            tensors[name + "/input_gradient" + suffix] = layer_input.grad[0]
    return tensors


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("models")
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors = {**network_layers(arguments.models), **small_cases()}
golden_file.write(arguments.goldens, __file__, tensors, cases=CASES)
