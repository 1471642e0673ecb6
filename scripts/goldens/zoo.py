#!/usr/bin/env python3
"""Every architecture with weights that both sides make from a hash, computed by torchvision in float64.

    scripts/goldens/zoo.py GOLDENS_FOLDER [ARCHITECTURE ...]

No weights are stored: each parameter is made from the hash tensor u of its own name (integer_hash.py), as
Sources/Networks/Weights/UntrainedWeights.swift says:

    ….running_var                       0.5 + |u|
    ….layer_scale                       0.5 + u/4
    class_token, …pos_embedding         u/2
    two or more extents                 u · √(3 · gain / inputs of a filter)
    one extent, ….weight                1 + u/4
    all others                          u/10

The input is value("zoo-SEED", i), [3, height, width]; the score is one logit. Tensors, for every architecture:
    ARCHITECTURE            [4, 1 + 16], for the logits and three layers: the largest magnitude, then 16 elements at
                            position("ARCHITECTURE/LAYER", j) of the flat [channels, height, width]
    ARCHITECTURE/gradient   [1 + 48], ∂score/∂input in the same form, position("ARCHITECTURE/gradient", j)
The metadata entry "cases" is a JSON object, ARCHITECTURE → {"height", "width", "gain", "seed", "logit", "layers",
"agreement": the largest difference of the gradient, relative to the largest magnitude, to that in float32 and to that
at an image 3·10⁻⁶ away}. With ReLUs a gradient jumps where rounding turns a unit on or off, and another program rounds
otherwise: of a few seeds, the one with the best agreement is taken.

With architectures named, only these are made anew. torchvision has no InceptionV1 as TensorFlow's inception5h has it; it
is written out below from the published table.
"""

import argparse
import json
import pathlib

import numpy
import torch
import torchvision
from torch.nn import functional
from torchvision.models.feature_extraction import create_feature_extractor

import golden_file
import integer_hash
import safetensors_file

LAYER_SAMPLES = 16
GRADIENT_SAMPLES = 48
SEEDS = 6
ENOUGH_AGREEMENT = 1e-5
NUDGE = 3e-6

RESNET = ["maxpool", "layer2", "layer4"]
DENSENET = ["features.denseblock1", "features.transition2", "features.norm5"]
REGNET = ["stem", "trunk_output.block2", "trunk_output.block4"]
EFFICIENT = dict(layers=["features.1", "features.4", "features.8"], gain=2)

# architecture → three layers, gain, size
CASES = {
    "alexnet": dict(layers=["features.3", "features.12", "classifier.2"], gain=2),
    **{name: dict(layers=RESNET) for name in [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
        "wide_resnet50_2", "wide_resnet101_2"]},
    "googlenet": dict(layers=["conv3", "inception4a", "inception5b"], gain=2),
    "mobilenet_v2": dict(layers=["features.1", "features.7", "features.18"], gain=1.5),
    **{name: dict(layers=DENSENET, gain=2) for name in ["densenet121", "densenet161", "densenet169", "densenet201"]},
    **{name: dict(layers=["features.3", "features.10", "classifier.1"], gain=2) for name in [
        "vgg11", "vgg13", "vgg16", "vgg19"]},
    **{name: dict(layers=["features.9", "features.14", "classifier.1"], gain=1.5) for name in [
        "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn"]},
    "squeezenet1_0": dict(layers=["features.3", "features.8", "features.12"], gain=2),
    "squeezenet1_1": dict(layers=["features.3", "features.8", "features.12"], gain=2),
    "inception_v3": dict(layers=["maxpool2", "Mixed_6b", "Mixed_7c"], gain=2.5, size=(80, 96)),
    "mobilenet_v3_small": dict(layers=["features.1", "features.4", "features.12"], gain=1.5),
    "mobilenet_v3_large": dict(layers=["features.1", "features.4", "features.16"], gain=1.5),
    **{f"efficientnet_b{n}": EFFICIENT for n in range(7)},
    "efficientnet_b7": dict(EFFICIENT, gain=1.5),
    **{f"shufflenet_v2_{width}": dict(layers=["stage2.1", "stage3", "conv5"], gain=1.4) for width in [
        "x0_5", "x1_0", "x1_5", "x2_0"]},
    **{f"mnasnet{width}": dict(layers=["layers.7", "layers.9", "layers.16"], gain=1.5) for width in [
        "0_5", "0_75", "1_0", "1_3"]},
    **{f"regnet_{kind}": dict(layers=REGNET, gain=1.5) for kind in ["y_400mf", "y_800mf", "y_1_6gf", "y_3_2gf"]},
    **{f"regnet_{kind}": dict(layers=REGNET) for kind in ["x_400mf", "x_800mf", "x_1_6gf", "x_3_2gf"]},
    "inceptionv1": dict(layers=["localresponsenorm0", "mixed4a", "mixed5b"], gain=2),
    **{f"convnext_{size}": dict(layers=["features.1.2", "features.4", "features.7"], gain=1.5) for size in [
        "tiny", "small", "base"]},
    # Windows of 7 positions that lie over the edge of the map, at every extent.
    **{f"swin_{size}": dict(layers=["features.0", "features.3.1", "norm"], gain=1.5) for size in ["t", "s", "b"]},
    **{f"vit_{size}": dict(layers=["encoder.add", "encoder.layers.encoder_layer_2", "encoder.ln"], gain=1.5, size=(224, 224))
       for size in ["b_16", "b_32", "s_16", "ti_16"]},
}


