#!/usr/bin/env python3
"""Statistics of units, in GOLDENS_FOLDER/unit_statistics.safetensors: SciPy's and scikit-learn's numbers, as JSON in the metadata.

    scripts/goldens/unit_statistics.py GOLDENS_FOLDER

Unit U of 6 has on photograph P of 300 the hash value (integer_hash.py) P of units/U, plus 0.2 U where the photograph's class is U;
below 0 it is 0, and units 3 to 5 are rounded to eighths, so that many are equal. The class of a photograph is its number modulo 7,
and the last 20 have none.

    auc             roc_auc_score of each unit for each class against all other photographs, [6, 7]
    p               mannwhitneyu's chance of so large a U without a difference (asymptotic, corrected for ties), [6, 7]
    moments         mean, standard deviation, skewness and excess kurtosis of each unit, [6, 4]
    correlations    corrcoef of the units, [6, 6]
    cosine          the mean of cosine_similarity over pairs of the first 40 photographs, as vectors of the 6 units
"""

import argparse

import numpy
from scipy import stats
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

import golden_file
import integer_hash

UNITS, PHOTOS, CLASSES, UNNAMED = 6, 300, 7, 20

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

classes = numpy.arange(PHOTOS) % CLASSES
classes[-UNNAMED:] = -1
units = numpy.array([integer_hash.values(f"units/{unit}", [PHOTOS]) + 0.2 * unit * (classes == unit) for unit in range(UNITS)])
units = numpy.maximum(units.astype("f4"), 0)
units[3:] = numpy.round(units[3:] * 8) / 8
units = units.astype("f8")


def test(unit, number):
    own, others = units[unit][classes == number], units[unit][classes != number]
    return stats.mannwhitneyu(own, others, alternative="greater", method="asymptotic", use_continuity=False).pvalue


vectors = cosine_similarity(units.T[:40][units.T[:40].any(1)])
golden_file.write(
    arguments.goldens, __file__, {"units": units},
    auc=[[roc_auc_score(classes == number, unit) for number in range(CLASSES)] for unit in units],
    p=[[test(unit, number) for number in range(CLASSES)] for unit in range(UNITS)],
    moments=[[unit.mean(), unit.std(), stats.skew(unit), stats.kurtosis(unit)] for unit in units],
    correlations=numpy.corrcoef(units).tolist(),
    cosine=vectors[numpy.triu_indices(len(vectors), 1)].mean())
