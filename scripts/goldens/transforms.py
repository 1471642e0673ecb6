#!/usr/bin/env python3
"""Resizing, rotating, padding and cropping, with their adjoints, computed by torch in float64.

    scripts/goldens/transforms.py GOLDENS_FOLDER

The input of every case is value("transform-input"), [3, 9, 12]; the gradient at its output is value("CASE/gradient").
Tensors:
    CASE/output            [3, height, width] of the output
    CASE/input_gradient    [3, 9, 12], the adjoint of the gradient
Cases:
    resize-HxW             to height H and width W: F.interpolate, bilinear, align_corners=False, antialias=False, that is
                           output pixel i takes source coordinate max(0, (i + 1/2)·(old/new) − 1/2), edges repeated
    rotate-DEGREES         about the centre (cx, cy) = ((w − 1)/2, (h − 1)/2); a positive angle θ turns the picture
                           counter-clockwise as seen on a screen, where y points down:
                               output(x, y) = input(cx + cosθ·(x − cx) − sinθ·(y − cy), cy + sinθ·(x − cx) + cosθ·(y − cy))
                           sampled bilinearly, each of the four neighbours outside the image counting as 0
    pad-3                  3 pixels of 0.5 on every side
    crop-5x7-at-2-3        rows 2…6 and columns 3…9
    blur-σ                 a Gaussian blur of deviation σ pixels, weights exp(−d²/2σ²) of the distances d up to ⌈3σ⌉ along
                           rows and columns, divided by the sum of those whose pixel is inside the picture; as matrices
The metadata entry "cases" is a JSON object with each case's parameters.
Besides, a picture with an opacity over a background: x = value("composite"), [4, 5, 6], the opacity a last; background
b = value("composite/background"), [3, 5, 6]; a·x + (1 − a)·b with the gradient value("composite/gradient"):
    composite/output [3, 5, 6], composite/input_gradient [4, 5, 6]
Factors of captum's robust set: 0.995^n, n = −5…79, and twice 0.998^n, n = 20…39, in ascending order:
    powers [125]
"""

import argparse
import math

import numpy
import torch
from torch.nn import functional

import golden_file
from golden_file import named

HEIGHT, WIDTH = 9, 12
CASES = {
    **{f"resize-{height}x{width}": dict(kind="resize", height=height, width=width)
       for height, width in [(7, 10), (11, 15), (9, 12), (18, 5)]},
    **{f"rotate-{degrees}": dict(kind="rotate", degrees=degrees) for degrees in [7, -10, 33]},
    "pad-3": dict(kind="pad", amount=3, constant=0.5),
    **{f"blur-{deviation}": dict(kind="blur", deviation=deviation) for deviation in [0.4, 1.05, 3]},
    "crop-5x7-at-2-3": dict(kind="crop", height=5, width=7, top=2, left=3),
}


def rotated(image, degrees):
    """The formula above; grid_sample with align_corners=True wants the coordinates 0…length − 1 as −1…1."""
    angle = math.radians(degrees)
    center_x, center_y = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    y, x = torch.meshgrid(
        torch.arange(HEIGHT, dtype=torch.float64) - center_y,
        torch.arange(WIDTH, dtype=torch.float64) - center_x,
        indexing="ij",
    )
    source_x = math.cos(angle) * x - math.sin(angle) * y  # from the centre
    source_y = math.sin(angle) * x + math.cos(angle) * y
    grid = torch.stack([source_x / center_x, source_y / center_y], dim=-1)
    return functional.grid_sample(image, grid[None], mode="bilinear", padding_mode="zeros", align_corners=True)


def blurring(extent, deviation):
    """The matrix of the blur along an axis."""
    distance = torch.arange(extent)[:, None] - torch.arange(extent)
    weights = torch.exp(-(distance.double() ** 2) / (2 * deviation**2))
    weights[distance.abs() > math.ceil(3 * deviation)] = 0
    return weights / weights.sum(dim=1, keepdim=True)


def apply(case, image):
    kind = case["kind"]
    if kind == "resize":
        return functional.interpolate(
            image, (case["height"], case["width"]), mode="bilinear", align_corners=False, antialias=False)
    if kind == "rotate":
        return rotated(image, case["degrees"])
    if kind == "pad":
        return functional.pad(image, [case["amount"]] * 4, value=case["constant"])
    if kind == "crop":
        top, left = case["top"], case["left"]
        return image[:, :, top : top + case["height"], left : left + case["width"]]
    if kind == "blur":
        return torch.einsum(
            "yi,xj,bcij->bcyx", blurring(HEIGHT, case["deviation"]), blurring(WIDTH, case["deviation"]), image)
    raise ValueError(kind)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors = {}
for name, case in CASES.items():
    image = named("transform-input", [1, 3, HEIGHT, WIDTH]).requires_grad_()
    output = apply(case, image)
    output.backward(named(name + "/gradient", output.shape))
    tensors[name + "/output"] = output[0]
    tensors[name + "/input_gradient"] = image.grad[0]

picture = named("composite", [4, 5, 6]).requires_grad_()
opacity = picture[3]
output = opacity * picture[:3] + (1 - opacity) * named("composite/background", [3, 5, 6])
output.backward(named("composite/gradient", [3, 5, 6]))
tensors["composite/output"] = output
tensors["composite/input_gradient"] = picture.grad
tensors["powers"] = numpy.sort(numpy.concatenate([0.995 ** numpy.arange(-5.0, 80), *2 * [0.998 ** numpy.arange(20.0, 40)]]))
golden_file.write(arguments.goldens, __file__, tensors, cases=CASES)
