#!/usr/bin/env python3
"""Gradients at the input image of a channel's mean, through the bundled networks, computed by torchvision in float64.

    scripts/goldens/input_gradients.py MODELS_FOLDER GOLDENS_FOLDER

The input, in the network's own space, is 64 · value("image-SEED", i), shape [3, 40, 44]; the score is the mean of one
channel of one layer's output. Tensors:
    MODEL/LAYER/CHANNEL/gradient   [3, 40, 44], ∂score/∂input, whole
    MODEL/LAYER/CHANNEL/score      [1]

Such a network is piecewise linear: its gradient changes only where rounding turns a ReLU on or off or moves a maximum,
and then it jumps. So each gradient comes with a seed whose image stays clear of such switches. Of the first 200 seeds
(of 4000 at most) at which at least a tenth of the gradient's elements exceed 1 % of the largest, the one with the
largest margin is taken: the smallest distance, relative to the layer's largest magnitude, of a ReLU's input from 0, or
of a window's maximum from its runner-up, over all those that pass on more than 10⁻⁵ of their layer's largest gradient.
An implementation whose activations are wrong by less than half the margin meets the same gradient.

The metadata entry "cases" is a JSON object, MODEL/LAYER/CHANNEL → {"seed", "margin", "agreement": the largest difference
between float32 and float64 here, relative to the largest magnitude; "tolerance": what a float32 implementation should
meet in that measure; "cosine": true where no seed reached it, so that only the direction should be compared}.
"""

import argparse

import torch
from torch.nn import functional

import bundled_networks
import golden_file
from golden_file import named

TARGETS = [
    ("squeezenet1_1", "features.3", 3),
    ("squeezenet1_1", "features.10", 5),
    ("squeezenet1_1", "features.12", 382),
    ("vgg16", "features.5", 9),
    ("vgg16", "features.10", 5),
    ("vgg16", "features.28", 7),
]
SEEDS = 4000
ENOUGH_SEEDS = 200
COVERAGE = 0.1  # of the gradient's elements, above 1 % of the largest
TOLERANCE = 1e-5
PASSES_ON = 1e-5  # of a layer's largest gradient: what a unit must pass on for its switching to matter


def cut(network, layer):
    """The network up to and with `features.N`."""
    return network.features[: int(layer.split(".")[1]) + 1]


def image(seed, dtype):
    return (64 * named(f"image-{seed}", [1, 3, 40, 44])).to(dtype).requires_grad_()


def climb(network, channel, picture):
    """The score and its gradient at the picture."""
    score = network(picture)[0, channel].mean()
    (gradient,) = torch.autograd.grad(score, picture)
    return score.detach(), gradient[0]


def switch_distances(layer, before):
    """How far each output of a ReLU or max pool is from being switched, relative to the layer's largest input."""
    largest_input = before.abs().max()
    if isinstance(layer, torch.nn.ReLU):
        return before.abs() / largest_input
    size, stride = layer.kernel_size, layer.stride
    if layer.ceil_mode:  # what it adds below and to the right never wins, as −∞
        below, right = [-(length - size) % stride for length in before.shape[2:]]
        before = functional.pad(before, (0, right, 0, below), value=-torch.inf)
    largest, second = before.unfold(2, size, stride).unfold(3, size, stride).flatten(4).topk(2).values.unbind(-1)
    return (largest - second) / largest_input


def margin(network, channel, picture):
    """The smallest distance of a switch that matters."""
    kept = []

    def keep(layer, inputs, output):
        output.retain_grad()
        kept.append((layer, inputs[0].detach(), output))

    switches = [m for m in network.modules() if isinstance(m, (torch.nn.ReLU, torch.nn.MaxPool2d))]
    handles = [layer.register_forward_hook(keep) for layer in switches]
    network(picture)[0, channel].mean().backward()
    for handle in handles:
        handle.remove()
    smallest = torch.inf
    for layer, before, output in kept:
        if output.grad is None:  # past the target's own channel
            continue
        passed_on = output.grad.abs()
        matters = passed_on > PASSES_ON * passed_on.max()
        if isinstance(layer, torch.nn.MaxPool2d):
            matters &= output > 0  # a maximum of 0 ends at the ReLU before
        if matters.any():
            smallest = min(smallest, switch_distances(layer, before)[matters].min().item())
    return smallest


def agreement(single, double):
    return ((single.double() - double).abs().max() / double.abs().max()).item()


def best_seed(network, channel):
    """The seed with the largest margin among the first with enough coverage, and the margins of all these."""
    margins = {}
    for seed in range(SEEDS):
        picture = image(seed, torch.float64)
        with torch.no_grad():
            alive = network(picture)[0, channel].any()
        if not alive:
            continue
        candidate = margin(network, channel, picture)
        size = picture.grad.abs()
        if (size > 0.01 * size.max()).double().mean() >= COVERAGE:
            margins[seed] = candidate
        if len(margins) == ENOUGH_SEEDS:
            break
    return max(margins, key=margins.get), margins


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("models")
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors, cases = {}, {}
for model, layer, channel in TARGETS:
    name = f"{model}/{layer}/{channel}"
    network = cut(bundled_networks.load(model, arguments.models), layer)
    seed, margins = best_seed(network, channel)
    score, gradient = climb(network, channel, image(seed, torch.float64))
    single = cut(bundled_networks.load(model, arguments.models, torch.float32), layer)
    difference = agreement(climb(single, channel, image(seed, torch.float32))[1], gradient)
    cases[name] = {
        "seed": seed,
        "margin": float(f"{margins[seed]:.2g}"),
        "agreement": float(f"{difference:.1g}"),
        "tolerance": TOLERANCE,
        "cosine": difference > TOLERANCE,
    }
    print(name, f"{len(margins)} seeds", cases[name])
    tensors[name + "/gradient"] = gradient
    tensors[name + "/score"] = score.reshape(1)
golden_file.write(arguments.goldens, __file__, tensors, input='64 * value("image-SEED", i), [3, 40, 44]', cases=cases)
