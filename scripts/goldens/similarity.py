#!/usr/bin/env python3
"""How alike layers, channels and pictures are, in GOLDENS_FOLDER/similarity.safetensors: NumPy's and SciPy's numbers.

    scripts/goldens/similarity.py GOLDENS_FOLDER

Layers are compared over three photographs of 2 × 3 positions. The activations of layer LAYER on photograph PHOTO are the hash
tensor similarity/LAYER.PHOTO (integer_hash.py), [channels, 2, 3]; layers a0, a1 and b0, b1 have 5, 3 and 6, 2 channels.
Then 3 is added everywhere; channel 1 of a0 and channel 4 of b0 are 2 throughout; to channel c of b0, c other than 4, channel
c mod 3 of a1 is added, and to channel c of b1 half of channel 2 of a0.

    cka             linear CKA of a0, a1 with b0, b1, [2, 2]: examples are positions of photographs
    correlations/a0 Pearson's correlations of a0 with b0, [5, 6]; 0 for channels that do not vary
    correlations/a1 of a1 with b0, [3, 6]
    assignment/NAME linear_sum_assignment of the hash matrix of that name: the column of each row, −1 for none
    merges          linkage(…, "average") of twelve things: the smaller and larger group, the distance, [11, 3]
    groups          fcluster at the distances 0.5, 0.8 and 1.1: the first thing of each thing's group, [3, 12]

The distance of things i < j is 1 + value 12 i + j of similarity/distances.
"""

import argparse

import numpy
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

import golden_file
import integer_hash

CHANNELS = {"a0": 5, "a1": 3, "b0": 6, "b1": 2}
PHOTOS = 3
SHAPES = {"square": [7, 7], "wide": [5, 9], "tall": [9, 5]}
THINGS = 12
THRESHOLDS = [0.5, 0.8, 1.1]


def layers():
    """Each layer's activations, [examples, channels]."""
    found = {name: numpy.concatenate([integer_hash.values(f"similarity/{name}.{photo}", [count, 2, 3]).reshape(count, -1)
                                      for photo in range(PHOTOS)], axis=1) + 3
             for name, count in CHANNELS.items()}
    a0, a1, b0, b1 = found.values()
    a0[1], b0[4] = 2, 2
    for channel in [0, 1, 2, 3, 5]:
        b0[channel] += a1[channel % 3]
    b1 += a0[2] / 2
    return {name: values.T for name, values in found.items()}


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return numpy.linalg.norm(y.T @ x) ** 2 / numpy.linalg.norm(x.T @ x) / numpy.linalg.norm(y.T @ y)


def correlations(x, y):
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return numpy.nan_to_num(numpy.corrcoef(x.T, y.T)[:x.shape[1], x.shape[1]:])


def assignment(name, shape):
    rows, columns = linear_sum_assignment(integer_hash.values(f"similarity/{name}", shape), maximize=True)
    found = numpy.full(shape[0], -1)
    found[rows] = columns
    return found


def groups(merges, distance):
    labels = fcluster(merges, distance, "distance")
    return [int(numpy.argmax(labels == label)) for label in labels]


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

found = layers()
upper = numpy.triu(1 + integer_hash.values("similarity/distances", [THINGS, THINGS]), 1)
merges = linkage(squareform(upper + upper.T), "average")
golden_file.write(arguments.goldens, __file__, {
    "cka": numpy.array([[cka(found[a], found[b]) for b in ["b0", "b1"]] for a in ["a0", "a1"]]),
    "correlations/a0": correlations(found["a0"], found["b0"]),
    "correlations/a1": correlations(found["a1"], found["b0"]),
    **{f"assignment/{name}": assignment(name, shape) for name, shape in SHAPES.items()},
    "merges": merges[:, :3],
    "groups": numpy.array([groups(merges, distance) for distance in THRESHOLDS]),
})
