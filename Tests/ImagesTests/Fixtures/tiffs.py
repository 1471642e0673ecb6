#!/usr/bin/env python3
"""Makes the fixtures in tiffs/: one picture as others write TIFFs that lucid reads by itself, and pixels.rgb, its samples.

Needs Pillow and NumPy. The one whose most significant byte comes first is put together here.
"""
import pathlib
import struct

import numpy
from PIL import Image

from profiles import PICTURE, PIXELS

HERE = pathlib.Path(__file__).parent / "tiffs"


def big_endian(pixels):
    """Uncompressed, one strip, the most significant byte first."""
    height, width = pixels.shape[:2]
    bits, data = 8 * pixels.itemsize, pixels.astype(pixels.dtype.newbyteorder(">")).tobytes()
    entries = [(256, 4, width), (257, 4, height), (258, 3, None), (259, 3, 1), (262, 3, 2), (273, 4, 8), (277, 3, 3), (278, 4, height),
               (279, 4, len(data))]
    place = 8 + len(data)
    end = place + 2 + 12 * len(entries) + 4
    table = struct.pack(">H", len(entries))
    for tag, kind, value in entries:
        if value is None:
            table += struct.pack(">HHII", tag, kind, 3, end)
        else:
            table += struct.pack(">HHI", tag, kind, 1) + (struct.pack(">I", value) if kind == 4 else struct.pack(">HH", value, 0))
    return b"MM\0*" + struct.pack(">I", place) + data + table + bytes(4) + struct.pack(">3H", bits, bits, bits)


def main():
    HERE.mkdir(exist_ok=True)
    PICTURE.save(HERE / "plain.tif", strip_size=180)
    PICTURE.save(HERE / "deflate.tif", compression="tiff_adobe_deflate", strip_size=300)
    opaque = Image.fromarray(numpy.concatenate([PIXELS, numpy.full((12, 20, 1), 255, numpy.uint8)], axis=2))
    opaque.save(HERE / "alpha.tif", compression="tiff_deflate")
    (HERE / "bigendian.tif").write_bytes(big_endian(PIXELS))
    (HERE / "sixteen.tif").write_bytes(big_endian(PIXELS.astype(numpy.uint16) * 257))
    (HERE / "pixels.rgb").write_bytes(PIXELS.tobytes())


if __name__ == "__main__":
    main()
