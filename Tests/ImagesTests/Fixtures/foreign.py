#!/usr/bin/env python3
"""Makes Tests/CommandTests/Photos/foreign: one picture in Display P3 in the formats that ffmpeg reads, where the format can say so
turned by a quarter; the samples that are stored in them, straight.png and turned.png; and expected.png, which is sRGB and upright.

Needs Pillow 11.3 or newer and NumPy.
"""
import io
import pathlib
import struct

import numpy
from PIL import Image

from profiles import PICTURE, converted, p3, png

HERE = pathlib.Path(__file__).parents[2] / "CommandTests/Photos/foreign"


def saved(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bmp(picture, profile):
    """The fifth version of BMP, which Pillow does not write."""
    rows = numpy.asarray(picture)[::-1, :, ::-1]
    padding = -(3 * picture.width) % 4
    pixels = b"".join(row.tobytes() + bytes(padding) for row in rows)
    header = struct.pack("<IiiHHIIiiII", 124, picture.width, picture.height, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
    header += bytes(16) + b"DEBM" + bytes(48) + struct.pack("<4I", 4, 124 + len(pixels), len(profile), 0)
    return struct.pack("<2sIII", b"BM", 14 + len(header) + len(pixels) + len(profile), 0, 14 + len(header)) + header + pixels + profile


def jpeg2000(picture, profile):
    """With the profile in the place of Pillow's number for sRGB."""
    file = saved(picture, "JPEG2000", irreversible=False)
    header, color = file.index(b"jp2h") - 4, file.index(b"colr") - 4
    end = color + struct.unpack(">I", file[color:color + 4])[0]
    box = struct.pack(">I4s", 11 + len(profile), b"colr") + b"\2\0\0" + profile
    length = struct.unpack(">I", file[header:header + 4])[0] + len(box) - (end - color)
    return file[:header] + struct.pack(">I", length) + file[header + 4:color] + box + file[end:]


def main():
    HERE.mkdir(exist_ok=True)
    orientation = Image.Exif()
    orientation[0x0112] = 6  # to be turned by a quarter to the right
    options = {"icc_profile": p3, "exif": orientation.tobytes()}
    turned = PICTURE.transpose(Image.Transpose.ROTATE_90)
    files = {
        "straight.png": png(numpy.asarray(PICTURE)),
        "turned.png": png(numpy.asarray(turned)),
        "expected.png": png(numpy.asarray(converted(PICTURE, p3))),
        "straight.bmp": bmp(PICTURE, p3),
        "straight.jp2": jpeg2000(PICTURE, p3),
        "turned.webp": saved(turned, "WEBP", lossless=True, **options),
        "turned.tiff": saved(turned, "TIFF", compression="tiff_lzw", **options),
        "turned.avif": saved(turned, "AVIF", **options),
    }
    for name, file in files.items():
        (HERE / name).write_bytes(file)


if __name__ == "__main__":
    main()
