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
    expected_gradients [3, 12, 14] the mean over (baseline, place) = (a, 0.125), (b, 0.5), (a, 0.875) of (x − x′) · ∂f/∂x on the way,
                                with the baselines value("attribution/baseline/…", [3, 12, 14]) · 0.25 + 0.5
    activation_path [6, 12, 14] InternalInfluence's path with a · gradient: a · ∫ ∂f/∂a (α a) dα at g1, 20 points of Gauss and Legendre
    relation [42, 6, 7]         for each position of g2 Σ over channels of a · ∂‖g2(·, i, j)‖/∂a at p1
    low_pass [3, 12, 14]        InputXGradient with the waves of at most 3 periods across the picture
    smoothgrad, smoothgrad_squared, vargrad [3, 12, 14]  NoiseTunnel's statistics of the gradients at x + value("attribution/noise/0 … 3") · 0.1

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


def further(network, x, g2):
    def gradient(at):
        at = at.detach().requires_grad_()
        return torch.autograd.grad(network(at)[0, TARGET], at)[0]

    baselines = {
        name: torch.from_numpy(integer_hash.values(f"attribution/baseline/{name}", [1, 3, 12, 14]) * 0.25 + 0.5)
        for name in "ab"
    }
    draws = [("a", 0.125), ("b", 0.5), ("a", 0.875)]
    expected = sum(
        (x - baselines[name]) * gradient(baselines[name] + place * (x - baselines[name])) for name, place in draws) / 3

    g1 = network.g1(network.c1(x)).detach()
    nodes, weights = numpy.polynomial.legendre.leggauss(20)
    path = 0
    for node, weight in zip((nodes + 1) / 2, weights / 2):
        point = (node * g1).requires_grad_()
        score = network.fc(network.g2(network.c2(network.p1(point))).mean((2, 3)))[0, TARGET]
        path = path + weight * torch.autograd.grad(score, point)[0]

    p1 = network.p1(g1).detach().requires_grad_()
    deep = network.g2(network.c2(p1))[0]
    relation = [
        (p1 * torch.autograd.grad(deep[:, i, j].norm(), p1, retain_graph=True)[0]).sum(1)[0].detach()
        for i in range(6) for j in range(7)
    ]

    product = (x * gradient(x))[0].numpy()
    rows, columns = (numpy.fft.fftfreq(n, 1 / n)[:, None] for n in (12, 14))
    circle = rows**2 + columns.T**2 <= 9
    noisy = [
        gradient(x + torch.from_numpy(integer_hash.values(f"attribution/noise/{i}", [1, 3, 12, 14]) * 0.1))[0] for i in range(4)
    ]
    stacked = torch.stack(noisy)
    return {
        "expected_gradients": expected[0],
        "activation_path": (g1 * path)[0],
        "relation": torch.stack(relation),
        "low_pass": torch.from_numpy(numpy.fft.ifft2(numpy.fft.fft2(product) * circle).real.copy()),
        "smoothgrad": stacked.mean(0),
        "smoothgrad_squared": (stacked**2).mean(0),
        "vargrad": stacked.var(0, unbiased=False),
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
    tensors |= further(network, x, seen["a"])
    golden_file.write(folder, __file__, tensors)


main()
