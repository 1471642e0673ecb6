#!/usr/bin/env python3
"""The ways to write a picture in numbers that fourier_image.py leaves out, by torch and NumPy in float64.

    scripts/goldens/canvases.py GOLDENS_FOLDER

Every gradient is that of sum(value("NAME/gradient") · output) at the parameters. Bilinear enlargements are
F.interpolate(mode="bilinear", align_corners=False). Tensors:

Fourier images of other than three channels, NAME = "fourier-CxHxW", exponent p of POWERS, the rest as in fourier_image.py:
z = 0.01 · value("NAME/real"), 0.01 · value("NAME/imaginary"), [C, H, columns] each.
    NAME/values, NAME/rgb [C, H, W]        the image, and the picture: of four channels the colour matrix applies to the
                                           first three; then all through a sigmoid
    NAME/real_gradient, NAME/imaginary_gradient [C, H, columns]        of rgb
Colour maps of x = value("NAME"), [C, 5, 4]: NAME/rgb and NAME/parameter_gradient
    colour-2              a grey picture with an opacity: the sigmoid alone
    colour-4              colours with an opacity
    colour-4-correlated   the same without the matrix
Laplacian pyramids, NAME = "laplacian-HxW": Σ over k = 1, 2, 4, 8 of the enlarged part of [3, max(1, H // k), max(1, W // k)];
the parts lie one after the other in value("NAME/parameters").
    NAME/values [3, H, W], NAME/parameter_gradient [all]
CPPN, NAME = "cppn-HxW": a 1×1 convolution of 2 → 24 channels, seven of 48 → 24 and one of 48 → 3, with
concat(atan(x)/0.67, atan(x)²/0.6) after all but the last. Inputs are x, then y: column i of w is at
(2i − (w − 1)) / (longer − 1) · √3, with longer the larger of width and height; rows alike. A layer's parameters are its
weights [outputs, inputs], √(3 / inputs) · value("NAME/weights.LAYER"), then its biases, value("NAME/biases.LAYER") / 2.
    NAME/values [3, H, W] or, of the larger one, its elements at positions("NAME/values", 64)
    NAME/first, NAME/last                  the gradient at all parameters of the first and the last layer
    NAME/gradient_sample                   that at positions("NAME/gradient_sample", 256) of all parameters in one row
MaCo, NAME = "maco-HxW": phases φ = 2 · value("NAME/phases"), [3, H, frequencies] for the width rounded up to an even one,
    φ' = (φ − mean) / (std + 1e-5);  t = irfft2(r · exp(iφ'))[:, :, :W];  values = (t − mean) / (std + 1e-5)
with means and (population) deviations over all elements. r falls with f = √(fx² + fy²) in cycles a pixel as f^−1.7, with f
kept within 1/512…(511.5/512)·√½, the middle of the outermost of 512 rings; of "maco-rings" it is interpolated in log-log between the middles of the rings RINGS,
which divide 0…√½ evenly, level beyond the outermost middles.
    NAME/values [3, H, W], NAME/parameter_gradient [3, H, frequencies]
Pictures with shared detail, "shared": three grey pictures of [1, 17, 9], pixels value("shared/picture.i") plus, shared by
all, the enlarged value("shared/part.j"), j = 0…7, of 1/2, 1/4, 1/8, 1/8, 1/8, 1/16, 1/16 and 1/16 of the extents (at least 1,
rounded down), where the parts 3, 4 and 6, 7 are the two ends of a blend from the first picture to the last; then a sigmoid.
    shared/picture.i [1, 17, 9], shared/picture_gradient.i, shared/part_gradient.j
The spectrum of photographs, "spectrum-S": of value("spectrum-S.0") and ".1", [3, S, S] (odd S: the last column repeated once),
|rfft2|, averaged over the bins in each of max(8, S // 2) rings of f; 0 where a ring has no bins.
    spectrum-S [rings]
"""

import argparse
import math

import numpy
import torch
from torch.nn import functional

import golden_file
import integer_hash
from golden_file import named

