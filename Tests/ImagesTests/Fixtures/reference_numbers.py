#!/usr/bin/env python3
"""Prints numbers that the tests hold: python3 reference_numbers.py resizing | pngsuite FOLDER. Needs Pillow, NumPy and pypng."""
import pathlib
import sys

import numpy
import png
from PIL import Image


def resizing():
    """Pillow's BILINEAR, in floats, of a picture whose sample (x, y, channel) is 1009 x² + 4001 y + 17011 channel + 7 x y."""
    for old, new in (((9, 7), (4, 3)), ((3, 2), (5, 4)), ((6, 5), (6, 2))):
        y, x = numpy.mgrid[0:old[1], 0:old[0]]
        rows = []
        for channel in range(3):
            plane = ((1009 * x * x + 4001 * y + 17011 * channel + 7 * x * y) % 65536).astype(numpy.float32)
            rows.append(numpy.asarray(Image.fromarray(plane, "F").resize(new, Image.BILINEAR)))
        samples = numpy.rint(numpy.stack(rows, axis=2)).astype(int).ravel()
        print(f"{old} to {new}: {samples.tolist()}")


def pngsuite(folder):
    """Size, channels, bits and FNV-1a checksum of the samples (16-bit ones high byte first) of every file, by pypng."""
    for path in sorted(pathlib.Path(folder).glob("*.png")):
        reader = png.Reader(filename=str(path))
        width, height, rows, info = reader.read()
        raw = numpy.array([list(row) for row in rows]).reshape(height, width, info["planes"])
        depth = info["bitdepth"]
        if "palette" in info:
            table = numpy.array([color if len(color) == 4 else (*color, 255) for color in reader.palette()])
            samples = table[raw[:, :, 0]]
            if reader.trns is None:
                samples = samples[:, :, :3]
            depth = 8
        else:
            key = None if reader.trns is None else numpy.array(reader.transparent).reshape(-1)
            full = 2 ** depth - 1
            alpha = raw[:, :, -1:] if info["alpha"] else None
            if key is not None:
                alpha = numpy.where((raw == key).all(axis=2, keepdims=True), 0, full)
            color = raw[:, :, :1].repeat(3, axis=2) if info["greyscale"] else raw[:, :, :3]
            samples = color if alpha is None else numpy.concatenate([color, alpha], axis=2)
            if depth < 8:
                samples, depth = samples * 255 // full, 8
        checksum = 0xCBF29CE484222325
        for byte in samples.astype(">u2" if depth == 16 else ">u1").tobytes():
            checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
        print(f'    ("{path.stem}", {width}, {height}, {samples.shape[2]}, {depth}, 0x{checksum:016x}),')


{"resizing": resizing, "pngsuite": pngsuite}[sys.argv[1]](*sys.argv[2:])
