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
    """Another value for an attribute; a text becomes one as the others are, of fixed or of variable length."""
    with h5py.File(path, "r+", libver="latest") as file:
        attributes = file[of].attrs
        is_fixed = "title" in file.attrs and file.attrs.get_id("title").dtype.kind == "S"
        if name in attributes:
            del attributes[name]
        if isinstance(value, str) and is_fixed:
            fixed_text(file[of], name, value.encode())
        else:
            attributes[name] = value


def fixed_text(item, name, text):
    """A null-terminated text of fixed length, in UTF-8."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(text) + 1)
    kind.set_strpad(h5py.h5t.STR_NULLTERM)
    kind.set_cset(h5py.h5t.CSET_UTF8)
    made = h5py.h5a.create(item.id, name.encode(), kind, h5py.h5s.create(h5py.h5s.SCALAR))
    made.write(numpy.array(text + b"\0", f"S{len(text) + 1}"), kind)
