#!/usr/bin/env python3
"""Times a picture of `lucid style` against the same one of PyTorch on a CPU.

    python Benchmarks/style_pytorch.py --lucid PATH/TO/lucid [--threads 2] [--rounds 3] [--size 512] [--steps 100] [--optimizer adam]

The style transfer of Gatys, Ecker and Bethge (2016) on the bundled VGG-16: from the content picture, the content at relu4_2
(features.20), the style by Gram matrices at relu1_1, 2_1, 3_1, 4_1 and 5_1 (features.1, 6, 11, 18, 25), whose targets are
computed once. A step is one evaluation of the loss with its gradient at the picture; of L-BFGS --steps are the evaluations,
those of its line search included. The networks end at relu5_1, the weights are frozen. The pictures are
Tests/CommandTests/Photos/chelsea.jpg in the style of coffee.jpg, cut and scaled to squares.

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

CONTENT = 20
STYLE = [1, 6, 11, 18, 25]
STYLE_WEIGHT = 1.0  # the time does not depend on it
RATE = 0.02  # of Adam, for samples in 0…1


def transfer(network, prepare, content, style, steps, optimizer):
    import torch

    def activations(picture):
        a, kept = prepare(picture), {}
        for index, module in enumerate(network):
            a = module(a)
            if index == CONTENT or index in STYLE:
                kept[index] = a
        return kept

    def gram(a):
        rows = a[0].flatten(1)
        return rows @ rows.T / rows.shape[1]

    def relative(a, target, scale):
        return ((a - target) ** 2).sum() / scale

    with torch.no_grad():
        target = activations(content)[CONTENT].clone()
        grams = {index: gram(a) for index, a in activations(style).items() if index in STYLE}
        scales = {index: (matrix**2).sum() for index, matrix in grams.items()}
        scale = (target**2).sum()
    x = content.clone().requires_grad_()
    evaluations = 0

    def evaluate():
        nonlocal evaluations
        evaluations += 1
        climber.zero_grad()
        kept = activations(x)
        loss = relative(kept[CONTENT], target, scale)
        for index in STYLE:
            loss = loss + STYLE_WEIGHT / len(STYLE) * relative(gram(kept[index]), grams[index], scales[index])
        loss.backward()
        return loss

    if optimizer == "adam":
        climber = torch.optim.Adam([x], lr=RATE)
        for _ in range(steps):
            climber.step(evaluate)
            with torch.no_grad():
                x.clamp_(0, 1)
    else:
        # A search that fails ends the climb, and a new one begins; the last may look at a few places too many.
        while evaluations < steps:
            climber = torch.optim.LBFGS(
                [x], max_iter=steps, max_eval=steps - evaluations, history_size=10, tolerance_grad=0, tolerance_change=0,
                line_search_fn="strong_wolfe")
            before = evaluations
            climber.step(evaluate)
            if evaluations - before < 2:
                break
    return x, evaluations


def serve(arguments):
    """The PyTorch process: draws once and prints the evaluations and the seconds."""
    import torch

    torch.set_num_threads(arguments.threads)
    network, prepare = side_by_side.features("vgg16", max(STYLE))
    content, style = [side_by_side.photo(path, arguments.size) for path in (arguments.content, arguments.style)]
    start = time.perf_counter()
    result, evaluations = transfer(network, prepare, content, style, arguments.steps, arguments.optimizer)
    seconds = time.perf_counter() - start
    side_by_side.save(result, arguments.output)
    print(evaluations, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", help="the program to compare with")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--optimizer", choices=["adam", "lbfgs"], default="adam")
    parser.add_argument("--content", default=os.path.join(side_by_side.PHOTOS, "chelsea.jpg"))
    parser.add_argument("--style", default=os.path.join(side_by_side.PHOTOS, "coffee.jpg"))
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--output", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments)
        return
    side_by_side.check_lucid(arguments.lucid)

    shared = ["--steps", str(arguments.steps), "--optimizer", arguments.optimizer,
              "--threads", str(arguments.threads)]
    side_by_side.heading(bool(arguments.lucid))
    with tempfile.TemporaryDirectory() as folder:
        pytorch = [sys.executable, __file__, "--serve", "--content", arguments.content, "--style", arguments.style,
                   "--size", str(arguments.size), *shared, "--output", os.path.join(folder, "pytorch.png")]
        lucid = arguments.lucid and [
            arguments.lucid, "style", arguments.content, arguments.style, "--model", "vgg16",
            "--size", f"{arguments.size}x{arguments.size}", "--stages", "1", *shared, "--output", os.path.join(folder, "lucid.png"), "--quiet"]
        side_by_side.compare(f"vgg16, {arguments.steps} steps of {arguments.optimizer}", pytorch, lucid, arguments.rounds)
        side_by_side.check_sizes(folder, arguments.size)
    print(f"\n{arguments.size}×{arguments.size}, {arguments.threads} threads, {arguments.rounds} rounds.")


if __name__ == "__main__":
    main()
