"""What the benchmarks of whole pictures share: the bundled weights in torchvision's modules, and processes in turns.

Not run itself; attribution_captum.py, deepdream_pytorch.py, style_pytorch.py and lucent_scores.py import it. PyTorch is imported only by the process that computes
with it, which is one of its own, started anew for every picture as lucid is.
"""

import json
import os
import shlex
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = os.path.join(HERE, "..", "Tests", "CommandTests", "Photos")
MEANS = {"squeezenet1_1": (123.0, 117.0, 104.0), "vgg16": (123.68, 116.779, 103.939)}


def weights(path):
    """The tensors of a safetensors file of float16."""
    import numpy
    import torch

    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(numpy.frombuffer(
        data[entry["data_offsets"][0]:entry["data_offsets"][1]], numpy.float16).astype(numpy.float32).reshape(entry["shape"]))
        for name, entry in header.items()}


def features(name, last):
    """torchvision's `features` of a bundled network up to and with features.LAST, frozen, and a function from a picture,
    [1, 3, height, width] in 0…1, to what the first of them takes."""
    import torch
    import torchvision

    vgg = torchvision.models.vgg  # its classifier, 120 million numbers, would take longer to make than the picture
    layers = {"vgg16": lambda: vgg.make_layers(vgg.cfgs["D"], batch_norm=False),
              "squeezenet1_1": lambda: torchvision.models.squeezenet1_1(weights=None).features}[name]()
    values = weights(os.path.join(HERE, "..", "Models", name + ".safetensors"))
    prefix = "features."
    layers.load_state_dict({key[len(prefix):]: value for key, value in values.items() if key.startswith(prefix)})
    mean = torch.tensor(MEANS[name]).reshape(1, 3, 1, 1)
    return layers[:last + 1].eval().requires_grad_(False), lambda picture: picture * 255 - mean


def photo(path, size):
    """A photograph cut to a square and scaled, [1, 3, size, size] in 0…1."""
    import numpy
    import torch
    from PIL import Image, ImageOps

    image = ImageOps.fit(Image.open(path).convert("RGB"), (size, size), Image.Resampling.BICUBIC)
    return torch.from_numpy(numpy.asarray(image, numpy.float32) / 255).permute(2, 0, 1)[None].contiguous()


def save(picture, path):
    import numpy
    from PIL import Image

    pixels = picture[0].detach().clamp(0, 1).permute(1, 2, 0).numpy()
    Image.fromarray(numpy.round(pixels * 255).astype(numpy.uint8)).save(path)


def run(command):
    """Wall time and peak memory in MB of a whole process, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        sys.exit(f"`{shlex.join(command)}` ended with exit code {process.returncode}; its error is above.")
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return time.perf_counter() - start, peak, printed


def heading(has_lucid, peer="PyTorch"):
    columns = ["case", f"{peer}, computing only", f"{peer}, whole process"]
    columns += ["lucid, whole process", "lucid / computing only", "lucid / whole"] if has_lucid else []
    columns += [f"peak memory, {peer}" + (" / lucid" if has_lucid else "")]
    print("| " + " | ".join(columns) + " |\n|---" + "|--:" * (len(columns) - 1) + "|", flush=True)


def compare(case, pytorch, lucid, rounds, peer="PyTorch"):
    """Prints a row: medians of the processes' times, and of the rounds' own ratios.

    `pytorch` is a command that prints the seconds that it computed, imports and files left out; `lucid` is one or None. They
    run in turns, never at the same time, and each round begins with the other one than the round before.
    """
    computing, whole, mine, peaks = [], [], [], {peer: 0.0, "lucid": 0.0}

    def turn_of_pytorch():
        wall, peak, printed = run(pytorch)
        computing.append(float(printed.split()[-1]))
        whole.append(wall)
        peaks[peer] = max(peaks[peer], peak)

    def turn_of_lucid():
        wall, peak, _ = run(lucid)
        mine.append(wall)
        peaks["lucid"] = max(peaks["lucid"], peak)

    turns = [turn_of_pytorch] + ([turn_of_lucid] if lucid else [])
    for number in range(rounds):
        for turn in turns if number % 2 == 0 else reversed(turns):
            turn()
    row = [case, f"{statistics.median(computing):.2f} s", f"{statistics.median(whole):.2f} s"]
    if lucid:
        row += [f"{statistics.median(mine):.2f} s"]
        row += [f"{statistics.median(one / other for one, other in zip(mine, times)):.2f}" for times in (computing, whole)]
    row += [f"{peaks[peer]:.0f}" + (f" / {peaks['lucid']:.0f}" if lucid else "") + " MB"]
    print("| " + " | ".join(row) + " |", flush=True)


def check_sizes(folder, size):
    """Both must have drawn as many pixels: the PNG files of a folder say how many they have."""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            extents = struct.unpack(">II", file.read(24)[16:])
        if extents != (size, size):
            sys.exit(f"{name} is {extents[0]}×{extents[1]}, not {size}×{size}: the row above is not comparable.")


def check_lucid(path):
    if path and not os.access(path, os.X_OK):
        sys.exit(f"There is no program at {path}. Build it with `swift build -c release`; it is then .build/release/lucid."
                 " Without --lucid only PyTorch is timed.")
