#!/usr/bin/env python3
"""Times `lucid attribute` against Captum on a CPU.

    python Benchmarks/attribution_captum.py --lucid PATH/TO/lucid [--threads 2] [--rounds 3] [--steps 50] [--batch N] [--only CASE]

Cases: Grad-CAM of SqueezeNet's likeliest class at its last layer with positions, integrated gradients of that class from the mean colour,
and integrated gradients of a channel of VGG-16 (features.28:5), whose bundled weights end there. Both programs read the same photograph
(Tests/CommandTests/Photos/chelsea.jpg), see 224×224 pixels of it with the same weights, and write a picture of the map.

Captum computes all points of a path in one batch unless --batch (its internal_batch_size) says otherwise; lucid takes one after another.
Nothing else should run meanwhile. Captum's time is given twice: without its start (imports, weights, files), and as a whole process, as
lucid's always is. Without --lucid only Captum is timed. Needs torch, torchvision, captum, numpy and pillow from PyPI.
"""

import argparse
import os
import sys
import tempfile
import time

import side_by_side

CASES = {
    "grad-cam, squeezenet1_1": ("squeezenet1_1", "grad-cam"),
    "integrated, squeezenet1_1": ("squeezenet1_1", "integrated"),
    "integrated, vgg16": ("vgg16", "integrated"),
}
LAYER, CHANNEL = 28, 5  # of VGG-16
PHOTO = os.path.join(side_by_side.PHOTOS, "chelsea.jpg")


def captum(model, method, output, threads, steps, batch):
    import torch
    from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam

    torch.set_num_threads(threads)
    picture = side_by_side.photo(PHOTO, 224)
    if model == "squeezenet1_1":
        import torchvision

        network = torchvision.models.squeezenet1_1(weights=None)
        path = os.path.join(side_by_side.HERE, "..", "Models", model + ".safetensors")
        network.load_state_dict(side_by_side.weights(path))
        network.eval().requires_grad_(False)
        mean = torch.tensor(side_by_side.MEANS[model]).reshape(1, 3, 1, 1)
        x = picture * 255 - mean
    else:
        layers, prepare = side_by_side.features(model, LAYER)
        x = prepare(picture)

        def network(picture):
            return layers(picture).mean((2, 3))

    start = time.perf_counter()
    if model == "squeezenet1_1":
        with torch.no_grad():
            target = network(x).argmax().item()
    else:
        target = CHANNEL
    if method == "grad-cam":
        found = LayerGradCam(network, network.features[12]).attribute(x.requires_grad_(), target=target, relu_attributions=True)
        found = LayerAttribution.interpolate(found, (224, 224), "bilinear")
    else:
        found = IntegratedGradients(network).attribute(x, target=target, n_steps=steps, internal_batch_size=batch).sum(1, keepdim=True)
    elapsed = time.perf_counter() - start
    shown = found.detach() / found.abs().max()
    side_by_side.save(torch.cat([shown.clamp(min=0), shown.abs() * 0, (-shown).clamp(min=0)], 1), output)
    print(elapsed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lucid", metavar="PATH")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--batch", type=int, help="points that Captum computes at a time")
    parser.add_argument("--only", choices=CASES, metavar="CASE", help="one of: " + "; ".join(CASES))
    parser.add_argument("--captum", nargs=2, help=argparse.SUPPRESS)  # CASE OUTPUT: in a process of its own
    options = parser.parse_args()
    if options.captum:
        case, output = options.captum
        captum(*CASES[case], output, options.threads, options.steps, options.batch)
        return
    side_by_side.check_lucid(options.lucid)
    side_by_side.heading(options.lucid, "Captum")
    with tempfile.TemporaryDirectory() as folder:
        for case, (model, method) in CASES.items():
            if options.only not in (None, case):
                continue
            peer = [sys.executable, __file__, "--captum", case, os.path.join(folder, "captum.png"), "--threads", str(options.threads),
                    "--steps", str(options.steps)] + (["--batch", str(options.batch)] if options.batch else [])
            lucid = [options.lucid, "attribute", PHOTO, "--model", model, "--method", method, "--threads", str(options.threads),
                     "--force", "--quiet", "-o", os.path.join(folder, "lucid.png")]
            if method == "integrated":
                lucid += ["--path-steps", str(options.steps)]
            if model == "vgg16":
                lucid += ["--target", f"features.{LAYER}:{CHANNEL}"]
            side_by_side.compare(case, peer, lucid if options.lucid else None, options.rounds, "Captum")


main()
