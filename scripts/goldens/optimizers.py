#!/usr/bin/env python3
"""Six steps of torch's optimizers, in float64.

    scripts/goldens/optimizers.py GOLDENS_FOLDER

The parameters start as value("parameters"), [10]. The gradient of the LOSS, which is descended (lucid climbs a score,
whose gradient is the negative), is at step t = 1…6:
    NAME/t                value("gradient-t") + 0.1 · parameters
    NAME-quadratic/t      c · (parameters − value("optimum")) with c = 1 + value("curvature") / 2: of ½ Σ c (x − optimum)²
    NAME-cosh/t           of Σ cosh(2·x_i) / 2 + ½ Σ (x_{i+1} − x_i)²
Tensors, the parameters after step t, [10]. Names, with torch's defaults where nothing is said:
    adam       rate 0.05, betas 0.9 and 0.999, epsilon 1e-8     adam(0.5,0.99)    the same with these betas
    adamw      rate 0.05, weight decay 0.01                      nadam             rate 0.05, momentum decay 0.004
    sgd        rate 0.1, momentum 0.9                            sgd(0.5)          the same with momentum 0.5
    rmsprop    rate 0.02, alpha 0.99                             rmsprop(0.875)    the same with alpha 0.875
    lbfgs      rate 1, one iteration a step, history 100, no line search, quadratic and cosh only
    lbfgs(2)   the same with history 2
The metadata entry "rates" is a JSON object from each name to its rate.
"""

import argparse

import torch

import golden_file
from golden_file import named

COUNT = 10
STEPS = 6
# The learning rate, and the optimizer.
OPTIMIZERS = {
    "adam": (0.05, torch.optim.Adam),
    "adam(0.5,0.99)": (0.05, lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.5, 0.99))),
    "adamw": (0.05, lambda p, lr: torch.optim.AdamW(p, lr=lr, weight_decay=0.01)),
    "nadam": (0.05, lambda p, lr: torch.optim.NAdam(p, lr=lr, momentum_decay=0.004)),
    "sgd": (0.1, lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9)),
    "sgd(0.5)": (0.1, lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.5)),
    "rmsprop": (0.02, lambda p, lr: torch.optim.RMSprop(p, lr=lr, alpha=0.99)),
    "rmsprop(0.875)": (0.02, lambda p, lr: torch.optim.RMSprop(p, lr=lr, alpha=0.875)),
    "lbfgs": (1, lambda p, lr: torch.optim.LBFGS(p, lr=lr, max_iter=1, history_size=100, line_search_fn=None)),
    "lbfgs(2)": (1, lambda p, lr: torch.optim.LBFGS(p, lr=lr, max_iter=1, history_size=2, line_search_fn=None)),
}


def linear(parameters, step):
    """A loss whose gradient is the first one above."""
    return (named(f"gradient-{step}", [COUNT]) * parameters).sum() + 0.05 * (parameters**2).sum()


def quadratic(parameters, step):
    curvature = 1 + named("curvature", [COUNT]) / 2
    return (curvature * (parameters - named("optimum", [COUNT])) ** 2).sum() / 2


def cosh(parameters, step):
    return torch.cosh(2 * parameters).sum() / 2 + ((parameters[1:] - parameters[:-1]) ** 2).sum() / 2


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

tensors = {}
for name, (rate, make) in OPTIMIZERS.items():
    losses = {"-quadratic": quadratic, "-cosh": cosh} if name.startswith("lbfgs") else {"": linear}
    for suffix, loss in losses.items():
        parameters = named("parameters", [COUNT]).requires_grad_()
        optimizer = make([parameters], lr=rate)
        for step in range(1, STEPS + 1):

            def closure():
                optimizer.zero_grad()
                result = loss(parameters, step)
                result.backward()
                return result

            optimizer.step(closure)
            tensors[f"{name}{suffix}/{step}"] = parameters.detach().clone()
golden_file.write(arguments.goldens, __file__, tensors, rates={name: rate for name, (rate, _) in OPTIMIZERS.items()})
