#!/usr/bin/env python3
"""Scores of objectives with their gradients, by torch in float64, and the redirected ReLU gradient from its formula.

    scripts/goldens/objectives.py GOLDENS_FOLDER

Scores of a = value("activation"), [4, 5, 6] (channels, height, width); tensors NAME/score [1] and NAME/gradient [4, 5, 6]:
    channel          mean of a[2]
    neuron           a[1, y = 2, x = 4]
    neuron-center    a[1, y = 5/2 = 2, x = 6/2 = 3], the default position
    layer            mean of a²
of the image x = value("image"), [3, 6, 7]:
    total_variation  sum of |x[c, y, x + 1] − x[c, y, x]| and |x[c, y + 1, x] − x[c, y, x]| (anisotropic, not averaged)

The redirected ReLU gradient of tensorflow/lucid (lucid/misc/redirected_relu_grad.py). With g the gradient of the LOSS at
the ReLU's output (the negated score's) and x the ReLU's input: the plain gradient is g where x > 0, else 0; the
redirected one is g, but 0 where x < 0 and g > 0, and for ReLU6 also where x > 6 and g < 0. The plain one is taken unless
it is 0 everywhere. v = value("relu-input"), g = value("relu-gradient"), both [4, 5, 6]; tensors, the gradient at x:
    relu/plain         x = v: something passes
    relu/redirected    x = −|v|: nothing passes, so redirected
    relu6/plain        x = 8·v
    relu6/redirected   x = v where v < 0, else v + 6.5: nothing passes, so redirected
"""

import argparse

import torch

import golden_file
from golden_file import named

SHAPE = [4, 5, 6]

SCORES = {
    "channel": lambda a: a[2].mean(),
    "neuron": lambda a: a[1, 2, 4],
    "neuron-center": lambda a: a[1, SHAPE[1] // 2, SHAPE[2] // 2],
    "layer": lambda a: (a**2).mean(),
}


def total_variation(x):
    return (x[:, :, 1:] - x[:, :, :-1]).abs().sum() + (x[:, 1:] - x[:, :-1]).abs().sum()


def redirected(x, g, top=torch.inf):
    """The gradient at the input x of a ReLU that also clips at `top`."""
    plain = torch.where((x > 0) & (x < top), g, torch.zeros_like(g))
    if plain.norm() > 0:
        return plain
    blocked = ((x < 0) & (g > 0)) | ((x > top) & (g < 0))
    return torch.where(blocked, torch.zeros_like(g), g)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

tensors = {}
cases = [(name, score, named("activation", SHAPE)) for name, score in SCORES.items()]
cases.append(("total_variation", total_variation, named("image", [3, 6, 7])))
for name, score, variable in cases:
    result = score(variable.requires_grad_())
    result.backward()
    tensors[name + "/score"] = result.reshape(1)
    tensors[name + "/gradient"] = variable.grad

v, g = named("relu-input", SHAPE), named("relu-gradient", SHAPE)
tensors["relu/plain"] = redirected(v, g)
tensors["relu/redirected"] = redirected(-v.abs(), g)
tensors["relu6/plain"] = redirected(8 * v, g, top=6)
tensors["relu6/redirected"] = redirected(torch.where(v < 0, v, v + 6.5), g, top=6)
golden_file.write(arguments.goldens, __file__, tensors)
