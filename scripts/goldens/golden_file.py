"""The form of every golden file: float32 tensors, and metadata that names the script that made them."""

import json
import pathlib

import numpy

import integer_hash
import safetensors_file

SAMPLES = 24


def named(name, shape):
    """The hash tensor of that name (integer_hash.py), as a torch tensor in float64."""
    import torch  # here, since some scripts need NumPy alone

    return torch.from_numpy(integer_hash.values(name, shape))


def array(tensor):
    return tensor.detach().numpy() if hasattr(tensor, "detach") else numpy.asarray(tensor)


def sampled(name, tensor):
    """NAME: 24 elements at position(NAME, 0…23); NAME/absmax: the largest magnitude of the whole tensor, [1]."""
    flat = array(tensor).reshape(-1)
    picked = flat[integer_hash.positions(name, SAMPLES, flat.size)]
    return {name: picked, name + "/absmax": numpy.array([abs(flat).max()])}


def write(folder, script, tensors, **metadata):
    """Writes FOLDER/SCRIPT.safetensors; metadata that is not a string becomes JSON."""
    name = pathlib.Path(script).stem
    texts = {"script": f"scripts/goldens/{name}.py"}
    for key, entry in metadata.items():
        texts[key] = entry if isinstance(entry, str) else json.dumps(entry, separators=(",", ":"))
    path = pathlib.Path(folder) / f"{name}.safetensors"
    safetensors_file.write(path, {key: array(tensor).astype("<f4") for key, tensor in tensors.items()}, texts)
    print(f"{path.name}  {len(tensors)} tensors  {path.stat().st_size} bytes")
