#!/usr/bin/env python3
"""How far pairs of pictures are apart, in GOLDENS_FOLDER/picture_differences.safetensors: scikit-image's and NumPy's numbers.

    scripts/goldens/picture_differences.py GOLDENS_FOLDER

Needs scikit-image. Each tensor holds a pair's RMS and largest difference (0 to 255), PSNR, SSIM of the lumas, mean and
largest CIEDE2000. The pictures are 48 pixels wide and 40 high and have 8 bits; sample (x, y, channel) is

    expected   30 + 2 x + y + 30 channel + floor(8 value(NAME/expected) + 8)
    actual     that + floor(spread value(NAME/actual) + 0.5), kept in 0…255

where value is the hash tensor of that name (integer_hash.py), [40, 48, 3], and NAME and spread are

    slight 2, strong 90
    deep     20; both pictures times 257, and the actual one one more where that can be said, in 16 bits
    clear    20; alphas 128 + floor(127 value(NAME/expected/alpha)) and the same of NAME/actual/alpha, which count as a
             fourth sample for RMS, largest difference and PSNR; SSIM and CIEDE2000 are the worse of those of the pictures
             blended with black and with white, CIEDE2000 at each pixel
    narrow   20; the left 7 columns alone: the window of SSIM is 7 pixels wide, worked out by NumPy
"""

import argparse

import numpy
import skimage.color
import skimage.metrics

import golden_file
import integer_hash

WIDTH, HEIGHT = 48, 40


def luma(rgb):
    return rgb @ numpy.array([0.299, 0.587, 0.114])


def similarity(expected, actual):
    """Between two lumas."""
    if min(expected.shape) < 11:
        return similarity_in_full(expected, actual)
    whole = skimage.metrics.structural_similarity(
        expected, actual, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1)
    assert abs(whole - similarity_in_full(expected, actual)) < 1e-12
    return whole


def similarity_in_full(x, y):
    """The formula, position by position."""
    sides = [min(11, side) for side in x.shape]
    bells = [numpy.exp(-((numpy.arange(side) - (side - 1) / 2) ** 2) / (2 * 1.5**2)) for side in sides]
    window = numpy.outer(*[bell / bell.sum() for bell in bells])

    def mean(plane):
        return (numpy.lib.stride_tricks.sliding_window_view(plane, window.shape) * window).sum((2, 3))

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    return ((2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean()


def colour(expected, actual):
    return skimage.color.deltaE_ciede2000(skimage.color.rgb2lab(expected), skimage.color.rgb2lab(actual))


def seen(rgba, ground):
    return rgba[..., :3] * rgba[..., 3:] + ground * (1 - rgba[..., 3:])


def measures(expected, actual):
    """Between two pictures in 0…1."""
    error = 255 * (expected - actual)
    rms = numpy.sqrt((error**2).mean())
    if expected.shape[2] == 3:
        views = [(expected, actual)]
    else:
        views = [(seen(expected, ground), seen(actual, ground)) for ground in (0, 1)]
    colours = numpy.max([colour(*view) for view in views], axis=0)
    return numpy.array([
        rms, abs(error).max(), skimage.metrics.peak_signal_noise_ratio(expected, actual, data_range=1),
        min(similarity(luma(a), luma(b)) for a, b in views), colours.mean(), colours.max()])


def pair(name, spread):
    y, x, channel = numpy.mgrid[0:HEIGHT, 0:WIDTH, 0:3]

    def values(what):
        return integer_hash.values(f"{name}/{what}", (HEIGHT, WIDTH, 3))

    expected = 30 + 2 * x + y + 30 * channel + numpy.floor(8 * values("expected") + 8)
    return expected, numpy.clip(expected + numpy.floor(spread * values("actual") + 0.5), 0, 255)


def alpha(name, which):
    return 128 + numpy.floor(127 * integer_hash.values(f"{name}/{which}/alpha", (HEIGHT, WIDTH, 1)))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
folder = parser.parse_args().goldens
tensors = {}
for name, spread in [("slight", 2), ("strong", 90)]:
    expected, actual = pair(name, spread)
    tensors[name] = measures(expected / 255, actual / 255)
expected, actual = pair("deep", 20)
tensors["deep"] = measures(expected * 257 / 65535, numpy.minimum(actual * 257 + 1, 65535) / 65535)
expected, actual = pair("clear", 20)
tensors["clear"] = measures(
    numpy.concatenate([expected, alpha("clear", "expected")], axis=2) / 255,
    numpy.concatenate([actual, alpha("clear", "actual")], axis=2) / 255)
expected, actual = pair("narrow", 20)
tensors["narrow"] = measures(expected[:, :7] / 255, actual[:, :7] / 255)
golden_file.write(folder, __file__, tensors)
