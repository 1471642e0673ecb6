"""Reading and writing of safetensors files: u64 header length, JSON header, raw little-endian tensors.

Written out here (it is a page) so that the scripts need nothing beyond NumPy.
"""

import json
import struct

import numpy

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}
NAMES = {numpy.dtype(code): name for name, code in DTYPES.items()}


def read(path):
    """The tensors (name → array) and the __metadata__ of a file."""
    with open(path, "rb") as file:
        (header_length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_length))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = numpy.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"])
    return tensors, metadata


def write(path, tensors, metadata):
    """Writes tensors sorted by name, contiguous from 0; the header is padded with spaces to a multiple of 8 bytes."""
    header = {"__metadata__": dict(sorted(metadata.items()))}
    blocks = []
    offset = 0
    for name in sorted(tensors):
        array = tensors[name]
        block = array.tobytes(order="C")
        header[name] = {
            "dtype": NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(block)],
        }
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for block in blocks:
            file.write(block)
