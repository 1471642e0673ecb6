#!/usr/bin/env python3
"""How high lucid climbs under --preset lucid, against torch-lucent on the same weights, units, size and steps.

    python Benchmarks/lucent_scores.py --lucid PATH/TO/lucid [--steps 512] [--size 224] [--network vgg16]

Both draw a channel with their standard transforms from seed 0; PyTorch then measures both pictures, without transforms:
the channel's mean on the picture as 8-bit PNG. The weights are the bundled ones (Models/*.safetensors), which torch-lucent
sees through a hook that does their preprocessing. Needs torch, torchvision, torch-lucent, numpy and pillow from PyPI.
"""

import argparse
import os
import subprocess
import tempfile

import numpy
import torch
import torchvision
from lucent.optvis import param, render
from PIL import Image

import side_by_side

UNITS = {
    "squeezenet1_1": [("features.3", 5), ("features.4", 20), ("features.6", 33), ("features.7", 100), ("features.8", 7),
                      ("features.9", 150), ("features.10", 5), ("features.10", 200), ("features.11", 50),
                      ("features.12", 382)],
    "vgg16": [("features.2", 7), ("features.5", 40), ("features.7", 12), ("features.10", 5), ("features.12", 100),
              ("features.14", 77), ("features.17", 200), ("features.19", 300), ("features.21", 11), ("features.28", 7)],
}


def network(name):
    model = getattr(torchvision.models, name)(weights=None).eval()
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Models")
    missing = model.load_state_dict(side_by_side.weights(os.path.join(folder, name + ".safetensors")), strict=False)
    assert all(key.startswith("classifier") for key in missing.missing_keys), missing
    mean = torch.tensor(side_by_side.MEANS[name]).reshape(1, 3, 1, 1)
    model.register_forward_pre_hook(lambda _, inputs: (inputs[0] * 255 - mean,))
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False
    return model


def score(model, layer, channel, image):
    """The channel's mean on `image`, [height, width, 3] in 0…1 as 8 bits would have it."""
    caught = {}
    handle = model.get_submodule(layer).register_forward_hook(lambda _, __, output: caught.update(output=output))
    rounded = numpy.round(numpy.clip(image, 0, 1) * 255).astype(numpy.float32) / 255
    with torch.no_grad():
        model(torch.from_numpy(rounded).permute(2, 0, 1)[None])
    handle.remove()
    return caught["output"][0, channel].mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lucid", required=True)
    parser.add_argument("--steps", type=int, default=512)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--network", choices=UNITS, action="append")
    arguments = parser.parse_args()
    print("| unit | torch-lucent | lucid | ratio |\n|---|--:|--:|--:|", flush=True)
    for name in arguments.network or UNITS:
        model = network(name)
        for layer, channel in UNITS[name]:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "picture.png")
                subprocess.run([arguments.lucid, "channel", "--model", name, "--layer", layer, "--index", str(channel),
                                "--preset", "lucid", "--size", str(arguments.size), "--steps", str(arguments.steps),
                                "--quiet", "--output", path], check=True)
                mine = score(model, layer, channel, numpy.asarray(Image.open(path).convert("RGB")) / 255)
            torch.manual_seed(0)
            numpy.random.seed(0)
            images = render.render_vis(
                model, f"{layer.replace('.', '_')}:{channel}", lambda: param.image(arguments.size), preprocess=False,
                thresholds=(arguments.steps,), progress=False, show_image=False)
            theirs = score(model, layer, channel, images[0][0])
            print(f"| {name} {layer}:{channel} | {theirs:.2f} | {mine:.2f} | {mine / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main()
