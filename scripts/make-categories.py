#!/usr/bin/env python3
"""Writes Models/imagenet-categories.txt: what WordNet has above ImageNet's classes, a category a line with the numbers of its classes.

    apt-get download wordnet-base && dpkg -x wordnet-base*.deb wordnet
    scripts/make-categories.py wordnet/usr/share/wordnet/data.noun SYNSETS > Models/imagenet-categories.txt

SYNSETS lists the classes' WordNet numbers in their order, such as timm's data/_info/imagenet_synsets.txt. Of categories with the same
classes the lowest one is kept; one of a single class says no more than the class.
"""

import re
import sys


def synsets(path):
    """Every noun: its words, and the numbers of what is above it."""
    found = {}
    for line in open(path, encoding="latin-1"):
        if line.startswith("  "):
            continue
        fields = line.split(" | ")[0].split()
        words = int(fields[3], 16)
        names = [fields[4 + 2 * i].replace("_", " ") for i in range(words)]
        rest = fields[4 + 2 * words :]
        pointers = [rest[1 + 4 * i : 5 + 4 * i] for i in range(int(rest[0]))]
        above = [target for symbol, target, part, _ in pointers if symbol in ("@", "@i") and part == "n"]
        found[fields[0]] = (names, above)
    return found


def ranges(numbers):
    """"3,7-9" """
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] + 1 == number:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


def main():
    nouns = synsets(sys.argv[1])
    classes = [re.sub(r"^n", "", line) for line in open(sys.argv[2]).read().split()]
    assert len(classes) == 1000 and classes == sorted(classes), "the classes are in WordNet's order"
    members, depth = {}, {}

    def climb(noun, number, level):
        for above in nouns[noun][1]:
            members.setdefault(above, set()).add(number)
            depth[above] = max(depth.get(above, 0), level)
            climb(above, number, level + 1)

    for number, noun in enumerate(classes):
        climb(noun, number, 1)
    lowest = {}
    for noun, own in members.items():
        key = frozenset(own)
        if 1 < len(own) < len(classes) and (key not in lowest or (depth[noun], noun) < (depth[lowest[key]], lowest[key])):
            lowest[key] = noun
    taken = {}
    for key, noun in sorted(lowest.items(), key=lambda entry: (-len(entry[0]), min(entry[0]))):
        name = nouns[noun][0][0]
        # Two meanings of a word are told apart by another of their words, or by the number.
        if name in taken:
            name = next((other for other in nouns[noun][0] if other not in taken), f"{name} ({noun})")
        taken[name] = noun
        print(f"{name}\t{ranges(key)}")


main()