class InceptionV1(torch.nn.Module):
    """Szegedy et al. 2014 as TensorFlow's inception5h has it, its branches rectified and normalized by hand."""

    MIXED = {  # name: inputs, 1×1, 3×3 bottleneck, 3×3, 5×5 bottleneck, 5×5, pool reduce
        "mixed3a": (192, 64, 96, 128, 16, 32, 32),
        "mixed3b": (256, 128, 128, 192, 32, 96, 64),
        "mixed4a": (480, 192, 96, 204, 16, 48, 64),
        "mixed4b": (508, 160, 112, 224, 24, 64, 64),
        "mixed4c": (512, 128, 128, 256, 24, 64, 64),
        "mixed4d": (512, 112, 144, 288, 32, 64, 64),
        "mixed4e": (528, 256, 160, 320, 32, 128, 128),
        "mixed5a": (832, 256, 160, 320, 48, 128, 128),
        "mixed5b": (832, 384, 192, 384, 48, 128, 128),
    }

    def __init__(self):
        super().__init__()
        self.seen = {}
        self.convolution("conv2d0", 3, 64, 7)
        self.convolution("conv2d1", 64, 64, 1)
        self.convolution("conv2d2", 64, 192, 3)
        for name, (inputs, one, three_in, three, five_in, five, pool) in self.MIXED.items():
            self.convolution(f"{name}_1x1", inputs, one, 1)
            self.convolution(f"{name}_3x3_bottleneck", inputs, three_in, 1)
            self.convolution(f"{name}_3x3", three_in, three, 3)
            self.convolution(f"{name}_5x5_bottleneck", inputs, five_in, 1)
            self.convolution(f"{name}_5x5", five_in, five, 5)
            self.convolution(f"{name}_pool_reduce", inputs, pool, 1)
        self.softmax2_pre_activation_matmul = torch.nn.Linear(1024, 1008)

    def convolution(self, name, inputs, outputs, kernel):
        self.add_module(f"{name}_pre_relu_conv", torch.nn.Conv2d(inputs, outputs, kernel))

    def rectified(self, name, x, stride=1):
        layer = getattr(self, f"{name}_pre_relu_conv")
        kernel = layer.kernel_size[0]
        before = (kernel - stride) // 2  # TensorFlow's "SAME" for an even extent
        x = functional.pad(x, (before, kernel - stride - before) * 2)
        return functional.conv2d(x, layer.weight, layer.bias, stride).relu()

    def mixed(self, name, x):
        three = self.rectified(f"{name}_3x3", self.rectified(f"{name}_3x3_bottleneck", x))
        five = self.rectified(f"{name}_5x5", self.rectified(f"{name}_5x5_bottleneck", x))
        pooled = self.rectified(f"{name}_pool_reduce", functional.max_pool2d(x, 3, 1, 1))
        return torch.cat([self.rectified(f"{name}_1x1", x), three, five, pooled], 1)

    def forward(self, x):
        def halved(x):
            return functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), value=-torch.inf), 3, 2)

        def normalized(x):
            return functional.local_response_norm(x, size=9, alpha=1e-4, beta=0.5, k=1)

        x = normalized(halved(self.rectified("conv2d0", x, stride=2)))
        self.seen["localresponsenorm0"] = x
        x = self.rectified("conv2d2", self.rectified("conv2d1", x))
        x = halved(normalized(x))
        for name in self.MIXED:
            x = self.mixed(name, x)
            self.seen[name] = x
            if name in ["mixed3b", "mixed4e"]:
                x = halved(x)
        return self.softmax2_pre_activation_matmul(x.mean((2, 3)))


# Transformers that torchvision has no name for: channels, heads.
SMALL_TRANSFORMERS = {"vit_s_16": (384, 6), "vit_ti_16": (192, 3)}


def uniform(name, shape, gain):
    """A parameter or a buffer, as the first lines say."""
    u = torch.from_numpy(integer_hash.values(name, shape))
    if name.endswith("running_var"):
        return 0.5 + u.abs()
    if name.endswith("layer_scale"):
        return 0.5 + u / 4
    if name.endswith(("class_token", "pos_embedding")):
        return u / 2
    if len(shape) > 1:
        return u * (3 * gain / numpy.prod(shape[1:])) ** 0.5
    return 1 + u / 4 if name.endswith("weight") else u / 10


def untrained(name, shape, gain):
    """In float64, but exact in float32, so that a network can go from one to the other and back."""
    return uniform(name, shape, gain).float().double()


