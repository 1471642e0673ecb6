#!/usr/bin/env python3
"""Covariances, whitened directions, percentiles and importance, by NumPy in float64.

    scripts/goldens/statistics_of_layers.py GOLDENS_FOLDER

Activations a_i = value("statistics/activation.i") + 0.5 · (channel), [5, 4, 3 + i] for i = 0, 1; the observations are their
positions, 28 of 5 channels. Tensors:
    mean_removed      numpy.cov(bias=True) of them, [5, 5]
    whitened          C⁻¹v for v = value("statistics/direction"), [5], with C the covariance and 1e-3 times the mean of its
                      diagonal on the diagonal
    positive          x with A·x = value("statistics/direction") for A = Bᵀ·B + I/10, B = value("statistics/matrix"), [5, 5]
Percentiles of value("statistics/list"), [37]:
    percentiles       numpy.percentile at 0, 1, 12.5, 50, 80, 99 and 100
The picture x = value("statistics/picture"), [3, 6, 5], with the importance |value("statistics/importance")|, [1, 6, 5]
(MaCo): the colours go from percentile 1 to 99 of all of x's numbers onto 0…1, clipped; the opacity is the importance
divided by its percentile 80, at most 1:
    shown             [4, 6, 5]
"""

import argparse

import numpy

import golden_file
import integer_hash

SHARES = [0, 1, 12.5, 50, 80, 99, 100]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

activations = [integer_hash.values(f"statistics/activation.{i}", [5, 4, 3 + i]) + 0.5 * numpy.arange(5)[:, None, None]
               for i in range(2)]
covariance = numpy.cov(numpy.concatenate([a.reshape(5, -1) for a in activations], axis=1), bias=True)
direction = integer_hash.values("statistics/direction", [5])
regular = covariance + 1e-3 * covariance.diagonal().mean() * numpy.eye(5)
matrix = integer_hash.values("statistics/matrix", [5, 5])
picture = integer_hash.values("statistics/picture", [3, 6, 5])
low, high = numpy.percentile(picture, [1, 99])
importance = abs(integer_hash.values("statistics/importance", [1, 6, 5]))
golden_file.write(arguments.goldens, __file__, {
    "mean_removed": covariance,
    "whitened": numpy.linalg.solve(regular, direction),
    "positive": numpy.linalg.solve(matrix.T @ matrix + numpy.eye(5) / 10, direction),
    "percentiles": numpy.percentile(integer_hash.values("statistics/list", [37]), SHARES),
    "shown": numpy.concatenate([numpy.clip((picture - low) / (high - low), 0, 1),
                                numpy.minimum(importance / numpy.percentile(importance, 80), 1)]),
})
