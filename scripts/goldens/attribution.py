#!/usr/bin/env python3
"""Attribution by Captum, in float64, for a small network of smooth functions; and maps of a layer by their formulas.

    scripts/goldens/attribution.py GOLDENS_FOLDER

The network takes value("attribution/picture", [3, 12, 14]) · 0.25 + 0.5 as x and 0 as the baseline:
    c1   convolution 3 → 6, 3×3, padding 1    g1 GELU    p1 average pool 2
    c2   convolution 6 → 8, 3×3, padding 1    g2 GELU    p2 mean over positions    fc linear 8 → 5
Weights and biases are made from the hash tensor u of their name ("c1.weight", …), as UntrainedWeights.swift says with gain 4.
The score is the logit 2. Tensors:
    saliency [3, 12, 14]        ∂f/∂x, signed
    integrated [3, 12, 14]      IntegratedGradients, 20 points of Gauss and Legendre
    activation, gradient        a and ∂f/∂a at g2, [8, 6, 7]
    grad_cam [6, 7]             LayerGradCam at g2 with relu_attributions
    gradient_x_activation [6, 7] LayerGradientXActivation at g2, summed over channels
    conductance [6, 12, 14]     LayerConductance at g1, 4000 points

The tensors formula/… are of a = value("attribution/a", [4, 5, 6]) and g = value("attribution/g", [4, 5, 6]) alone:
layer_cam, grad_cam_plus_plus, xgrad_cam and eigen_cam as LayerAttribution.swift writes them, [5, 6] each.
"""

import argparse

import numpy
import torch
from captum.attr import (
    IntegratedGradients,
    LayerConductance,
    LayerGradCam,
    LayerGradientXActivation,
    Saliency,
)

import golden_file
import integer_hash

GAIN = 4
TARGET = 2


def weights(name, shape):
    values = integer_hash.values(name, shape)
    scale = (3 * GAIN / numpy.prod(shape[1:])) ** 0.5 if len(shape) > 1 else 0.1
    return torch.from_numpy(values * scale)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = torch.nn.Conv2d(3, 6, 3, padding=1)
        self.g1 = torch.nn.GELU()
        self.p1 = torch.nn.AvgPool2d(2)
        self.c2 = torch.nn.Conv2d(6, 8, 3, padding=1)
        self.g2 = torch.nn.GELU()
        self.fc = torch.nn.Linear(8, 5)
        self.double()
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                parameter.copy_(weights(name, list(parameter.shape)))

    def forward(self, x):
        x = self.p1(self.g1(self.c1(x)))
        return self.fc(self.g2(self.c2(x)).mean((2, 3)))


def formulas():
    a, g = (integer_hash.values(f"attribution/{name}", [4, 5, 6]) for name in "ag")
    positive = numpy.maximum(g, 0)
    sums = a.sum((1, 2), keepdims=True)
    alpha = numpy.where(g == 0, 0, g**2 / (2 * g**2 + g**3 * sums + 1e-6))
    plus = (alpha * positive).sum((1, 2))
    x_weights = (g * a).sum((1, 2)) / (a.sum((1, 2)) + 1e-7)
    centred = (a - a.mean((1, 2), keepdims=True)).reshape(4, -1)
    _, singular, rows = numpy.linalg.svd(centred, full_matrices=False)
    eigen = rows[0] * singular[0]
    if eigen.max() < -eigen.min():
        eigen = -eigen

    def weighted(w):
        return numpy.maximum(numpy.tensordot(w, a, 1), 0)

    return {
        "formula/layer_cam": (positive * a).sum(0),
        "formula/grad_cam_plus_plus": weighted(plus),
        "formula/xgrad_cam": weighted(x_weights),
        "formula/eigen_cam": eigen.reshape(5, 6),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    network = Network().eval()
    x = torch.from_numpy(integer_hash.values("attribution/picture", [1, 3, 12, 14]) * 0.25 + 0.5)
    baseline = torch.zeros_like(x)
    seen = {}
    hook = network.g2.register_forward_hook(lambda module, inputs, output: seen.update(a=output))
    score = network(x.clone().requires_grad_())[0, TARGET]
    gradient = torch.autograd.grad(score, seen["a"])[0]
    hook.remove()
    tensors = {
        "score": score.reshape(1),
        "saliency": Saliency(network).attribute(x.clone(), target=TARGET, abs=False)[0],
        "integrated": IntegratedGradients(network).attribute(
            x, baseline, target=TARGET, n_steps=20, method="gausslegendre")[0],
        "activation": seen["a"][0],
        "gradient": gradient[0],
        "grad_cam": LayerGradCam(network, network.g2).attribute(x, target=TARGET, relu_attributions=True)[0, 0],
        "gradient_x_activation": LayerGradientXActivation(network, network.g2).attribute(x, target=TARGET)[0].sum(0),
        "conductance": LayerConductance(network, network.g1).attribute(
            x, baseline, target=TARGET, n_steps=4000, method="riemann_trapezoid")[0],
        **formulas(),
    }
    golden_file.write(folder, __file__, tensors)


main()