COLOR = numpy.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
MATRIX = torch.from_numpy(COLOR / numpy.linalg.norm(COLOR, axis=0).max())
POWERS = {(1, 6, 5): 1.5, (4, 7, 8): 1}
RINGS = [5.0, 3.0, 1.0, 0.5, 0.1]


def columns(width):
    return width // 2 + (1 if width % 2 == 0 else 2)


def enlarged(part, height, width):
    return functional.interpolate(part[None], (height, width), mode="bilinear", align_corners=False)[0]


def coloured(values, colours, decorrelated):
    """The colours of values with `colours` channels and perhaps an opacity."""
    if colours == 3 and decorrelated:
        values = torch.cat([torch.einsum("ij,jyx->iyx", MATRIX, values[:3]), values[3:]])
    return torch.sigmoid(values)


def backward(name, output, leaves):
    return torch.autograd.grad((named(name + "/gradient", output.shape) * output).sum(), leaves)


def fourier(tensors):
    for (channels, height, width), power in POWERS.items():
        name = f"fourier-{channels}x{height}x{width}"
        vertical = numpy.fft.fftfreq(height)[:, None]
        horizontal = numpy.fft.fftfreq(width)[: columns(width)]
        frequency = numpy.maximum(numpy.sqrt(horizontal**2 + vertical**2), 1 / max(width, height))
        scale = torch.from_numpy(math.sqrt(width * height) / frequency**power)
        shape = [channels, height, columns(width)]
        real = (0.01 * named(name + "/real", shape)).requires_grad_()
        imaginary = (0.01 * named(name + "/imaginary", shape)).requires_grad_()
        values = torch.fft.irfft2(torch.complex(real, imaginary) * scale)[:, :height, :width] / 4
        rgb = coloured(values, min(channels, 3), True)
        gradients = backward(name, rgb, [real, imaginary])
        tensors |= {name + "/values": values, name + "/rgb": rgb, name + "/real_gradient": gradients[0],
                    name + "/imaginary_gradient": gradients[1]}


def colours(tensors):
    for name, channels, decorrelated in [("colour-2", 2, True), ("colour-4", 4, True), ("colour-4-correlated", 4, False)]:
        x = named(name, [channels, 5, 4]).requires_grad_()
        rgb = coloured(x, channels - 1, decorrelated)
        (gradient,) = backward(name, rgb, [x])
        tensors |= {name + "/rgb": rgb, name + "/parameter_gradient": gradient}


