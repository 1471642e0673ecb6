#!/usr/bin/env python3
"""Makes the fixtures in profiles/: pictures with colour profiles, NAME.png or NAME.jpg, and NAME.rgb with the sRGB that Little
CMS makes of them.

Needs Pillow (13.0 made the committed ones, with Little CMS 2.19) and NumPy. The .rgb files are [height, width, 3] bytes. Every
profile is made here: of screens by their lights and curves, of printers by a small table.
"""
import io
import pathlib
import struct
import tempfile
import zlib

import numpy
from PIL import Image, ImageCms

HERE = pathlib.Path(__file__).parent / "profiles"
WIDTH, HEIGHT = 20, 12
D50 = numpy.array([0.9642, 1.0, 0.8249])
D65 = (0.3127, 0.3290)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65)
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65)
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65)
REC2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65)

y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
PIXELS = numpy.stack([x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), (x + y) * 8 % 256], axis=2).astype(numpy.uint8)
PICTURE = Image.fromarray(PIXELS)
GREY = Image.fromarray((x * 12 + y).astype(numpy.uint8))
INKS = Image.fromarray(numpy.concatenate([255 - PIXELS, (x * 6)[..., None]], axis=2).astype(numpy.uint8), "CMYK")


# --- Profiles

def fixed(*numbers):
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def xyz(values):
    return b"XYZ \0\0\0\0" + fixed(*values)


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def points(values):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *(round(65535 * value) for value in values))


def parametric(kind, *numbers):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + fixed(*numbers)


PARAMETRIC_SRGB = parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
LINEAR_SRGB = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in numpy.linspace(0, 1, 256)]


def lights(chromaticities):
    """The XYZ of a screen's lights, adapted to D50 by Bradford's matrix."""
    def color(point):
        return numpy.array([point[0] / point[1], 1, (1 - point[0] - point[1]) / point[1]])
    *primaries, white = map(color, chromaticities)
    columns = numpy.stack(primaries, axis=1)
    columns = columns * numpy.linalg.solve(columns, white)
    cones = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    return (numpy.linalg.inv(cones) @ numpy.diag(cones @ D50 / (cones @ white)) @ cones @ columns).T


def profile(kind, space, connection, tags, version=4):
    """The bytes of a profile."""
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78) if version == 2 else (
        b"mluc\0\0\0\0" + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, 8, 28) + "test".encode("utf-16-be"))
    tags = {b"desc": text, b"wtpt": xyz(D50), **tags}
    place, table, data = 132 + 12 * len(tags), b"", b""
    for name, tag in tags.items():
        tag += bytes(-len(tag) % 4)
        table += name + struct.pack(">II", place + len(data), len(tag))
        data += tag
    head = struct.pack(">I4sI4s4s4s", place + len(data), bytes(4), version << 24, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(*D50) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + data


def screen(chromaticities, curve, version=4):
    tags = {name: xyz(light) for name, light in zip((b"rXYZ", b"gXYZ", b"bXYZ"), lights(chromaticities))}
    return profile(b"mntr", b"RGB ", b"XYZ ", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}, version)


def grey_screen(curve):
    return profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": curve})


def lab(samples):
    """L*, a* and b* that a simple printer makes of inks, or a simple scanner of light, [n, channels] in 0…1."""
    light = (1 - 0.9 * samples[:, :3]) * (1 - 0.95 * samples[:, 3:]) if samples.shape[1] == 4 else samples**1.8
    color = light @ lights(SRGB) / D50
    root = numpy.where(color > 216 / 24389, numpy.cbrt(color), (24389 / 27 * color + 16) / 116)
    return numpy.stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1)


def grid(channels, side):
    axes = [numpy.linspace(0, 1, side)] * channels
    return numpy.stack(numpy.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, channels)


