#!/usr/bin/env python3
"""Times a picture of `lucid deepdream` against the same one of PyTorch on a CPU.

    python Benchmarks/deepdream_pytorch.py --lucid PATH/TO/lucid [--threads 2] [--rounds 3] [--size 768] [--cases MODEL:features.N ...]

Both dream as the notebook of google/deepdream does (dream.ipynb): octaves, each the one before by 1.4 smaller; from the
smallest to the whole, the detail that was dreamed so far is enlarged and added to the octave, and ten steps follow, each
    roll by a jitter of up to 32 pixels, x += step · g / mean|g|, roll back, clip to 0…1
with the gradient g of mean(a²) of the layer and a step of 1.5 / 255. Both have the bundled weights, frozen, and networks
that end at the layer. The picture is Tests/CommandTests/Photos/chelsea.jpg, cut and scaled to a square.

Nothing else should run meanwhile: threads of PyTorch's that wait for one another take more than their share of the loss.
PyTorch's time is given twice: without its start (imports, weights, files), and as a whole process, as lucid's always is.
Without --lucid only PyTorch is timed. Needs torch, torchvision, numpy and pillow from PyPI.
"""

import argparse
import os
import sys
import tempfile
import time

import side_by_side

SCALE = 1.4
STEP = 1.5 / 255
JITTER = 32
CASES = ["vgg16:features.21", "squeezenet1_1:features.10"]


def dream(network, prepare, picture, octaves, iterations):
    import torch
    from torch.nn import functional

    def resized(planes, size):
        return functional.interpolate(planes, size=size, mode="bilinear", align_corners=False)

    bases = [picture]
    for _ in range(octaves - 1):
        bases.append(resized(bases[-1], [max(1, round(side / SCALE)) for side in bases[-1].shape[2:]]))
    detail = torch.zeros_like(bases[-1])
    for base in reversed(bases):
        x = base + resized(detail, base.shape[2:])
        for _ in range(iterations):
            shifts = torch.randint(-JITTER, JITTER + 1, (2,)).tolist()
            rolled = torch.roll(x, shifts, (2, 3)).requires_grad_()
            (network(prepare(rolled)) ** 2).mean().backward()
            g = torch.roll(rolled.grad, [-shift for shift in shifts], (2, 3))
            x = (x + STEP * g / g.abs().mean()).clamp(0, 1)
        detail = x - base
    return x


def serve(arguments):
    """The PyTorch process: dreams once and prints the seconds."""
    import torch

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model, layer = arguments.serve.split(":")
    network, prepare = side_by_side.features(model, int(layer.split(".")[1]))
    picture = side_by_side.photo(arguments.photo, arguments.size)
    start = time.perf_counter()
    result = dream(network, prepare, picture, arguments.octaves, arguments.iterations)
    seconds = time.perf_counter() - start
    side_by_side.save(result, arguments.output)
    print(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", help="the program to compare with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=768)
    parser.add_argument("--octaves", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--photo", default=os.path.join(side_by_side.PHOTOS, "chelsea.jpg"))
    parser.add_argument("--cases", nargs="+", default=CASES, metavar="MODEL:features.N")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--output", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments)
        return
    side_by_side.check_lucid(arguments.lucid)

    square = f"{arguments.size}x{arguments.size}"
    shared = ["--octaves", str(arguments.octaves), "--iterations", str(arguments.iterations), "--threads", str(arguments.threads)]
    side_by_side.heading(bool(arguments.lucid))
    with tempfile.TemporaryDirectory() as folder:
        for case in arguments.cases:
            model, layer = case.split(":")
            pytorch = [sys.executable, __file__, "--serve", case, "--photo", arguments.photo, "--size", str(arguments.size),
                       *shared, "--output", os.path.join(folder, "pytorch.png")]
            lucid = arguments.lucid and [
                arguments.lucid, "deepdream", arguments.photo, "--model", model, "--layer", layer, "--size", square,
                *shared, "--output", os.path.join(folder, "lucid.png"), "--quiet", "--force"]
            side_by_side.compare(case.replace(":", " "), pytorch, lucid, arguments.rounds)
            side_by_side.check_sizes(folder, arguments.size)
    print(f"\n{arguments.size}×{arguments.size}, {arguments.octaves} octaves of {arguments.iterations} steps, "
          f"{arguments.threads} threads, {arguments.rounds} rounds.")


if __name__ == "__main__":
    main()
