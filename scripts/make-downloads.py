#!/usr/bin/env python3
"""Makes Models/downloads.json, the list of what `lucid models pull` can fetch.

    scripts/make-downloads.py TABLE.csv ARCHITECTURE... > Models/downloads.json

TABLE.csv has a row for each of torchvision's weight files, from torchvision.models.get_model_weights(name): the columns
name, url, weights_entry, default (yes or no), sha256_prefix, file_size_MiB, top1 and license note are read. Rows whose
architecture is not among the ARCHITECTURES (the names in the list of Architecture.swift) are left out.
"""
import csv
import json
import sys

MEBIBYTE = 1 << 20

# TensorFlow's network of the papers; its parameters were taken over into PyTorch's format by ProGamerGov.
INCEPTION5H = {
    "architecture": "inceptionv1", "weights": "INCEPTION5H", "isDefault": True, "classifier": True,
    "url": "https://github.com/ProGamerGov/pytorch-old-tensorflow-models/raw/master/inception5h.pth",
    "licence": "not stated",
}


def training(row):
    entry = {
        "architecture": row["name"], "weights": row["weights_entry"], "isDefault": row["default"] == "yes",
        # The files of these hold a classifier that nobody trained.
        "classifier": "FEATURES" not in row["weights_entry"],
        "url": row["url"], "sha256Prefix": row["sha256_prefix"],
        "megabytes": round(float(row["file_size_MiB"]) * MEBIBYTE / 1e6, 1),
        "licence": licence(row["license note"]),
    }
    if entry["classifier"]:
        entry["top1"] = float(row["top1"])
    return entry


def licence(note):
    if note.startswith("SWAG"):
        return "CC BY-NC 4.0 (SWAG)"
    return "not stated (torchvision: BSD-3-Clause)"


def main():
    table, architectures = sys.argv[1], set(sys.argv[2:])
    with open(table, newline="") as file:
        entries = [training(row) for row in csv.DictReader(file) if row["name"] in architectures]
    entries.append(INCEPTION5H)
    entries.sort(key=lambda entry: (entry["architecture"], entry["weights"]))
    rows = ",\n".join("  " + json.dumps(entry) for entry in entries)
    print(f"[\n{rows}\n]")


main()
