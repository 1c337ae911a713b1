#!/usr/bin/env python3
"""Compares the records below two folders, dataset by dataset, bit by bit.

Usage: same_records.py OLD NEW. Prints what differs, what is only in one of them, and what changed its type; times
that are measured (CPU and wall seconds) are left out. Status 1 where the numbers of a dataset differ.
"""

import pathlib
import sys

import h5py
import numpy
from read_record import BOOKKEEPING, plain

# Attributes that say when, where and by whom a record was made, or how long it took.
MEASURED = {"created", "command", "version", "commit", "machine", "format", "Conventions"}


def datasets(file):
    found = {}
    file.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def attributes(file):
    found = {}

    def take(name, item):
        for key in set(item.attrs) - BOOKKEEPING - MEASURED:
            if not key.endswith(("cpu_seconds", "wall_seconds")):
                found[f"{name}@{key}"] = item.attrs[key]

    take("", file)
    file.visititems(take)
    return found


def same(a, b):
    a, b = plain(a), plain(b)
    if isinstance(a, list) or isinstance(b, list):
        return list(a) == list(b)
    if a.shape != b.shape:
        return False
    if a.dtype != b.dtype:
        a, b = a.astype(float), b.astype(float)
    return a.tobytes() == b.tobytes()


def compare(old, new, where):
    """Lines about two records, and whether a number differs."""
    lines, differs = [], False
    a, b = datasets(old), datasets(new)
    lines += [f"only in the old: {name}" for name in sorted(a.keys() - b.keys())]
    lines += [f"only in the new: {name}" for name in sorted(b.keys() - a.keys())]
    for name in sorted(a.keys() & b.keys()):
        if not same(a[name][()], b[name][()]):
            lines.append(f"DIFFERS: {name}")
            differs = True
        elif a[name].dtype != b[name].dtype:
            lines.append(f"same numbers, another type: {name} ({a[name].dtype} → {b[name].dtype})")
    a, b = attributes(old), attributes(new)
    lines += [f"attribute only in the old: {name}" for name in sorted(a.keys() - b.keys())]
    lines += [f"attribute only in the new: {name}" for name in sorted(b.keys() - a.keys())]
    lines += [f"attribute differs: {name}" for name in sorted(a.keys() & b.keys()) if not same(a[name], b[name])]
    return [f"{where}: {line}" for line in lines], differs, len(datasets(new))


def main():
    old, new = map(pathlib.Path, sys.argv[1:3])
    bad, total, count = False, {}, 0
    paths = sorted(path.relative_to(old) for path in old.rglob("record.h5") if not path.parent.is_symlink())
    for path in paths:
        if not (new / path).exists():
            print(f"{path}: no record of the new program")
            bad = True
            continue
        with h5py.File(old / path) as a, h5py.File(new / path) as b:
            lines, differs, number = compare(a, b, str(path.parent))
        bad, count = bad or differs, count + number
        for line in lines:
            if "DIFFERS" in line:
                print(line)
            else:
                what, name = line.split(": ", 1)[1].split(": ", 1)
                end = name.rsplit("@", 1)[-1] if "@" in name else name.rsplit("/", 1)[-1]
                total.setdefault(f"{what}: {end}", []).append(name)
    for key, places in sorted(total.items()):
        print(f"{key}  [{len(places)} places]")
    print(f"{len(paths)} records, {count} datasets: {'numbers differ' if bad else 'all numbers are equal, bit for bit'}")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
