"""The two bundled networks as torchvision's modules, with the float16 weights of Models/ in float64 or float32."""

import collections
import pathlib

import torch
import torchvision

import safetensors_file

NAMES = ["squeezenet1_1", "vgg16"]


def architecture(name):
    """torchvision's modules; of VGG-16 only `features`, since its classifier is not bundled."""
    if name == "squeezenet1_1":
        return torchvision.models.squeezenet1_1(weights=None)
    vgg = torchvision.models.vgg
    return torch.nn.Sequential(collections.OrderedDict(features=vgg.make_layers(vgg.cfgs["D"], batch_norm=False)))


def load(name, models_folder, dtype=torch.float64):
    """The network in evaluation mode, its weights frozen, and no ReLU in place (hooks would see its result instead)."""
    tensors, _ = safetensors_file.read(pathlib.Path(models_folder) / f"{name}.safetensors")
    network = architecture(name)
    network.load_state_dict({key: torch.from_numpy(array.astype("<f4")) for key, array in tensors.items()})
    for module in network.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False
    return network.to(dtype).eval().requires_grad_(False)


def layers(network):
    """Every module that an image passes, by its path: not the network, not its containers, not dropout."""
    skipped = (torch.nn.Sequential, torch.nn.Dropout)
    return {
        path: module
        for path, module in network.named_modules()
        if path and not isinstance(module, skipped)
    }


def record(network, image):
    """One pass over `image` [1, 3, height, width]: the network's result, and every layer's (input, output) by path."""
    passed = {}

    def hook(path):
        def keep(_, inputs, output):
            passed[path] = (inputs[0].clone(), output.clone())

        return keep

    handles = [module.register_forward_hook(hook(path)) for path, module in layers(network).items()]
    with torch.no_grad():
        result = network(image)
    for handle in handles:
        handle.remove()
    return result, passed
