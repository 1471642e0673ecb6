#!/usr/bin/env python3
"""What SqueezeNet answers to forty crops of two photographs, by NumPy over PyTorch's activations in float64.

    scripts/goldens/scan.py MODELS_FOLDER GOLDENS_FOLDER

Crop i is 256 × 256 pixels of Tests/CommandTests/Photos/chelsea.jpg (even i) or coffee.jpg (odd i), from x = 37·i mod (width − 255) and
y = 23·i mod (height − 255); the network sees its middle 224 × 224 pixels, less the mean 123, 117, 104. The layer is features.12,
of which channels 0…23 are kept:
    maxima, means [40, 24]      each crop's over positions
    power_sums [4, 24]          the mean of a, a², a³ and a⁴ over all positions
    order [24, 10]              the crops with the largest maxima, the largest first
    quantiles [4, 24]           of all positions: 50, 90, 99 and 99.9 %, NumPy's linear interpolation
    covariance [24, 24]         over all positions
"""

import argparse
import pathlib

import numpy
import torch
from PIL import Image

import bundled_networks
import golden_file

CROPS, CHANNELS, BEST = 40, 24, 10
MEAN = [123, 117, 104]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("models")
parser.add_argument("goldens")
arguments = parser.parse_args()

folder = pathlib.Path(__file__).parents[2] / "Tests/CommandTests/Photos"
photos = [numpy.asarray(Image.open(folder / f"{name}.jpg").convert("RGB")) for name in ["chelsea", "coffee"]]
network = bundled_networks.load("squeezenet1_1", arguments.models)
found = []
for index in range(CROPS):
    photo = photos[index % 2]
    x, y = 37 * index % (photo.shape[1] - 255), 23 * index % (photo.shape[0] - 255)
    seen = photo[y + 16:y + 240, x + 16:x + 240].astype("f8") - MEAN
    with torch.no_grad():
        found.append(network.features(torch.from_numpy(seen.transpose(2, 0, 1)[None]))[0, :CHANNELS].numpy())
activations = numpy.stack(found).reshape(CROPS, CHANNELS, -1)  # [crops, channels, positions]
examples = activations.transpose(1, 0, 2).reshape(CHANNELS, -1)
maxima = activations.max(2)
golden_file.write(arguments.goldens, __file__, {
    "maxima": maxima,
    "means": activations.mean(2),
    "power_sums": numpy.array([(examples**power).mean(1) for power in range(1, 5)]),
    "order": numpy.argsort(-maxima, axis=0, kind="stable")[:BEST].T,
    "quantiles": numpy.quantile(examples, [0.5, 0.9, 0.99, 0.999], axis=1),
    "covariance": numpy.cov(examples, bias=True),
})
