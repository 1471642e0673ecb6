#!/usr/bin/env python3
"""Times one optimisation step of lucid against the same step of PyTorch on a CPU.

    python Benchmarks/pytorch_step.py --lucid PATH/TO/lucid [--threads 2] [--rounds 15] [--cases MODEL:LAYER ...]

A step is what both must do for every step of a picture: forward from a 224×224 image, batch 1, to the layer, the mean of
channel 5 (or of another one: a dense block passes channel 5 on from far above), and backward to the image; the weights
are frozen, and the network ends at the layer. For PyTorch it is torchvision's network, cut by create_feature_extractor, in
evaluation mode; its weights are random, as the time does not depend on them. For lucid it is
`lucid bench CASE --threads N --json`.

The two run in turns, never at the same time: in each round PyTorch takes a few steps, then lucid, in the next round the
other way round. The ratio is the median of the rounds' own ratios, so that a machine which slows down for a while slows
both. Each is a process of its own, and peak MB is its largest resident memory: of the steps alone for PyTorch (on Linux;
building the network is not counted), with its libraries.

Without --lucid only PyTorch is timed. Needs torch 1.13 or later and torchvision 0.14 or later.
"""

import argparse
import gc
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time

SIZE = 224
CHANNEL = 5
WARM_UP_STEPS = 2
CASES = [
    "vgg16:features.10",
    "vgg16:features.28",
    "squeezenet1_1:features.3",
    "squeezenet1_1:features.10",
    "squeezenet1_1:features.12",
    "alexnet:features.10",
    "resnet50:layer3",
    "googlenet:inception4c",
    "mobilenet_v2:features.14",
    "densenet121:features.denseblock3:1023",
]


# The PyTorch process: reads a number of steps a line, answers each with one JSON line.


def forget_peak_memory():
    """Linux starts the peak anew; elsewhere it includes building the whole network."""
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_megabytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def serve_pytorch(case, threads):
    import torch
    import torchvision
    from torchvision.models.feature_extraction import create_feature_extractor

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model, layer, *channel = case.split(":")
    channel = int(channel[0]) if channel else CHANNEL
    network = create_feature_extractor(getattr(torchvision.models, model)(weights=None).eval(), [layer])
    network.eval().requires_grad_(False)
    image = torch.rand(1, 3, SIZE, SIZE, requires_grad=True)
    forget_peak_memory()

    def step():
        image.grad = None
        network(image)[layer][:, channel].mean().backward()

    for _ in range(WARM_UP_STEPS):
        step()
    onednn = "with" if torch.backends.mkldnn.is_available() else "without"
    print(json.dumps(f"PyTorch {torch.__version__} {onednn} oneDNN, torchvision {torchvision.__version__}"), flush=True)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            milliseconds.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"milliseconds": milliseconds, "peak_mb": peak_megabytes()}), flush=True)


# The process that takes turns.


class PyTorch:
    """The PyTorch process of one case; it waits, idle, between its turns."""

    def __init__(self, case, threads):
        command = [sys.executable, __file__, "--serve", case, "--threads", str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The PyTorch process stopped; its error is above. It needs torch and torchvision, and cases"
                     " of the form MODEL:LAYER[:CHANNEL] with torchvision's names.")
        return json.loads(line)

    def steps(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.answer()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def bench_lucid(lucid, case, threads, options):
    """One call of `lucid bench`: its JSON object for the case."""
    command = [lucid, "bench", case, "--threads", str(threads), "--json", *options]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        sys.exit(f"`{shlex.join(command)}` ended with exit code {finished.returncode}.")
    results = [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]
    for result in results:
        if result["case"] == case:
            asked = {"size": (str(SIZE), f"{SIZE}x{SIZE}"), "batch": ("1",), "threads": (str(threads),)}
            for key, allowed in asked.items():
                if str(result[key]) not in allowed:
                    sys.exit(f"lucid measured {case} with {key} {result[key]}, not {allowed[0]}: not comparable.")
            return result
    sys.exit(f"`{shlex.join(command)}` printed no JSON object with case {case}.")


def compare(case, arguments):
    """One row of the table."""
    pytorch = PyTorch(case, arguments.threads)
    all_steps, lucid_medians, ratios, peaks = [], [], [], {"PyTorch": 0, "lucid": 0}

    def pytorch_turn():
        result = pytorch.steps(arguments.steps)
        all_steps.extend(result["milliseconds"])
        peaks["PyTorch"] = max(peaks["PyTorch"], result["peak_mb"])
        return statistics.median(result["milliseconds"])

    def lucid_turn():
        result = bench_lucid(arguments.lucid, case, arguments.threads, arguments.lucid_options)
        lucid_medians.append(result["median_ms"])
        peaks["lucid"] = max(peaks["lucid"], result["peak_mb"])
        return result["median_ms"]

    for index in range(arguments.rounds):
        if not arguments.lucid:
            pytorch_turn()
        elif index % 2 == 0:
            pytorch_median = pytorch_turn()
            ratios.append(lucid_turn() / pytorch_median)
        else:
            lucid_median = lucid_turn()
            ratios.append(lucid_median / pytorch_turn())
    pytorch.stop()

    row = [case, f"{statistics.median(all_steps):.1f}"]
    if arguments.lucid:
        row += [f"{statistics.median(lucid_medians):.1f}", f"{statistics.median(ratios):.2f}"]
    row += [f"{peaks['PyTorch']:.0f}"]
    if arguments.lucid:
        row += [f"{peaks['lucid']:.0f}"]
    return row, pytorch.version


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", help="the program to compare with")
    parser.add_argument("--lucid-options", type=shlex.split, default=[], help='more for `lucid bench`, as "--steps 5"')
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=5, help="of PyTorch, a round (5)")
    parser.add_argument("--cases", nargs="+", default=CASES, metavar="MODEL:LAYER[:CHANNEL]")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    arguments = parser.parse_args()

    if arguments.serve:
        serve_pytorch(arguments.serve, arguments.threads)
        return
    if arguments.lucid and not os.access(arguments.lucid, os.X_OK):
        sys.exit(f"There is no program at {arguments.lucid}. Build it with `swift build -c release`; it is then"
                 " .build/release/lucid. Without --lucid only PyTorch is timed.")
    for case in arguments.cases:
        if case.count(":") not in (1, 2):
            sys.exit(f"{case} is not of the form MODEL:LAYER or MODEL:LAYER:CHANNEL, as vgg16:features.10.")

    heading = ["case", "PyTorch median ms"]
    heading += ["lucid median ms", "lucid / PyTorch"] if arguments.lucid else []
    heading += ["PyTorch peak MB"] + (["lucid peak MB"] if arguments.lucid else [])
    print("| " + " | ".join(heading) + " |")
    print("|---" + "|--:" * (len(heading) - 1) + "|", flush=True)
    for case in arguments.cases:
        row, version = compare(case, arguments)
        print("| " + " | ".join(row) + " |", flush=True)
    print(f"\n{version}; {arguments.threads} threads, {arguments.rounds} rounds of {arguments.steps} steps, {SIZE}×{SIZE}.")


if __name__ == "__main__":
    main()
