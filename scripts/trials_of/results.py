"""What a result's folder holds: whether records are the same bit for bit, and whether a result is wholly the old or the new.

It reads records with h5py and never changes one, but for `seal`."""
import hashlib
import json
import pathlib
import re

import h5py
import numpy

PARTS = ("figures", "record.h5", "scenario.toml", "summary.json")
# What two runs of one scenario differ in: when, how long, by what command, and digests of all that.
PASSING = re.compile(r"created|command|seconds|digest|sha256|work_of_this_process|checksum|^record\.h5$")
REFERENCES = {"DIMENSION_LIST", "REFERENCE_LIST"}
LAST_LINE = b"meanfield record, SHA-256 of all before this line: "


def same_record(a, b):
    """None if two records are the same, bit for bit, but for what must differ; else what differs first."""
    with h5py.File(a) as one, h5py.File(b) as two:
        return differing_groups(one, two)


def differing_groups(one, two):
    if set(one) != set(two):
        return f"{one.name} holds {sorted(set(one) ^ set(two))[:4]} in one only"
    differ = differing_attributes(one, two)
    for name in one:
        differ = differ or differing(one[name], two[name], name)
    return differ


def differing(one, two, name):
    if type(one) is not type(two):
        return f"{one.name} is of another kind"
    if isinstance(one, h5py.Group):
        return differing_groups(one, two)
    if PASSING.search(name):
        return None
    if one.shape != two.shape or one.dtype != two.dtype or bits(one[()]) != bits(two[()]):
        return f"{one.name} differs"
    return differing_attributes(one, two)


def differing_attributes(one, two):
    names = [{name for name in item.attrs if name not in REFERENCES and not PASSING.search(name)} for item in (one, two)]
    if names[0] != names[1]:
        return f"{one.name} has the attributes {sorted(names[0] ^ names[1])[:4]} in one only"
    return next((f"{one.name}@{name} differs" for name in names[0] if bits(one.attrs[name]) != bits(two.attrs[name])), None)


def bits(value):
    """A value's bytes; of texts the texts."""
    array = numpy.asarray(value)
    return array.tolist() if array.dtype.kind in "OUT" else array.tobytes()


def snapshot(folder):
    """The bytes of all files below a folder but work in progress, by relative path."""
    folder = pathlib.Path(folder)
    paths = [path for part in PARTS for path in [folder / part, *sorted((folder / part).glob("*"))]]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def without_passing(value):
    """A summary without what passes."""
    if isinstance(value, dict):
        return {name: without_passing(inner) for name, inner in value.items() if not PASSING.search(name)}
    return [without_passing(inner) for inner in value] if isinstance(value, list) else value


def differs(folder, reference):
    """None if a folder holds the same result as another; else what differs first."""
    here, there = snapshot(folder), snapshot(reference)
    if set(here) != set(there):
        return f"{sorted(set(here) ^ set(there))[:3]} in one only"
    for name in here:
        if name == "summary.json":
            try:
                same = without_passing(json.loads(here[name])) == without_passing(json.loads(there[name]))
            except ValueError:
                same = False
        else:
            same = name == "record.h5" or here[name] == there[name]
        if not same:
            return f"{name} differs"
    if wrong := wrong_digests(here):
        return f"the digest of {wrong[0]} in summary.json is wrong"
    try:
        return same_record(pathlib.Path(folder, "record.h5"), pathlib.Path(reference, "record.h5"))
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return f"record.h5 cannot be read: {error}"


def wrong_digests(files):
    """The files whose digests in the summary are not theirs."""
    said = json.loads(files["summary.json"]).get("files", {})
    return [name for name, digest in said.items() if name in files and hashlib.sha256(files[name]).hexdigest() != digest]


def held(folder, old, new):
    """Which result a folder holds: "old" (the very bytes of `old`, None if there was none), "new", or a description."""
    if snapshot(folder) == (snapshot(old) if old else {}):
        return "old"
    differ = differs(folder, new)
    return f"neither the old result nor the new: {differ}" if differ else "new"


def seal(path):
    """Makes the last line of a record right again: the digest of all before it. Without such a line nothing is done."""
    if unsealed(path):
        resealed(path)


def unsealed(path):
    """Takes the last line away, so that HDF5 may grow the file; whether there was one. `resealed` adds it again."""
    data = pathlib.Path(path).read_bytes()
    at = data.rfind(b"\n" + LAST_LINE)
    if at >= 0:
        pathlib.Path(path).write_bytes(data[:at])
    return at >= 0


def resealed(path):
    """Adds the last line to a record that has none."""
    data = pathlib.Path(path).read_bytes() + b"\n"
    pathlib.Path(path).write_bytes(data + LAST_LINE + hashlib.sha256(data).hexdigest().encode() + b"\n")
