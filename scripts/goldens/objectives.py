#!/usr/bin/env python3
"""Scores of objectives with their gradients, by torch in float64, and the redirected ReLU gradient from its formula.

    scripts/goldens/objectives.py GOLDENS_FOLDER

A scene has frames i = 0, 1, … (pictures that are drawn together), each with
    image           value("image-i"), [3, 6, 7] (channels, height, width); [4, 6, 7] where "alpha" is true below
    activations     a = value("a-i"), [4, 5, 6]; b = value("b-i"), [3, 4, 5]; logits = value("logits-i"), [7, 2, 3]
and fixed pictures, of which only what is used is made:
    photo           image value("photo"), [3, 6, 7]; a = value("photo-a"), [4, 5, 6]
    near            image = 0.9 · value("photo"); a = value("a-0") + 0.25 · value("near-a"): much like frame 0
    small, large    a = value("small-a"), [4, 3, 3]; value("large-a"), [4, 8, 7]; other extents than the frames'
The metadata entry "cases" is a JSON object from each case's name to the expression that it computes ("text"), the
number of frames ("frames"), "alpha", and "detached" if the gradient is not the score's derivative on purpose. The
formulas are in CASES. An objective of one picture is the mean over frames. Tensors, absent where a gradient is 0
everywhere:
    NAME/score [1], and the gradients NAME/image.i, NAME/a.i, NAME/b.i, NAME/logits.i in the shapes above

The redirected ReLU gradient of tensorflow/lucid (lucid/misc/redirected_relu_grad.py). With g the gradient of the LOSS at
the ReLU's output (the negated score's) and x the ReLU's input: the plain gradient is g where x > 0, else 0; the
redirected one is g, but 0 where x < 0 and g > 0, and for ReLU6 also where x > 6 and g < 0. The plain one is taken unless
it is 0 everywhere. v = value("relu-input"), g = value("relu-gradient"), both [4, 5, 6]; tensors, the gradient at x:
    relu/plain         x = v: something passes
    relu/redirected    x = −|v|: nothing passes, so redirected
    relu6/plain        x = 8·v
    relu6/redirected   x = v where v < 0, else v + 6.5: nothing passes, so redirected
"""

import argparse

import torch
from torch.nn import functional

import golden_file
from golden_file import named

A, B, LOGITS = [4, 5, 6], [3, 4, 5], [7, 2, 3]


class Frame:
    def __init__(self, index, alpha):
        self.image = named(f"image-{index}", [4 if alpha else 3, 6, 7]).requires_grad_()
        self.a = named(f"a-{index}", A).requires_grad_()
        self.b = named(f"b-{index}", B).requires_grad_()
        self.logits = named(f"logits-{index}", LOGITS).requires_grad_()


PHOTO = dict(image=named("photo", [3, 6, 7]), a=named("photo-a", A))
NEAR = dict(image=0.9 * named("photo", [3, 6, 7]), a=named("a-0", A) + 0.25 * named("near-a", A))
SMALL = dict(a=named("small-a", [4, 3, 3]))
LARGE = dict(a=named("large-a", [4, 8, 7]))


def mean(score):
    """An objective of one picture."""
    return lambda frames: sum(score(frame) for frame in frames) / len(frames)


def direction(a, weights, power):
    """The score at each position, [height, width]."""
    v = torch.zeros(a.shape[0], dtype=torch.float64)
    for channel, weight in weights.items():
        v[channel] = weight
    dot = torch.einsum("cyx,c->yx", a, v)
    if power == 0:
        return dot
    cosine = dot / ((1e-4 + a.norm(dim=0)) * (1e-4 + v.norm()))
    return dot * cosine.clamp(min=0.1) ** power


def cropped(tensor, height, width):
    top, left = (tensor.shape[1] - height) // 2, (tensor.shape[2] - width) // 2
    return tensor[:, top : top + height, left : left + width]


