"""What forgers of records need: another dataset with the attributes of the one that was there, other values, other attributes.

The forgeries themselves are in `forged_names.py`, `forged_numbers.py` and `forged_storage.py`."""
import contextlib

import h5py
import numpy

ESCAPES = "\x1b]0;owned\x07\x1b[31mred\x1b[2J\r\b\x9b1m"


@contextlib.contextmanager
def place_of(path, name):
    """The file without a dataset; what is put in its place has its attributes, but for scales."""
    with h5py.File(path, "r+") as file:
        kept = {key: value for key, value in file[name].attrs.items() if not key.endswith("_LIST")}
        del file[name]
        yield file
        file[name].attrs.update(kept)


def replaced(path, name, **how):
    """Puts another dataset in the place of one."""
    with place_of(path, name) as file:
        file.create_dataset(name, **how)


def another(path):
    """Another file beside it with a curve to be linked to."""
    with h5py.File(path.with_name("other.h5"), "w") as other, h5py.File(path) as file:
        other["risk"] = numpy.ones(6)
        other["risk"].attrs.update({key: value for key, value in file["pde/risk"].attrs.items() if not key.endswith("_LIST")})


def changed(path, name, change):
    """Puts other values into a dataset, at once in all its readers' copies."""
    with h5py.File(path, "r+") as file:
        file[name][...] = change(file[name][()])


def attribute(path, name, value, of="/"):
    with h5py.File(path, "r+") as file:
        if name in file[of].attrs:
            del file[of].attrs[name]
        file[of].attrs[name] = value


def long_text(path, name, text, of="/"):
    """A text of any length as an attribute: of variable length, beside the 64 kB that a header holds."""
    with h5py.File(path, "r+") as file:
        if name in file[of].attrs:
            del file[of].attrs[name]
        file[of].attrs.create(name, text, dtype=h5py.string_dtype())
