#!/usr/bin/env python3
"""Attribution by Captum, in float64, for the bundled SqueezeNet and a photograph; and PyTorch's attention with its probabilities.

    scripts/goldens/attribution_squeezenet.py MODELS_FOLDER GOLDENS_FOLDER

The network sees the middle 224×224 pixels of Tests/CommandTests/Photos/chelsea.jpg, not scaled, and explains its likeliest class.
Maps of pixels are summed over colours (saliency: sizes) and over squares of 8×8 pixels:
    saliency, integrated [28, 28]          the latter by 50 points of Gauss and Legendre from the mean colour, which the network sees as 0
    grad_cam, gradient_x_activation [13, 13] at features.12, summed over channels
    conductance [13, 13]                   at features.8, 300 points of the trapezoid rule, summed over channels
    class [1]                              its number

attention/…: MultiheadAttention of 8 channels and 2 heads over 7 positions x = value("attention/x", [7, 8]), with the weights
value("attention/in", [24, 8]), value("attention/in_bias", [24]), value("attention/out", [8, 8]), value("attention/out_bias", [8]):
    probabilities [2, 7, 7], output [7, 8], and gradient [2, 7, 7], that of Σ output · value("attention/seed", [7, 8]) at the former
"""

import argparse
import pathlib

import numpy
import torch
from captum.attr import IntegratedGradients, LayerConductance, LayerGradCam, LayerGradientXActivation, Saliency
from PIL import Image

import bundled_networks
import golden_file
import integer_hash

MEAN = (123.0, 117.0, 104.0)
PHOTO = pathlib.Path(__file__).parent.parent.parent / "Tests/CommandTests/Photos/chelsea.jpg"


def squares(values):
    return torch.nn.functional.avg_pool2d(values[None, None], 8)[0, 0] * 64


def maps(folder):
    network = bundled_networks.load("squeezenet1_1", folder)
    image = Image.open(PHOTO).convert("RGB")
    left, top = (int(round((extent - 224) / 2)) for extent in image.size)
    pixels = numpy.asarray(image.crop((left, top, left + 224, top + 224)), numpy.float64)
    x = torch.from_numpy(pixels - numpy.array(MEAN)).permute(2, 0, 1)[None]
    target = network(x).argmax().item()
    deep, middle = network.features[12], network.features[8]
    return {
        "class": torch.tensor([float(target)]),
        # Of values in 0…1, which are 255 times as steep.
        "saliency": squares(Saliency(network).attribute(x.clone().requires_grad_(), target=target)[0].sum(0)) * 255,
        "integrated": squares(IntegratedGradients(network).attribute(
            x, target=target, n_steps=50, method="gausslegendre", internal_batch_size=10)[0].sum(0)),
        "grad_cam": LayerGradCam(network, deep).attribute(x, target=target, relu_attributions=True)[0, 0],
        "gradient_x_activation": LayerGradientXActivation(network, deep).attribute(x, target=target)[0].sum(0),
        "conductance": LayerConductance(network, middle).attribute(
            x, target=target, n_steps=300, method="riemann_trapezoid", internal_batch_size=20)[0].sum(0),
    }


def attention():
    def named(name, *shape):
        return torch.from_numpy(integer_hash.values(f"attention/{name}", list(shape)))

    module = torch.nn.MultiheadAttention(8, 2, batch_first=True).double().requires_grad_(False)
    module.in_proj_weight.copy_(named("in", 24, 8))
    module.in_proj_bias.copy_(named("in_bias", 24))
    module.out_proj.weight.copy_(named("out", 8, 8))
    module.out_proj.bias.copy_(named("out_bias", 8))
    x = named("x", 7, 8)
    output, probabilities = module(x[None], x[None], x[None], need_weights=True, average_attn_weights=False)
    values = (x @ module.in_proj_weight[16:].T + module.in_proj_bias[16:]).reshape(7, 2, 4).transpose(0, 1)
    given = probabilities[0].clone().requires_grad_()
    again = module.out_proj((given @ values).transpose(0, 1).reshape(7, 8))
    assert torch.allclose(again, output[0])
    gradient = torch.autograd.grad((again * named("seed", 7, 8)).sum(), given)[0]
    return {"attention/probabilities": probabilities[0], "attention/output": output[0], "attention/gradient": gradient}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models")
    parser.add_argument("folder")
    options = parser.parse_args()
    golden_file.write(options.folder, __file__, {**maps(options.models), **attention()})


main()
