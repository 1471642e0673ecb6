#!/usr/bin/env python3
"""Small PyTorch checkpoints of every format, and the numbers that torch reads from them.

    scripts/goldens/torch_checkpoints.py GOLDENS_FOLDER

Writes GOLDENS_FOLDER/checkpoints/*.pth and, for every tensor of their state dicts as lucid names it, FILE/NAME in
torch_checkpoints.safetensors, in row-major order. The files:

    types, types_legacy         a tensor of each type; views that are transposed, cut out, shared, channels last
    training, training_legacy   a training script's: wrapped state dict, "module." before the names, optimizer, Namespace,
                                NumPy scalar, a best accuracy that is a tensor
    compiled                    {"model": ...} with "_orig_mod.module." before the names
    big_endian                  as a big-endian machine writes it: torch's own writer with swapped numbers

The legacy files come out different each time, as torch names and sorts their storages by address; what they hold is the
same.
"""

import argparse
import io
import pathlib

import numpy
import torch

import golden_file

LEGACY = {"_use_new_zipfile_serialization": False}


def types():
    """Tensors of every type, and views of all kinds."""
    numbers = [-1.5, 0.0, 2.75]
    integers = [-2, 0, 100]
    tensors = {
        "float": torch.tensor(numbers),
        "double": torch.tensor(numbers, dtype=torch.float64),
        "half": torch.tensor(numbers, dtype=torch.float16),
        "bfloat16": torch.tensor(numbers, dtype=torch.bfloat16),
        "long": torch.tensor(integers, dtype=torch.int64),
        "int": torch.tensor(integers, dtype=torch.int32),
        "short": torch.tensor(integers, dtype=torch.int16),
        "char": torch.tensor(integers, dtype=torch.int8),
        "byte": torch.tensor([0, 7, 254], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
    }
    shared = torch.arange(12.0)
    grid = shared.reshape(3, 4)
    tensors.update(
        transposed=grid.t(),
        cut=grid[1:, 1:3],
        every_second=shared[1::2],
        any_stride=torch.as_strided(shared, (1, 3), (2**40, 4)),
        channels_last=torch.arange(48).half().reshape(2, 3, 4, 2).to(memory_format=torch.channels_last),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.tensor([0.5, 0.25])),
    )
    return tensors


def training():
    """The dictionary that a training script saves, and its state dict without wrappers."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 2), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    network(torch.ones(1, 1, 4, 4)).square().sum().backward()
    optimizer.step()
    state = network.state_dict()
    wrapped = torch.nn.DataParallel(network).state_dict()
    return state, {
        "epoch": 3,
        "arch": "tiny",
        "best_acc1": torch.tensor(71.5),
        "loss": numpy.float64(0.25),
        "steps": numpy.int64(1000),
        "history": [0.5, 0.25, None, True, {"a": (1, -70000, 2**40)}],
        "args": argparse.Namespace(lr=1e-3, data="folder", resume=None),
        "state_dict": wrapped,
        "optimizer": optimizer.state_dict(),
    }


def save_big_endian(tensors, path):
    """The files of torch.save's zip, with all numbers swapped and byteorder "big"."""
    stream = io.BytesIO()
    torch.save(tensors, stream)
    reader = torch._C.PyTorchFileReader(io.BytesIO(stream.getvalue()))
    writer = torch._C.PyTorchFileWriter(str(path))
    records = {name: reader.get_record(name) for name in ("data.pkl", "byteorder")}
    records["byteorder"] = b"big"
    for index, tensor in enumerate(tensors.values()):
        name = f"data/{index}"
        record = reader.get_record(name)
        size = tensor.element_size()
        records[name] = b"".join(record[i : i + size][::-1] for i in range(0, len(record), size))
    for name, record in records.items():
        writer.write_record(name, record, len(record))
    writer.write_end_of_file()


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()
folder = pathlib.Path(arguments.goldens) / "checkpoints"
folder.mkdir(exist_ok=True)

expected = {}


def expect(name, tensors):
    for key, tensor in tensors.items():
        expected[f"{name}/{key}"] = tensor.detach().to(torch.float64).contiguous()


tensors = types()
torch.save(tensors, folder / "types.pth")
torch.save(tensors, folder / "types_legacy.pth", **LEGACY)
state, checkpoint = training()
torch.save(checkpoint, folder / "training.pth")
torch.save(checkpoint, folder / "training_legacy.pth", **LEGACY)
torch.save({"model": {f"_orig_mod.module.{name}": tensor for name, tensor in state.items()}}, folder / "compiled.pth")
swapped = {name: tensor for name, tensor in tensors.items() if tensor.is_contiguous() and tensor.numel() == 3}
save_big_endian(swapped, folder / "big_endian.pth")

# Numbers that torch itself reads.
for name in ("types", "types_legacy", "big_endian"):
    expect(name, torch.load(folder / f"{name}.pth"))
for name in ("training", "training_legacy"):
    loaded = torch.load(folder / f"{name}.pth", weights_only=False)["state_dict"]
    expect(name, {key.removeprefix("module."): tensor for key, tensor in loaded.items()})
expect("compiled", state)
golden_file.write(arguments.goldens, __file__, expected, torch=torch.__version__)
for path in sorted(folder.iterdir()):
    print(f"{path.name}  {path.stat().st_size} bytes")
