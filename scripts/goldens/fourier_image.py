#!/usr/bin/env python3
"""The Fourier image and the colours of tensorflow/lucid: NumPy from the formulas, gradients by torch in float64.

    scripts/goldens/fourier_image.py GOLDENS_FOLDER

Lucid's lucid/optvis/param/spatial.py and color.py say, for an image of height h and width w:
    columns  = w/2 + 1 if w is even, (w − 1)/2 + 2 if it is odd: one more, for irfft2 makes an even width, 2·(columns − 1)
    fy, fx   = fftfreq(h), fftfreq(w)[:columns], in cycles a pixel. The last fx is −1/2 for an even w and −(w − 1)/(2w)
               for an odd one; only its square counts
    z        = parameters [2, 3, h, columns]: real parts, then imaginary parts
    X        = z · √(w·h) / max(√(fx² + fy²), 1/max(w, h))
    image    = irfft2(X) / 4, cropped to [3, h, w]. (The inverse transform divides by the h · 2·(columns − 1) elements
               that it makes. It ignores the imaginary part, after the vertical transform, of the first and last column.)
    rgb      = sigmoid(M · image), pixel by pixel, M the colour matrix below divided by its largest column norm

Here z = 0.01 · value("spectrum-HxW"), and the gradient is that of sum(value("fourier-gradient-HxW") · rgb). Tensors:
    HxW/image [3, h, w], HxW/rgb [3, h, w], HxW/parameter_gradient [2, 3, h, columns]
    color/matrix [3, 3], M
    pixel/rgb, pixel/parameter_gradient [3, 6, 7], of rgb = sigmoid(M · x) with x = value("pixel") and the gradient of
        sum(value("pixel-gradient") · rgb)
"""

import argparse

import numpy
import torch

import golden_file
import integer_hash

SIZES = [(8, 8), (7, 9), (8, 5), (5, 12)]  # height, width
COLOR = numpy.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
MATRIX = COLOR / numpy.linalg.norm(COLOR, axis=0).max()


def columns(width):
    return width // 2 + (1 if width % 2 == 0 else 2)


def scale(height, width):
    """The factor of each parameter, [height, columns]."""
    vertical = numpy.fft.fftfreq(height)[:, None]
    horizontal = numpy.fft.fftfreq(width)[: columns(width)]
    frequency = numpy.sqrt(horizontal**2 + vertical**2)
    return numpy.sqrt(width * height) / numpy.maximum(frequency, 1 / max(width, height))


def image_by_numpy(parameters, height, width):
    spectrum = (parameters[0] + 1j * parameters[1]) * scale(height, width)
    return numpy.fft.irfft2(spectrum)[:, :height, :width] / 4


def rgb_by_numpy(image):
    return 1 / (1 + numpy.exp(-numpy.einsum("ij,jyx->iyx", MATRIX, image)))


def image_by_torch(parameters, height, width):
    spectrum = torch.complex(parameters[0], parameters[1]) * torch.from_numpy(scale(height, width))
    return torch.fft.irfft2(spectrum)[:, :height, :width] / 4


def rgb_by_torch(image):
    return torch.sigmoid(torch.einsum("ij,jyx->iyx", torch.from_numpy(MATRIX), image))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors = {"color/matrix": MATRIX}
for height, width in SIZES:
    size = f"{height}x{width}"
    parameters = 0.01 * integer_hash.values(f"spectrum-{size}", [2, 3, height, columns(width)])
    image = image_by_numpy(parameters, height, width)
    rgb = rgb_by_numpy(image)

    variable = torch.from_numpy(parameters).requires_grad_()
    rgb_again = rgb_by_torch(image_by_torch(variable, height, width))
    rgb_again.backward(golden_file.named(f"fourier-gradient-{size}", rgb.shape))
    assert abs(rgb_again.detach().numpy() - rgb).max() < 1e-12

    tensors[f"{size}/image"] = image
    tensors[f"{size}/rgb"] = rgb
    tensors[f"{size}/parameter_gradient"] = variable.grad

pixels = golden_file.named("pixel", [3, 6, 7]).requires_grad_()
rgb_by_torch(pixels).backward(golden_file.named("pixel-gradient", [3, 6, 7]))
tensors["pixel/rgb"] = rgb_by_numpy(pixels.detach().numpy())
tensors["pixel/parameter_gradient"] = pixels.grad
golden_file.write(arguments.goldens, __file__, tensors)
