"""Numbers that Python and Swift both make from a name, so that no golden needs to store its inputs.

    lowbias32(x)   x ^= x >> 16; x *= 0x7feb352d; x ^= x >> 15; x *= 0x846ca68b; x ^= x >> 16     (uint32)
    seed(name)     FNV-1a, 32 bits, of the name in UTF-8
    value(name, i) (lowbias32(seed(name) ^ lowbias32(i)) >> 8) · 2⁻²³ − 1       in [−1, 1), exact in float32
    position(name, j) for a tensor of N elements: lowbias32(seed(name) ^ lowbias32(j)) mod N

A tensor "of name n" has the elements value(n, flat index), in row-major order. lowbias32 is Chris Wellons's integer hash
(nullprogram.com/blog/2018/07/31).
"""

import math

import numpy


def lowbias32(x):
    x = numpy.atleast_1d(numpy.asarray(x, dtype=numpy.uint32)).copy()
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x7FEB352D)
    x ^= x >> numpy.uint32(15)
    x *= numpy.uint32(0x846CA68B)
    x ^= x >> numpy.uint32(16)
    return x


def seed(name):
    """FNV-1a."""
    state = 0x811C9DC5
    for byte in name.encode("utf-8"):
        state = ((state ^ byte) * 0x01000193) & 0xFFFFFFFF
    return numpy.uint32(state)


def hashes(name, count):
    return lowbias32(seed(name) ^ lowbias32(numpy.arange(count, dtype=numpy.uint32)))


def values(name, shape):
    """The tensor of that name, as float64 (every element is exact in float32)."""
    bits = hashes(name, math.prod(shape)) >> numpy.uint32(8)
    return (bits.astype(numpy.float64) * 2.0**-23 - 1.0).reshape(shape)


def positions(name, count, size):
    """`count` flat indices into a tensor of `size` elements; an index may occur twice."""
    return (hashes(name, count) % numpy.uint32(size)).astype(numpy.int64)