def tensor_direction(a, target, power):
    height, width = min(a.shape[1], target.shape[1]), min(a.shape[2], target.shape[2])
    a, target = cropped(a, height, width), cropped(target, height, width)
    dot = (a * target).sum()
    if power == 0:
        return dot
    cosine = dot / ((1e-4 + a.norm()) * (1e-4 + target.norm()))
    return dot * cosine.clamp(min=0.1) ** power


def caricature(a, target, power):
    dot = (a * target).sum()
    if power == 0:
        return dot
    return dot * (dot / (1e-6 + target.norm())).clamp(min=0.1) ** power


def gram(a):
    rows = a.flatten(1)
    return rows @ rows.T


def mean_gram(a):
    return gram(a) / (a.shape[1] * a.shape[2])


def best_match(a, b):
    return (a.flatten(1).T @ b.flatten(1)).max(dim=1).values.mean()


def diversity(frames):
    grams = [gram(frame.a) for frame in frames]
    grams = [matrix / matrix.norm().clamp(min=1e-10) for matrix in grams]
    pairs = [(one * other).sum() for i, one in enumerate(grams) for j, other in enumerate(grams) if i != j]
    return sum(pairs) / len(frames)


def alignment(decay):
    def score(frames):
        total = 0
        for distance in (1, 2, 3, 4):
            for i in range(len(frames) - distance):
                total -= ((frames[i].a - frames[i + distance].a) ** 2).mean() / decay**distance
        return total
    return score


def interpolated(first, second):
    def score(frames):
        shares = torch.linspace(0, 1, len(frames), dtype=torch.float64)
        return sum((1 - w) * first(frame).mean() + w * second(frame).mean() for w, frame in zip(shares, frames))
    return score


def total_variation(x):
    return (x[:, :, 1:] - x[:, :, :-1]).abs().sum() + (x[:, 1:] - x[:, :-1]).abs().sum()


