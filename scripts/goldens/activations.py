#!/usr/bin/env python3
"""Activations of every layer of the bundled networks, computed by torchvision in float64.

    scripts/goldens/activations.py MODELS_FOLDER GOLDENS_FOLDER

The input, in the network's own space (the mean already subtracted), is 64 · value("image", i), shape [3, 97, 83].
Tensors, for every module path of torchvision, and "logits" of SqueezeNet:
    MODEL/LAYER          24 elements of the output, at position("MODEL/LAYER", j) of its flat [channels, height, width]
    MODEL/LAYER/absmax   [1], the largest magnitude of the whole output
    MODEL/LAYER/shape    [3], channels, height, width
"""

import argparse

import numpy
import torch

import bundled_networks
import golden_file

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("models")
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

image = 64 * golden_file.named("image", [1, 3, 97, 83])
tensors = {}
for model in bundled_networks.NAMES:
    network = bundled_networks.load(model, arguments.models)
    result, passed = bundled_networks.record(network, image)
    outputs = {path: output for path, (_, output) in passed.items()}
    if model == "squeezenet1_1":
        outputs["logits"] = result.reshape(1, -1, 1, 1)
    for path, output in outputs.items():
        name = f"{model}/{path}"
        tensors.update(golden_file.sampled(name, output))
        tensors[name + "/shape"] = numpy.array(output.shape[1:])
golden_file.write(arguments.goldens, __file__, tensors, input='64 * value("image", i), [3, 97, 83]')