def load(name, gain):
    """The network in evaluation mode and float64."""
    # RegNet computes its widths with tensors, Swin its distances, so they need real ones.
    with torch.device("cpu" if name.startswith(("regnet", "swin")) else "meta"):
        if name == "inceptionv1":
            network = InceptionV1()
        elif name in ["googlenet", "inception_v3"]:
            network = getattr(torchvision.models, name)(
                weights=None, init_weights=False, transform_input=True, aux_logits=False)
        elif name in SMALL_TRANSFORMERS:
            width, heads = SMALL_TRANSFORMERS[name]
            network = torchvision.models.VisionTransformer(224, 16, 12, heads, width, 4 * width)
        else:
            network = getattr(torchvision.models, name)(weights=None)
    state = network.state_dict()  # and the version of each module that it was written by
    for key, value in state.items():
        counts = key.endswith("num_batches_tracked")
        if not key.endswith("relative_position_index"):  # which the module made itself
            state[key] = torch.tensor(0) if counts else untrained(key, tuple(value.shape), gain)
    network.load_state_dict(state, assign=True)
    for module in network.modules():
        if getattr(module, "inplace", False):
            module.inplace = False
    return network.eval().requires_grad_(False)


def recorded(network, layers, image):
    """The modules' outputs by path, before any operation in place that follows."""
    seen = {}

    def hook(layer):
        def keep(_, __, output):
            seen[layer] = output.clone()

        return keep

    handles = [network.get_submodule(layer).register_forward_hook(hook(layer)) for layer in layers]
    with torch.no_grad():
        network(image)
    for handle in handles:
        handle.remove()
    return seen


def passed(name, network, layers, image, logit=None):
    """The logits, the layers' outputs, a logit's place (by default the largest's) and its gradient at the image."""
    image = image.requires_grad_()
    if name == "inceptionv1":
        logits = network(image)
        outputs = [network.seen[layer] for layer in layers]
    else:
        outputs = recorded(network, [layer for layer in layers if layer in dict(network.named_modules())], image)
        functions = [layer for layer in layers if layer not in outputs]
        if functions:
            with torch.no_grad():
                outputs.update(create_feature_extractor(network, functions)(image))
        outputs = [outputs[layer] for layer in layers]
        logits = network(image)
    logit = int(logits[0].argmax()) if logit is None else logit
    (gradient,) = torch.autograd.grad(logits[0, logit], image)
    return logits, outputs, logit, gradient


def channels_first(name, tensor):
    """Positions × channels, as a transformer has them, in the order [channels, positions]."""
    if name.startswith("swin"):
        return tensor[0].permute(2, 0, 1).contiguous()
    return tensor[0].T.contiguous() if tensor.dim() == 3 else tensor[0]


def sampled(name, tensor, count):
    flat = tensor.detach().reshape(-1)
    return torch.cat([flat.abs().max()[None], flat[integer_hash.positions(name, count, flat.numel())]])


def make(name, layers, gain=1, size=(64, 80)):
    network = load(name, gain)
    best = None
    for seed in range(SEEDS):
        image = golden_file.named(f"zoo-{seed}", [1, 3, *size])
        logits, outputs, logit, gradient = passed(name, network.double(), layers, image)
        image = image.detach()
        nudged = passed(name, network, layers, image + NUDGE * golden_file.named("nudge", image.shape), logit)[3]
        single = passed(name, network.float(), layers, image.float(), logit)[3]
        differences = [(other.double() - gradient).abs().max() for other in [single, nudged]]
        agreement = (max(differences) / gradient.abs().max()).item()
        if best is None or agreement < best[0]:
            best = (agreement, seed, logits, outputs, logit, gradient)
        if agreement < ENOUGH_AGREEMENT:
            break
    agreement, seed, logits, outputs, logit, gradient = best
    rows = [("logits", logits)] + [(layer, channels_first(name, output)) for layer, output in zip(layers, outputs)]
    deviations = " ".join(f"{values.std().item():.2g}" for _, values in rows)
    print(f"{name:20} seed {seed}  agreement {agreement:.1e}  gradient {gradient.abs().max().item():.1e}  "
          f"deviations {deviations}", flush=True)
    tensors = {
        name: torch.stack([sampled(f"{name}/{layer}", values, LAYER_SAMPLES) for layer, values in rows]),
        f"{name}/gradient": sampled(f"{name}/gradient", gradient, GRADIENT_SAMPLES),
    }
    case = dict(height=size[0], width=size[1], gain=gain, seed=seed, logit=logit, layers=layers,
                agreement=float(f"{agreement:.1g}"))
    return tensors, case


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
parser.add_argument("architectures", nargs="*")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors, cases = {}, {}
existing = pathlib.Path(arguments.goldens) / "zoo.safetensors"
if arguments.architectures and existing.exists():
    tensors, metadata = safetensors_file.read(existing)
    cases = json.loads(metadata["cases"])
for name in arguments.architectures or CASES:
    made, cases[name] = make(name, **CASES[name])
    tensors.update(made)
golden_file.write(
    arguments.goldens, __file__, tensors, input='value("zoo-SEED", i), [3, height, width]',
    cases=dict(sorted(cases.items())))
