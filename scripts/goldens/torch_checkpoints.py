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
    oldest                      PyTorch 0.1's tar, put together here as no torch of today writes it, checked by torch.load

The legacy files come out different each time, as torch names and sorts their storages by address; what they hold is the
same.
"""

import argparse
import io
import pathlib
import pickle
import struct
import tarfile

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
    """What a training script saves, and its state dict without wrappers."""
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


class Named:
    """Pickled as a name alone, such as that of a class which torch no longer has under it."""

    def __init__(self, name):
        self.name = name


class OldPickler(pickle._Pickler):
    """Protocol 2, with tensors outside of the pickle."""

    identities = {}

    def persistent_id(self, value):
        return self.identities.get(id(value))

    def save(self, value, *arguments, **options):
        if isinstance(value, Named):
            self.write(pickle.GLOBAL + value.name.encode())
        else:
            super().save(value, *arguments, **options)


def old_pickle(value, identities={}):
    stream = io.BytesIO()
    pickler = OldPickler(stream, protocol=2)
    pickler.identities = identities
    pickler.dump(value)
    return stream.getvalue()


def save_oldest(path, empty):
    """A tar of sys_info, pickle, tensors and storages."""
    address = 94215729885008
    whole = torch.arange(10.0)
    halves = torch.tensor([0.5, -2.0], dtype=torch.float64)
    storages = old_pickle(2)
    storages += old_pickle((address, "cpu", Named("torch\nFloatStorage\n"))) + struct.pack("<q", 10) + whole.numpy().tobytes()
    storages += old_pickle((address + 1, "cuda:0", Named("torch\nDoubleStorage\n"))) + struct.pack("<q", 2) + halves.numpy().tobytes()
    # A part of the first storage: numbers 4 … 9.
    storages += old_pickle([(address + 2, address, 4, 6)])
    layout = [
        ("conv.weight", address, "FloatTensor", whole[1:].as_strided((2, 2), (1, 3)), 1),
        ("conv.bias", address + 1, "DoubleTensor", halves, 0),
        ("part", address + 2, "FloatTensor", whole[4:].reshape(2, 3), 0),
    ]
    if empty:
        layout.append(("empty", None, "FloatTensor", torch.zeros(0), 0))
    tensors = old_pickle(len(layout))
    state, identities = {}, {}
    for number, (name, storage, kind, tensor, offset) in enumerate(layout):
        key = address + 10 + number
        extents = [] if storage is None else list(tensor.shape) + list(tensor.stride())
        tensors += old_pickle((key, storage, Named(f"torch\n{kind}\n")))
        tensors += struct.pack("<ii", len(extents) // 2, 0) + struct.pack(f"<{len(extents)}q", *extents) + struct.pack("<q", offset)
        state[name] = tensor
        identities[id(tensor)] = str(key)
    facts = {"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as tar:
        members = [("sys_info", old_pickle(facts)), ("pickle", old_pickle(state, identities)), ("tensors", tensors), ("storages", storages)]
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mtime = 1.5  # as files have it: PAX writes it to a header of its own
            tar.addfile(member, io.BytesIO(data))


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
# torch of today takes a tensor without a storage for a mistake, so that it is asked before there is one.
save_oldest(folder / "oldest.pth", empty=False)
oldest = torch.load(folder / "oldest.pth", map_location="cpu", weights_only=False)
save_oldest(folder / "oldest.pth", empty=True)

# What torch itself reads.
for name in ("types", "types_legacy", "big_endian"):
    expect(name, torch.load(folder / f"{name}.pth"))
for name in ("training", "training_legacy"):
    loaded = torch.load(folder / f"{name}.pth", weights_only=False)["state_dict"]
    expect(name, {key.removeprefix("module."): tensor for key, tensor in loaded.items()})
expect("compiled", state)
expect("oldest", {**oldest, "empty": torch.zeros(0)})
golden_file.write(arguments.goldens, __file__, expected, torch=torch.__version__)
for path in sorted(folder.iterdir()):
    print(f"{path.name}  {path.stat().st_size} bytes")
