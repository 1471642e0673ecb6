#!/usr/bin/env python3
"""Architectures of the zoo as timm and Hugging Face's transformers name their parameters, computed by those in float64.

    scripts/goldens/checkpoint_names.py GOLDENS_FOLDER [CASE ...]

No weights are stored: each parameter is made from the hash tensor u of its own name there (integer_hash.py), so that a
parameter under a wrong name is a wrong one. With n numbers, of which the first extent counts f:

    ….running_var                               0.5 + |u|
    …gamma, …layer_scale_parameter              0.5 + u/4
    …cls_token, …pos_embed, …embeddings         u/2
    n > f                                       u · √(3 · gain · f / n)
    n = f, ….weight                             1 + u/4
    all others                                  u/10

The input is value("checkpoint", i), [3, height, width]. Tensors, for every case PROGRAM/NAME: [1 + 16], the largest
magnitude of the logits, then 16 of them at position("PROGRAM/NAME", j). The metadata entry "cases" is a JSON object,
PROGRAM/NAME → {"architecture", "height", "width", "gain", "names"}, where "names" is the SHA-256 of the sorted names of all
parameters, a line each, but for the counters of batch normalizations.

It needs torch, timm and transformers; nothing is downloaded.
"""

import argparse
import hashlib
import json
import math
import pathlib
import tempfile

import timm
import torch
import transformers
from safetensors.torch import load_file, save_file

import golden_file
import integer_hash
import safetensors_file

SAMPLES = 16
SIZE = (64, 80)

# case → architecture of the zoo, gain, size
CASES = {
    **{f"timm/{name}": (name, 1, SIZE) for name in [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2",
        "wide_resnet101_2"]},
    **{f"timm/{name}": (name, 2, SIZE) for name in ["densenet121", "densenet161", "densenet169", "densenet201"]},
    **{f"timm/efficientnet_b{n}": (f"efficientnet_b{n}", 2, SIZE) for n in range(6)},
    **{f"timm/tf_efficientnet_b{n}": (f"efficientnet_b{n}", 2, SIZE) for n in range(6)},
    "timm/mobilenetv2_100": ("mobilenet_v2", 1.5, SIZE),
    "timm/mobilenetv3_large_100": ("mobilenet_v3_large", 1.5, SIZE),
    "timm/mobilenetv3_small_100": ("mobilenet_v3_small", 1.5, SIZE),
    "timm/tf_mobilenetv3_large_100": ("mobilenet_v3_large", 1.5, SIZE),
    "timm/tf_mobilenetv3_small_100": ("mobilenet_v3_small", 1.5, SIZE),
    "timm/mnasnet_050": ("mnasnet0_5", 1.5, SIZE),
    "timm/mnasnet_075": ("mnasnet0_75", 1.5, SIZE),
    "timm/mnasnet_100": ("mnasnet1_0", 1.5, SIZE),
    "timm/regnety_004": ("regnet_y_400mf", 1.5, SIZE),
    "timm/regnety_016": ("regnet_y_1_6gf", 1.5, SIZE),
    "timm/regnetx_008": ("regnet_x_800mf", 1, SIZE),
    **{f"timm/convnext_{size}": (f"convnext_{size}", 1.5, SIZE) for size in ["tiny", "small"]},
    "timm/swin_tiny_patch4_window7_224": ("swin_t", 1.5, (224, 224)),
    "timm/vit_base_patch16_224": ("vit_b_16", 1.5, (224, 224)),
    "timm/vit_base_patch32_224": ("vit_b_32", 1.5, (224, 224)),
    "timm/vit_small_patch16_224": ("vit_s_16", 1.5, (224, 224)),
    "timm/deit_tiny_patch16_224": ("vit_ti_16", 1.5, (224, 224)),
    **{f"timm/vgg{n}": (f"vgg{n}", 2, SIZE) for n in [11, 16]},
    **{f"timm/vgg{n}_bn": (f"vgg{n}_bn", 1.5, SIZE) for n in [11, 13, 16, 19]},
    "timm/inception_v3": ("inception_v3", 2.5, (80, 96)),
    "huggingface/resnet18": ("resnet18", 1, SIZE),
    "huggingface/resnet50": ("resnet50", 1, SIZE),
    "huggingface/regnet_y_400mf": ("regnet_y_400mf", 1.5, SIZE),
    "huggingface/regnet_x_400mf": ("regnet_x_400mf", 1, SIZE),
    "huggingface/mobilenet_v2": ("mobilenet_v2", 1.5, SIZE),
    "huggingface/efficientnet_b0": ("efficientnet_b0", 2, (64, 64)),
    "huggingface/convnext_tiny": ("convnext_tiny", 1.5, SIZE),
    "huggingface/vit_b_16": ("vit_b_16", 1.5, (224, 224)),
    "huggingface/swin_t": ("swin_t", 1.5, (224, 224)),
}


