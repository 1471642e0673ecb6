#!/usr/bin/env python3
"""Arrays as numpy.save writes them, and some that cannot be read, in GOLDENS_FOLDER/arrays.

    scripts/goldens/numpy_arrays.py GOLDENS_FOLDER

Good ones hold value("array") in their shape; the name says which:
    half, single, double       float16, float32, float64, [3, 4], format version 1
    long                       float32, [3, 4], format version 2
    vector, scalar, empty      float32, [7], [] and [0, 4]
Bad ones, all of [3, 4] floats but for what their name says:
    truncated (4 bytes short), header (ends in its header), fortran, integers, big_endian, complex, not_a_number, infinite,
    records (a structured type), text (no array)
"""

import argparse
import io
import pathlib
import warnings

import numpy

import integer_hash

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
folder = pathlib.Path(arguments.goldens) / "arrays"
folder.mkdir(exist_ok=True)
warnings.simplefilter("ignore")


def saved(array, version=(1, 0)):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def values(*shape):
    return integer_hash.values("array", shape)


table = values(3, 4)
single = table.astype("<f4")
hole = single.copy()
hole[1, 2] = numpy.nan
endless = single.copy()
endless[2, 3] = numpy.inf
files = {
    "half": saved(table.astype("<f2")),
    "single": saved(single),
    "double": saved(table),
    "long": saved(single, version=(2, 0)),
    "vector": saved(values(7).astype("<f4")),
    "scalar": saved(values(1).astype("<f4").reshape([])),
    "empty": saved(numpy.zeros([0, 4], "<f4")),
    "truncated": saved(single)[:-4],
    "header": saved(single)[:40],
    "fortran": saved(numpy.asfortranarray(single)),
    "integers": saved(numpy.arange(12).reshape(3, 4)),
    "big_endian": saved(table.astype(">f4")),
    "complex": saved(table.astype("<c8")),
    "not_a_number": saved(hole),
    "infinite": saved(endless),
    "records": saved(numpy.zeros(3, dtype=[("a", "<f4")])),
    "text": b"0.5 0.25\n",
}
for name, data in files.items():
    (folder / f"{name}.npy").write_bytes(data)
print(f"arrays  {len(files)} files  {sum(map(len, files.values()))} bytes")