def fixed_table(wide, channels, side):
    """lut8Type or lut16Type."""
    color = lab(grid(channels, side))
    scale = numpy.array([65280 / 100, 256, 256]) if wide else numpy.array([2.55, 1, 1])
    values = numpy.clip(numpy.rint((color + [0, 128, 128]) * scale), 0, 65535 if wide else 255)
    kind = ">u2" if wide else ">u1"
    most, entries = (65535, 2) if wide else (255, 256)
    straight = numpy.rint(numpy.linspace(0, most, entries))
    head = (b"mft2" if wide else b"mft1") + bytes(4) + bytes([channels, 3, side, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    head += struct.pack(">HH", entries, entries) if wide else b""
    curves = numpy.tile(straight, channels).astype(kind).tobytes(), numpy.tile(straight, 3).astype(kind).tobytes()
    return head + curves[0] + values.astype(kind).tobytes() + curves[1]


def free_table(channels, side):
    """lutAToBType with all its parts."""
    values = numpy.clip(numpy.rint((lab(grid(channels, side) ** 1.5) + [0, 128, 128]) * numpy.array([655.35, 257, 257])), 0, 65535)
    b, m = parametric(0, 1) * 3, parametric(0, 1) * 3
    a = parametric(0, 1.5) * channels
    clut = bytes([side] * channels + [0] * (16 - channels)) + b"\2\0\0\0" + values.astype(">u2").tobytes()
    clut += bytes(-len(clut) % 4)
    matrix = fixed(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    places, data = [], b""
    for part in (b, matrix, m, clut, a):
        places.append(32 + len(data))
        data += part
    return b"mAB \0\0\0\0" + bytes([channels, 3, 0, 0]) + struct.pack(">5I", *places) + data


# --- Files

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, *chunks, bits=8):
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    rows = pixels.reshape(height, -1).astype(">u2" if bits == 16 else ">u1")
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, bits, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def iccp(data):
    return chunk(b"iCCP", b"test\0\0" + zlib.compress(data, 9))


def jpeg(picture, data):
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        picture.save(file.name, quality=95, subsampling="4:4:4", icc_profile=data)
        return pathlib.Path(file.name).read_bytes()


def converted(picture, data):
    source = ImageCms.ImageCmsProfile(io.BytesIO(data))
    return ImageCms.profileToProfile(
        picture, source, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB", flags=0)


def keep(name, file, expected):
    (HERE / name).write_bytes(file)
    assert len(file) < 8192, (name, len(file))
    (HERE / name).with_suffix(".rgb").write_bytes(expected.tobytes())


def keep_png(name, data, picture=PICTURE):
    keep(name + ".png", png(numpy.asarray(picture), iccp(data)), converted(picture, data))


def keep_jpeg(name, data, picture):
    file = jpeg(picture, data)
    keep(name + ".jpg", file, converted(Image.open(io.BytesIO(file)), data))


def chromaticities(values):
    *primaries, white = values
    return chunk(b"cHRM", struct.pack(">8I", *(round(100000 * number) for point in [white, *primaries] for number in point)))


adobe, p3 = screen(ADOBE, gamma(563 / 256)), screen(P3, PARAMETRIC_SRGB)


def main():
    HERE.mkdir(exist_ok=True)
    keep_png("adobe", adobe)
    keep_png("p3", p3)
    keep_png("old_p3", screen(P3, points(LINEAR_SRGB), version=2))
    keep_png("flat_curve", screen(SRGB, parametric(2, 2.2, 0.95, -0.02, 0.04)))
    keep_png("scanner", profile(b"scnr", b"RGB ", b"Lab ", {b"A2B0": fixed_table(True, 3, 5)}))
    keep_png("grey", grey_screen(gamma(1.8)), GREY)
    keep_jpeg("adobe_photo", adobe, PICTURE)
    keep_jpeg("grey_photo", grey_screen(gamma(1.8)), GREY)
    keep_jpeg("inks8", profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": fixed_table(False, 4, 4)}, version=2), INKS)
    keep_jpeg("inks16", profile(b"prtr", b"CMYK", b"Lab ", {b"A2B1": fixed_table(True, 4, 4)}, version=2), INKS)
    keep_jpeg("inks4", profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": free_table(4, 4)}), INKS)

    keep("adobe16.png", png(PIXELS.astype(numpy.uint16) * 257, iccp(adobe), bits=16), converted(PICTURE, adobe))
    opaque = numpy.concatenate([PIXELS, numpy.full((HEIGHT, WIDTH, 1), 77, numpy.uint8)], axis=2)
    keep("adobe_alpha.png", png(opaque, iccp(adobe)), converted(PICTURE, adobe))

    gama = chunk(b"gAMA", struct.pack(">I", 100000))
    keep("linear.png", png(PIXELS, gama), converted(PICTURE, screen(SRGB, gamma(1))))
    keep("linear_adobe.png", png(PIXELS, gama, chromaticities(ADOBE)), converted(PICTURE, screen(ADOBE, gamma(1))))
    keep("code_p3.png", png(PIXELS, chunk(b"cICP", bytes([12, 13, 0, 1])), gama), converted(PICTURE, p3))
    keep("code_2020.png", png(PIXELS, chunk(b"cICP", bytes([9, 8, 0, 1]))), converted(PICTURE, screen(REC2020, gamma(1))))

    # Files whose samples must stay as they are: sRGB, said in every way, and what cannot be followed.
    for name, chunks in {
        "srgb_chunk": [chunk(b"sRGB", b"\0"), gama],
        "srgb_gamma": [chunk(b"gAMA", struct.pack(">I", 45455)), chromaticities(SRGB)],
        "srgb_profile": [iccp(screen(SRGB, PARAMETRIC_SRGB))],
        "srgb_old": [iccp(screen(SRGB, points(LINEAR_SRGB), version=2))],
        "srgb_cicp": [chunk(b"cICP", bytes([1, 13, 0, 1])), iccp(adobe)],
        "broken_cut": [iccp(adobe[:300])],
        "broken_noise": [iccp(bytes(200))],
        "broken_deflate": [chunk(b"iCCP", b"test\0\0" + bytes(50))],
        "broken_inks": [iccp(profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": fixed_table(False, 4, 2)}, version=2))],
        "broken_hdr": [chunk(b"cICP", bytes([9, 16, 0, 1]))],
        "broken_lights": [gama, chunk(b"cHRM", bytes(32))],
    }.items():
        keep(name + ".png", png(PIXELS, *chunks), PICTURE)

    exif = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    keep("exif6.png", png(PIXELS, chunk(b"eXIf", exif)), PICTURE.transpose(Image.Transpose.ROTATE_270))


if __name__ == "__main__":
    main()