def blurred(x, extent):
    """Lucid's: weights 1, on the window's outermost ring 0.5, divided by the weights inside the picture."""
    kernel = torch.full([1, 1, extent, extent], 0.5, dtype=torch.float64)
    kernel[:, :, 1:-1, 1:-1] = 1
    def summed(planes):
        return functional.conv2d(planes[:, None], kernel, padding=extent // 2)[:, 0]
    return summed(x) / summed(torch.ones_like(x))


def blur_step(x):
    return ((x - blurred(x, 3).detach()) ** 2).sum() / 2


def boundary(x, width, grey):
    frame = torch.ones_like(x)
    frame[:, width:-width, width:-width] = 0
    if 2 * width >= min(x.shape[1:]):
        frame[:] = 1
    return -(frame * ((blurred(x, 5) - x) ** 2 + 0.8 * (x - grey) ** 2)).sum()


def tv_of(frame):
    return total_variation(frame.image)


WEIGHTS = {0: 1, 2: -0.5, 3: 2}
LIST = "0:1,2:-0.5,3:2"

# name: (expression, frames, score of the frames, whatever else the metadata says)
CASES = {
    "channel": ("channel(a,2)", 1, mean(lambda f: f.a[2].mean())),
    "channel-of-two": ("channel(b,0)", 2, mean(lambda f: f.b[0].mean())),
    "neuron": ("neuron(a,1,x=4,y=2)", 1, mean(lambda f: f.a[1, 2, 4])),
    "neuron-row": ("neuron(a,1,y=4)", 1, mean(lambda f: f.a[1, 4, 6 // 2])),
    "neuron-centre": ("neuron(a,1)", 1, mean(lambda f: f.a[1, 5 // 2, 6 // 2])),
    "layer": ("layer(a)", 2, mean(lambda f: (f.a**2).mean())),
    "class_logit": ("class_logit(4)", 1, mean(lambda f: f.logits[4].mean())),
    "direction": (f"direction(a,{LIST})", 2, mean(lambda f: direction(f.a, WEIGHTS, 0).mean())),
    # Positions where the cosine is above 0.1, and others where it is clipped.
    "direction-pow": (f"direction(a,{LIST},pow=2)", 2, mean(lambda f: direction(f.a, WEIGHTS, 2).mean())),
    "direction-root": ("direction(b,1:-3,pow=0.5)", 1, mean(lambda f: direction(f.b, {1: -3}, 0.5).mean())),
    "direction_neuron": (
        f"direction_neuron(a,{LIST},x=0,y=4)", 1, mean(lambda f: direction(f.a, WEIGHTS, 0)[4, 0])),
    "direction_neuron-pow": (
        f"direction_neuron(a,{LIST},x=2,y=0,pow=2)", 2, mean(lambda f: direction(f.a, WEIGHTS, 2)[0, 2])),
    "direction_neuron-clipped": (
        f"direction_neuron(a,{LIST},pow=2)", 2, mean(lambda f: direction(f.a, WEIGHTS, 2)[5 // 2, 6 // 2])),
    "tensor_direction": ("tensor_direction(a,photo)", 1, mean(lambda f: tensor_direction(f.a, PHOTO["a"], 0))),
    "tensor_direction-positive": (
        "tensor_direction(a,near,pow=2)", 2, mean(lambda f: tensor_direction(f.a, NEAR["a"], 2))),
    "tensor_direction-small": ("tensor_direction(a,small,pow=1)", 1, mean(lambda f: tensor_direction(f.a, SMALL["a"], 1))),
    "tensor_direction-large": ("tensor_direction(a,large)", 1, mean(lambda f: tensor_direction(f.a, LARGE["a"], 0))),
    "caricature": ("caricature(a,photo)", 1, mean(lambda f: caricature(f.a, PHOTO["a"], 0))),
    "caricature-pow": ("caricature(a,near,pow=1)", 1, mean(lambda f: caricature(f.a, NEAR["a"], 1))),
    "caricature-clipped": ("caricature(a,photo,pow=3)", 2, mean(lambda f: caricature(f.a, PHOTO["a"], 3))),
    "activation_difference": (
        "activation_difference(a,photo)", 2, mean(lambda f: (f.a - PHOTO["a"]).abs().mean())),
    "activation_difference-gram": (
        "activation_difference(a,photo,as=gram)", 2, mean(lambda f: (mean_gram(f.a) - mean_gram(PHOTO["a"])).abs().mean())),
    "activation_difference-gram-large": (
        "activation_difference(a,large,as=gram)", 1, mean(lambda f: (mean_gram(f.a) - mean_gram(LARGE["a"])).abs().mean())),
    "activation_distance": ("activation_distance(a,photo)", 2, mean(lambda f: (f.a - PHOTO["a"]).norm())),
    "guide": ("guide(a,photo)", 2, mean(lambda f: best_match(f.a, PHOTO["a"]))),
    "guide-large": ("guide(a,large)", 1, mean(lambda f: best_match(f.a, LARGE["a"]))),
    "input_diff": ("input_diff(photo)", 2, mean(lambda f: ((f.image - PHOTO["image"]) ** 2).mean().sqrt())),
    "input_diff-alpha": (
        "input_diff(photo)", 1, mean(lambda f: ((f.image[:3] - PHOTO["image"]) ** 2).mean().sqrt()), dict(alpha=True)),
    "diversity": ("diversity(a)", 3, diversity),
    "alignment": ("alignment(a)", 6, alignment(2)),
    "alignment-decay": ("alignment(a,decay=3)", 6, alignment(3)),
    "alignment-few": ("alignment(a)", 2, alignment(2)),
    "channel_interpolate": (
        "channel_interpolate(a,1,b,2)", 3, interpolated(lambda f: f.a[1], lambda f: f.b[2])),
    "channel_interpolate-one-layer": (
        "channel_interpolate(a,1,a,3)", 3, interpolated(lambda f: f.a[1], lambda f: f.a[3])),
    "picture": ("picture(1,channel(a,2) - 0.1*total_variation())", 3,
                lambda frames: frames[1].a[2].mean() - 0.1 * tv_of(frames[1])),
    "pictures": ("picture(0,channel(a,0)) + picture(2,channel(a,1))", 3,
                 lambda frames: frames[0].a[0].mean() + frames[2].a[1].mean()),
    "total_variation": ("total_variation()", 2, mean(tv_of)),
    "l1": ("l1()", 1, mean(lambda f: f.image.abs().sum())),
    "l1-constant": ("l1(0.5)", 2, mean(lambda f: (f.image - 0.5).abs().sum())),
    "l2": ("l2()", 1, mean(lambda f: (1e-6 + (f.image**2).sum()).sqrt())),
    "l2-constant": ("l2(0.5)", 2, mean(lambda f: (1e-6 + ((f.image - 0.5) ** 2).sum()).sqrt())),
    "blur_input_each_step": (
        "blur_input_each_step()", 2, mean(lambda f: blur_step(f.image)), dict(detached=True)),
    "penalize_boundary_complexity": (
        "penalize_boundary_complexity()", 1, mean(lambda f: boundary(f.image, 20, 0.5))),
    "penalize_boundary_complexity-thin": (
        "penalize_boundary_complexity(w=2,c=0.25)", 2, mean(lambda f: boundary(f.image, 2, 0.25))),
    "mean_alpha": ("mean_alpha()", 2, mean(lambda f: f.image[3].mean()), dict(alpha=True)),
    "blur_alpha_each_step": (
        "blur_alpha_each_step()", 1, mean(lambda f: blur_step(f.image[3:])), dict(alpha=True, detached=True)),
    "sum": ("0.5*channel(a,0) + channel(b,1) - 2*(channel(a,1) + 0.25*total_variation())", 2,
            mean(lambda f: 0.5 * f.a[0].mean() + f.b[1].mean() - 2 * (f.a[1].mean() + 0.25 * tv_of(f)))),
    "constants": ("2 - layer(a)*3 + 0.5", 1, mean(lambda f: 2 - 3 * (f.a**2).mean() + 0.5)),
    # The product of means over frames, not the mean of products.
    "product": ("channel(a,0)*channel(b,1)*l2()", 2,
                lambda frames: mean(lambda f: f.a[0].mean())(frames) * mean(lambda f: f.b[1].mean())(frames)
                * mean(lambda f: (1e-6 + (f.image**2).sum()).sqrt())(frames)),
    "square": ("layer(a)*layer(a)", 1, lambda frames: mean(lambda f: (f.a**2).mean())(frames) ** 2),
    "alpha-product": ("channel(a,1)*(1 - mean_alpha())", 1,
                      mean(lambda f: f.a[1].mean() * (1 - f.image[3].mean())), dict(alpha=True)),
}


def redirected(x, g, top=torch.inf):
    """The gradient at the input x of a ReLU that also clips at `top`."""
    plain = torch.where((x > 0) & (x < top), g, torch.zeros_like(g))
    if plain.norm() > 0:
        return plain
    blocked = ((x < 0) & (g > 0)) | ((x > top) & (g < 0))
    return torch.where(blocked, torch.zeros_like(g), g)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
torch.set_num_threads(1)

tensors, cases = {}, {}
for name, (text, count, score, *rest) in CASES.items():
    more = rest[0] if rest else {}
    frames = [Frame(index, more.get("alpha", False)) for index in range(count)]
    result = score(frames)
    result.backward()
    tensors[name + "/score"] = result.reshape(1)
    for index, frame in enumerate(frames):
        for what in ("image", "a", "b", "logits"):
            gradient = getattr(frame, what).grad
            if gradient is not None and gradient.abs().max() > 0:
                tensors[f"{name}/{what}.{index}"] = gradient
    cases[name] = dict(text=text, frames=count, **more)

v, g = named("relu-input", A), named("relu-gradient", A)
tensors["relu/plain"] = redirected(v, g)
tensors["relu/redirected"] = redirected(-v.abs(), g)
tensors["relu6/plain"] = redirected(8 * v, g, top=6)
tensors["relu6/redirected"] = redirected(torch.where(v < 0, v, v + 6.5), g, top=6)
golden_file.write(arguments.goldens, __file__, tensors, cases=cases)
