#!/usr/bin/env python3
"""The parts of the standard look, by NumPy in float64; gradients by central differences.

    scripts/goldens/standard_look.py GOLDENS_FOLDER

Objectives, as in objectives.py: frames i with a = value("a-i"), [4, 5, 6], taken as 0.5 + a so that means differ from 0. m is
the mean of each channel of a. Of score(x, v, p) = d · max(0.1, c)^p with d = x · v and c = d / (‖x‖ ‖v‖ + 1e-6):
    channel_cosine(a,i,pow=p)      score(m − mean(m), e_i, p), p by default 1
    direction_cosine(a,i:w,…)      score(m − mean(m), v, p) with the weights as v
    interpolate_cosine(a,i,j)      Σ over the frames n of N of the latter with v = (1 − n/(N − 1)) e_i + n/(N − 1) e_j
    class_direction(i,pow=p)       score(m, value("class-i", [4]), p), p by default 2, of the layer class_features = a
An objective of one picture is the mean over frames. "cases" and the tensors NAME/score and NAME/a.i are as in objectives.py.

The bound of the spectrum, "bound-HxW" for two channels with the limits LIMITS: z = value("bound-HxW"), [2, H, columns, 2]
(real and imaginary parts), X = z · √(w·h) / max(f, 1/max(w, h)) / 4 as in fourier_image.py, then each ring of each channel is
multiplied by φ:
    ring r       bins with ⌊log₂ max(1, (f · max(w, h))²)⌋ = r, the square rounded to a millionth
    weight w     1 in the first and the last column, 2 in the others
    e            Σ w |X|² / (H · 2(columns − 1))²
    n            Σ w max(1, f · max(w, h))^(−2 · 1.37), divided by its sum over the rings, at least 1e-9
    φ            min(1, √(limit² n / (e + 1e-7)))
    NAME/values [2, H, W]                          irfft2(φ X)
    NAME/parameter_gradient [2, H, columns, 2]     of sum(value("bound-gradient-HxW", [2, H, W]) · values)
    NAME/bounded [1]                               rings with φ < 1, of both channels
"""

import argparse

import numpy

import golden_file
import integer_hash

A = [4, 5, 6]
LIMITS = [0.05, 1]
SIZES = [(8, 8), (7, 9), (12, 10)]  # height, width


def frame(index):
    return 0.5 + integer_hash.values(f"a-{index}", A)


def score(x, v, power):
    dot = x @ v
    return dot * max(0.1, dot / (numpy.linalg.norm(x) * numpy.linalg.norm(v) + 1e-6)) ** power


def centred(m):
    return m - m.mean()


def vector(**weights):
    v = numpy.zeros(A[0])
    for name, weight in weights.items():
        v[int(name[1:])] = weight
    return v


def class_direction(index):
    return integer_hash.values(f"class-{index}", [A[0]])


def interpolated(first, last, power):
    def scores(means):
        shares = numpy.linspace(0, 1, len(means))
        return [
            score(centred(m), (1 - w) * vector(**{f"c{first}": 1}) + w * vector(**{f"c{last}": 1}), power)
            for m, w in zip(means, shares)
        ]

    return lambda means: sum(scores(means))


def each(function):
    return lambda means: sum(function(m) for m in means) / len(means)


# Name: text, frames, the score as a function of the frames' channel means.
CASES = {
    "channel": ("channel_cosine(a,2)", 1, each(lambda m: score(centred(m), vector(c2=1), 1))),
    "channel-3": ("channel_cosine(a,1,pow=3)", 2, each(lambda m: score(centred(m), vector(c1=1), 3))),
    "direction": ("direction_cosine(a,0:1,3:-0.5)", 1, each(lambda m: score(centred(m), vector(c0=1, c3=-0.5), 1))),
    "direction-2": ("direction_cosine(a,1:-2,2:1,pow=2)", 1, each(lambda m: score(centred(m), vector(c1=-2, c2=1), 2))),
    "interpolate": ("interpolate_cosine(a,0,2)", 3, interpolated(0, 2, 1)),
    "class": ("class_direction(3)", 1, each(lambda m: score(m, class_direction(3), 2))),
    "class-1": ("class_direction(5,pow=1)", 2, each(lambda m: score(m, class_direction(5), 1))),
}


def difference(function, values):
    """The gradient of a function of an array, which is changed in place and back."""
    gradient = numpy.zeros_like(values)
    step = 1e-5
    for place in numpy.ndindex(values.shape):
        kept = values[place]
        values[place] = kept + step
        above = function(values)
        values[place] = kept - step
        gradient[place] = (above - function(values)) / (2 * step)
        values[place] = kept
    return gradient


def objectives():
    tensors = {}
    for name, (_, frames, function) in CASES.items():
        means = numpy.array([frame(i).mean(axis=(1, 2)) for i in range(frames)])
        tensors[f"{name}/score"] = [function(means)]
        for index, gradient in enumerate(difference(function, means)):
            tensors[f"{name}/a.{index}"] = numpy.broadcast_to(gradient[:, None, None] / (A[1] * A[2]), A)
    return tensors


def bounded(z, height, width):
    columns = z.shape[2]
    even = 2 * (columns - 1)
    fy, fx = abs(numpy.fft.fftfreq(height))[:, None], abs(numpy.fft.fftfreq(width))
    fx = numpy.append(fx[: (width - 1) // 2 + 1], fx[width // 2 if width % 2 == 0 else (width - 1) // 2])[None, :columns]
    f = numpy.sqrt(fy**2 + fx**2)
    longer = max(width, height)
    spectra = (z[..., 0] + 1j * z[..., 1]) * (width * height) ** 0.5 / numpy.maximum(f, 1 / longer) / 4
    cycles = numpy.maximum(1, f * longer)
    rings = numpy.floor(numpy.log2(numpy.round(cycles**2 * 1e6) / 1e6)).astype(int)
    weights = numpy.full(f.shape, 2.0)
    weights[:, [0, -1]] = 1
    shares = numpy.bincount(rings.ravel(), (weights * cycles ** (-2 * 1.37)).ravel())
    shares = numpy.maximum(shares / shares.sum(), 1e-9)
    count = 0
    for channel, limit in enumerate(LIMITS):
        energies = numpy.bincount(rings.ravel(), (weights * abs(spectra[channel]) ** 2).ravel()) / (height * even) ** 2
        factors = numpy.minimum(1, numpy.sqrt(limit**2 * shares / (energies + 1e-7)))
        count += (factors < 1).sum()
        spectra[channel] *= factors[rings]
    return numpy.fft.irfft2(spectra, s=(height, even))[:, :, :width], count


def bounds():
    tensors = {}
    for height, width in SIZES:
        name = f"bound-{height}x{width}"
        columns = (width + width % 2) // 2 + 1
        z = integer_hash.values(name, [2, height, columns, 2])
        weights = integer_hash.values(f"bound-gradient-{height}x{width}", [2, height, width])
        tensors[f"{name}/values"], count = bounded(z, height, width)
        tensors[f"{name}/bounded"] = [count]
        tensors[f"{name}/parameter_gradient"] = difference(lambda z: (weights * bounded(z, height, width)[0]).sum(), z)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="GOLDENS_FOLDER")
    cases = {name: {"text": text, "frames": frames} for name, (text, frames, _) in CASES.items()}
    golden_file.write(parser.parse_args().folder, __file__, {**objectives(), **bounds()}, cases=cases)


if __name__ == "__main__":
    main()
