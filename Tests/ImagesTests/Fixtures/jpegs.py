#!/usr/bin/env python3
"""Makes the JPEG fixtures beside this file: NAME.jpg, and NAME.rgb with the pixels that Pillow reads from it.

Needs Pillow, NumPy, and libjpeg-turbo's cjpeg. The .rgb files are [height, width, 3] bytes; the names tell
what is odd about the .jpg. Version 13.0 of Pillow made the committed ones.
"""
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 20, 12

y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
PIXELS = numpy.stack([x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), (x + y) * 8 % 256], axis=2).astype(numpy.uint8)
PICTURE = Image.fromarray(PIXELS)


def keep(name, data):
    """Writes a fixture and Pillow's reading of it."""
    path = HERE / f"{name}.jpg"
    path.write_bytes(data)
    assert len(data) < 3072, (name, len(data))
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    (HERE / f"{name}.rgb").write_bytes(picture.tobytes())


def saved(picture, **options):
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        picture.save(file.name, quality=90, optimize=True, **options)
        return pathlib.Path(file.name).read_bytes()


keep("baseline", saved(PICTURE, subsampling="4:4:4"))
keep("halfchroma", saved(PICTURE, subsampling="4:2:0"))
keep("progressive", saved(PICTURE, progressive=True))
keep("grey", saved(PICTURE.convert("L")))
keep("rgb", saved(PICTURE, keep_rgb=True))

exif = Image.Exif()
exif[0x0112] = 6
keep("orientation6", saved(PICTURE, exif=exif))

black = Image.fromarray((x * 6).astype(numpy.uint8))
inks = Image.merge("CMYK", [*ImageOps.invert(PICTURE).split(), black])
keep("cmyk", saved(inks))

# Pillow writes no YCCK. But it stores whatever is in four planes, inverted, and says in the Adobe marker that they are
# CMYK (transform 0): so give it what inverts to Y, Cb, Cr, K, and change that to 2.
planes = [*PICTURE.convert("YCbCr").split(), ImageOps.invert(black)]
ycck = bytearray(saved(Image.merge("CMYK", [ImageOps.invert(plane) for plane in planes])))
transform = ycck.index(b"Adobe\0") + 11
assert ycck[transform] == 0
ycck[transform] = 2
keep("ycck", bytes(ycck))

with tempfile.NamedTemporaryFile(suffix=".ppm") as file:

    def written(picture, *options):
        picture.save(file.name, format="PPM")
        return subprocess.check_output(["cjpeg", "-quality", "90", *options, file.name])

    keep("arithmetic", written(PICTURE, "-arithmetic"))
    keep("arithmeticprogressive", written(PICTURE, "-arithmetic", "-progressive"))
    keep("quarterchroma", written(PICTURE, "-sample", "4x1"))  # 4:1:1
    keep("tallchroma", written(PICTURE, "-sample", "1x2"))  # 4:4:0
    keep("restarts", written(PICTURE, "-restart", "1B", "-sample", "2x1"))
    keep("progressiverestarts", written(PICTURE, "-restart", "1", "-progressive"))
    keep("greyprogressive", written(PICTURE.convert("L"), "-progressive"))
    keep("onepixel", written(PICTURE.crop((5, 5, 6, 6)), "-sample", "2x2"))
