#!/usr/bin/env python3
"""Six steps of torch's optimizers, in float64.

    scripts/goldens/optimizers.py GOLDENS_FOLDER

The parameters start as value("parameters"), [10]. At step t = 1…6 the gradient of the LOSS, which is descended (lucid
climbs a score, whose gradient is the negative), is value("gradient-t") + 0.1 · parameters. Tensors, the parameters after
step t, [10]:
    adam/t    Adam, learning rate 0.05, betas 0.9 and 0.999, epsilon 1e-8
    sgd/t     stochastic gradient descent, learning rate 0.1, momentum 0.9 (velocity ← 0.9·velocity + gradient, from 0;
              parameters ← parameters − 0.1·velocity)
"""

import argparse

import torch

import golden_file
from golden_file import named

COUNT = 10
STEPS = 6
OPTIMIZERS = {
    "adam": lambda parameters: torch.optim.Adam([parameters], lr=0.05, betas=(0.9, 0.999), eps=1e-8),
    "sgd": lambda parameters: torch.optim.SGD([parameters], lr=0.1, momentum=0.9),
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

tensors = {}
for name, make in OPTIMIZERS.items():
    parameters = named("parameters", [COUNT]).requires_grad_()
    optimizer = make(parameters)
    for step in range(1, STEPS + 1):
        parameters.grad = named(f"gradient-{step}", [COUNT]) + 0.1 * parameters.detach()
        optimizer.step()
        tensors[f"{name}/{step}"] = parameters.detach().clone()
golden_file.write(arguments.goldens, __file__, tensors)