def laplacian(tensors):
    for height, width in [(16, 12), (9, 5)]:
        name = f"laplacian-{height}x{width}"
        shapes = [[3, max(1, height // k), max(1, width // k)] for k in (1, 2, 4, 8)]
        sizes = [math.prod(shape) for shape in shapes]
        parameters = named(name + "/parameters", [sum(sizes)]).requires_grad_()
        parts = [part.reshape(shape) for part, shape in zip(parameters.split(sizes), shapes)]
        values = sum(enlarged(part, height, width) for part in parts)
        (gradient,) = backward(name, values, [parameters])
        tensors |= {name + "/values": values, name + "/parameter_gradient": gradient}


def cppn(tensors):
    for height, width in [(7, 9), (66, 70)]:
        name = f"cppn-{height}x{width}"
        places = [(2 * torch.arange(extent, dtype=torch.float64) - (extent - 1)) / (max(height, width) - 1) * math.sqrt(3)
                  for extent in (height, width)]
        y, x = torch.meshgrid(*places, indexing="ij")
        signal = torch.stack([x, y])
        leaves = []
        extents = [(2, 24)] + 7 * [(48, 24)] + [(48, 3)]
        for layer, (inputs, outputs) in enumerate(extents):
            weights = (math.sqrt(3 / inputs) * named(f"{name}/weights.{layer}", [outputs, inputs])).requires_grad_()
            biases = (named(f"{name}/biases.{layer}", [outputs]) / 2).requires_grad_()
            leaves += [weights, biases]
            signal = functional.conv2d(signal[None], weights[:, :, None, None], biases)[0]
            if layer < len(extents) - 1:
                angle = torch.atan(signal)
                signal = torch.cat([angle / 0.67, angle**2 / 0.6])
        gradients = [gradient.reshape(-1) for gradient in backward(name, signal, leaves)]
        everything = torch.cat(gradients)
        picked = integer_hash.positions(name + "/gradient_sample", 256, everything.numel())
        if height * width > 100:
            signal = signal.reshape(-1)[integer_hash.positions(name + "/values", 64, signal.numel())]
        tensors |= {name + "/values": signal, name + "/first": torch.cat(gradients[:2]), name + "/last": torch.cat(gradients[-2:]),
                    name + "/gradient_sample": everything[picked]}


def standardized(x):
    return (x - x.mean()) / (x.std(correction=0) + 1e-5)


def frequencies(height, width):
    """The magnitude of each bin's frequency, [height, width / 2 + 1]."""
    return numpy.hypot(numpy.fft.fftfreq(height)[:, None], numpy.fft.rfftfreq(width))


def natural(frequency):
    return numpy.clip(frequency, 1 / 512, 511.5 / 512 * math.sqrt(0.5)) ** -1.7


def of_rings(frequency):
    middles = (numpy.arange(len(RINGS)) + 0.5) / len(RINGS) * math.sqrt(0.5)
    return numpy.exp(numpy.interp(numpy.log(numpy.maximum(frequency, 1e-9)), numpy.log(middles), numpy.log(RINGS)))


def maco(tensors):
    for name, height, width, spectrum in [("maco-8x10", 8, 10, natural), ("maco-7x9", 7, 9, natural), ("maco-rings", 6, 8, of_rings)]:
        even = width + width % 2
        magnitude = torch.from_numpy(spectrum(frequencies(height, even)))
        phases = (2 * named(name + "/phases", [3, height, even // 2 + 1])).requires_grad_()
        turned = magnitude * torch.exp(1j * standardized(phases))
        values = standardized(torch.fft.irfft2(turned, s=(height, even))[:, :, :width])
        (gradient,) = backward(name, values, [phases])
        tensors |= {name + "/values": values, name + "/parameter_gradient": gradient}


def shared(tensors):
    height, width, count = 17, 9, 3
    pixels = [named(f"shared/picture.{i}", [1, height, width]).requires_grad_() for i in range(count)]
    divisors = [2, 4, 8, 8, 8, 16, 16, 16]
    parts = [named(f"shared/part.{j}", [1, max(1, height // k), max(1, width // k)]).requires_grad_()
             for j, k in enumerate(divisors)]
    large = [enlarged(part, height, width) for part in parts]
    pictures = []
    for i in range(count):
        along = i / (count - 1)
        total = pixels[i] + large[0] + large[1] + large[2] + large[5]
        total = total + (1 - along) * (large[3] + large[6]) + along * (large[4] + large[7])
        pictures.append(torch.sigmoid(total))
    score = sum((named(f"shared/gradient.{i}", [1, height, width]) * picture).sum() for i, picture in enumerate(pictures))
    gradients = torch.autograd.grad(score, pixels + parts)
    for i in range(count):
        tensors |= {f"shared/picture.{i}": pictures[i], f"shared/picture_gradient.{i}": gradients[i]}
    tensors |= {f"shared/part_gradient.{j}": gradient for j, gradient in enumerate(gradients[count:])}


def spectra(tensors):
    for side in (14, 9):
        photos = numpy.concatenate([integer_hash.values(f"spectrum-{side}.{i}", [3, side, side]) for i in range(2)])
        if side % 2:
            photos = numpy.concatenate([photos, photos[:, :, -1:]], axis=2)
        magnitudes = abs(numpy.fft.rfft2(photos)).mean(axis=0)
        rings = max(8, side // 2)
        places = frequencies(*photos.shape[1:]) / math.sqrt(0.5) * rings
        places = numpy.minimum(numpy.floor(places).astype(int), rings - 1)
        means = [magnitudes[places == ring].mean() if (places == ring).any() else 0 for ring in range(rings)]
        tensors |= {f"spectrum-{side}": numpy.array(means)}


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors = {}
for part in (fourier, colours, laplacian, cppn, maco, shared, spectra):
    part(tensors)
golden_file.write(arguments.goldens, __file__, tensors)