def huggingface(name):
    """The network of transformers whose layers are those of an architecture."""
    t = transformers
    if name.startswith("resnet"):
        small = name == "resnet18"
        config = t.ResNetConfig(
            depths=[2, 2, 2, 2] if small else [3, 4, 6, 3], layer_type="basic" if small else "bottleneck",
            hidden_sizes=[64, 128, 256, 512] if small else [256, 512, 1024, 2048], num_labels=1000)
        return t.ResNetForImageClassification(config)
    if name == "regnet_x_400mf":
        return t.RegNetForImageClassification(t.RegNetConfig(
            depths=[1, 2, 7, 12], hidden_sizes=[32, 64, 160, 400], groups_width=16, layer_type="x", num_labels=1000))
    if name == "regnet_y_400mf":
        return t.RegNetForImageClassification(t.RegNetConfig(
            depths=[1, 3, 6, 6], hidden_sizes=[48, 104, 208, 440], groups_width=8, num_labels=1000))
    if name.startswith("convnext"):
        return t.ConvNextForImageClassification(t.ConvNextConfig(num_labels=1000))
    if name.startswith("mobilenet"):
        return t.MobileNetV2ForImageClassification(t.MobileNetV2Config(num_labels=1000))
    if name.startswith("efficientnet"):
        width, depth, last = {"efficientnet_b0": (1.0, 1.0, 1280), "efficientnet_b1": (1.0, 1.1, 1280)}[name]
        return t.EfficientNetForImageClassification(t.EfficientNetConfig(
            width_coefficient=width, depth_coefficient=depth, hidden_dim=last, num_labels=1000))
    if name == "swin_t":
        return t.SwinForImageClassification(t.SwinConfig(num_labels=1000))
    return t.ViTForImageClassification(t.ViTConfig(num_labels=1000))


def value(name, shape, gain):
    u = torch.from_numpy(integer_hash.values(name, shape))
    count = math.prod(shape)
    if name.endswith("running_var"):
        return 0.5 + u.abs()
    if name.endswith(("gamma", "layer_scale_parameter")):
        return 0.5 + u / 4
    if name.endswith(("cls_token", "pos_embed", "position_embeddings")):
        return u / 2
    if count > shape[0]:
        return u * (3 * gain * shape[0] / count) ** 0.5
    return 1 + u / 4 if name.endswith("weight") else u / 10


def weights_of(state, gain):
    """Every parameter, but for the counters of batch normalizations."""
    return {
        key: value(key, tuple(tensor.shape), gain).float().contiguous()
        for key, tensor in state.items() if not key.endswith("num_batches_tracked")}


def make(case, architecture, gain, size):
    program, name = case.split("/")
    if program == "timm":
        network = timm.create_model(name)
        state = network.state_dict()
        weights = weights_of(state, gain)
        network.load_state_dict({**state, **weights})
    else:
        # The names are those of saved files, which transformers changes when it reads them.
        with tempfile.TemporaryDirectory() as folder:
            huggingface(name).save_pretrained(folder)
            file = pathlib.Path(folder) / "model.safetensors"
            state = load_file(file)
            weights = weights_of(state, gain)
            save_file({**state, **weights}, file, {"format": "pt"})
            network = transformers.AutoModelForImageClassification.from_pretrained(folder)
    network.eval().double()
    with torch.no_grad():
        logits = network(golden_file.named("checkpoint", [1, 3, *size]))
    logits = (logits if program == "timm" else logits.logits)[0]
    print(f"{case:32} largest {logits.abs().max().item():.2g}  deviation {logits.std().item():.2g}", flush=True)
    flat = torch.cat([logits.abs().max()[None], logits[integer_hash.positions(case, SAMPLES, logits.numel())]])
    digest = hashlib.sha256("".join(f"{key}\n" for key in sorted(weights)).encode()).hexdigest()
    return flat, dict(architecture=architecture, height=size[0], width=size[1], gain=gain, names=digest)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
parser.add_argument("cases", nargs="*")
arguments = parser.parse_args()

tensors, cases = {}, {}
existing = pathlib.Path(arguments.goldens) / "checkpoint_names.safetensors"
if arguments.cases and existing.exists():
    tensors, metadata = safetensors_file.read(existing)
    cases = json.loads(metadata["cases"])
for case in arguments.cases or CASES:
    tensors[case], cases[case] = make(case, *CASES[case])
golden_file.write(
    arguments.goldens, __file__, tensors, input='value("checkpoint", i), [3, height, width]',
    cases=dict(sorted(cases.items())))
