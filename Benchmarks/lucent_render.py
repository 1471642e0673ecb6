#!/usr/bin/env python3
"""Times a whole picture of lucid against the same picture of torch-lucent on a CPU, start-up included.

    python Benchmarks/lucent_render.py --lucid PATH/TO/lucid [--steps 512] [--rounds 3] [--threads 2] [--size 224]

The picture is channel 5 of features.10 of VGG-16 at 224×224 with each program's own standard transforms, as a user asks
for it: `lucid channel --model vgg16 --layer features.10 --index 5` and, for torch-lucent,
`render.render_vis(model, "features_10:5", lambda: param.image(224))` in a fresh Python. torch-lucent runs torchvision's
vgg16 with random weights, as the time does not depend on them, and without a window or a progress bar.

The two run in turns, whole processes, never at the same time; the ratio is the median of the rounds' own ratios. Needs
torch, torchvision and torch-lucent from PyPI.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

LUCENT = """
import sys
import torch, torchvision
from lucent.optvis import param, render
steps, size, threads, layer = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.manual_seed(0)
model = torchvision.models.vgg16(weights=None).eval()
images = render.render_vis(model, layer + ":5", lambda: param.image(size), thresholds=(steps,), progress=False,
                           show_image=False)
assert images[0].shape[1:] == (size, size, 3), images[0].shape
"""


def seconds(command):
    """Wall time and peak memory in MB of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed: {errors[-2000:]}")
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return time.perf_counter() - start, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", required=True)
    parser.add_argument("--steps", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=224)
    arguments = parser.parse_args()
    steps, size, threads = str(arguments.steps), str(arguments.size), str(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "lucent": [sys.executable, "-c", LUCENT, steps, size, threads, "features_10"],
            "lucid": [arguments.lucid, "channel", "--model", "vgg16", "--layer", "features.10", "--index", "5",
                      "--preset", "sharp", "--steps", steps, "--size", size, "--threads", threads, "--quiet", "--output",
                      os.path.join(folder, "picture.png")],
        }
        times = {name: [] for name in commands}
        peaks = dict.fromkeys(commands, 0)
        for number in range(arguments.rounds):
            for name in sorted(commands, reverse=number % 2 == 1):
                wall, peak = seconds(commands[name])
                times[name].append(wall)
                peaks[name] = max(peaks[name], peak)
    ratio = statistics.median(mine / theirs for mine, theirs in zip(times["lucid"], times["lucent"]))
    print("| vgg16 features.10, 224×224 | torch-lucent | lucid | ratio | peak memory |")
    print("|---|--:|--:|--:|--:|")
    print(f"| {steps} steps, start-up included | {statistics.median(times['lucent']):.1f} s "
          f"| {statistics.median(times['lucid']):.1f} s | {ratio:.2f} "
          f"| {peaks['lucent']:.0f} / {peaks['lucid']:.0f} MB |")


if __name__ == "__main__":
    main()
