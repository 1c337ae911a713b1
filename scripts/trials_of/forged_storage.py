"""Records whose data are not where they should be: virtual, outside, behind filters, pipes, links and cycles, or far too many.

Made by h5py from a good one of three systems; what is read from them is judged in `hostile.py`."""
import os
import zlib

import h5py
import numpy

from .forging import another, place_of, replaced


def virtual(path, source, name):
    """A virtual dataset in the place of a curve."""
    with place_of(path, "pde/risk") as file:
        layout = h5py.VirtualLayout((6,), "f8")
        layout[:] = h5py.VirtualSource(source, name, (6,))
        file.create_virtual_dataset("pde/risk", layout)


def virtual_of_itself(path):
    """A virtual dataset whose source is itself."""
    virtual(path, ".", "pde/risk")


def virtual_of_another(path):
    """A virtual dataset whose source is another file."""
    another(path)
    virtual(path, "other.h5", "risk")


def link_outside(path):
    """A curve linked from another file."""
    another(path)
    with h5py.File(path, "r+") as file:
        del file["pde/risk"]
        file["pde/risk"] = h5py.ExternalLink("other.h5", "risk")


def link_to_pipe(path):
    """A curve linked from a pipe that nobody writes to."""
    os.mkfifo(path.with_name("pipe.h5"))
    with h5py.File(path, "r+") as file:
        del file["pde/risk"]
        file["pde/risk"] = h5py.ExternalLink("pipe.h5", "risk")


def system_outside(path):
    """A system linked from another file."""
    with h5py.File(path, "r+") as file, h5py.File(path.with_name("other.h5"), "w") as other:
        file.copy("pde", other)
        del file["pde"]
        file["pde"] = h5py.ExternalLink("other.h5", "pde")


def link_soft(path):
    """A curve that is a soft link to another system's."""
    with h5py.File(path, "r+") as file:
        del file["pde/risk"]
        file["pde/risk"] = h5py.SoftLink("/atoms/risk")


def link_of_itself(path):
    """A soft link that leads to itself."""
    with h5py.File(path, "r+") as file:
        del file["pde/risk"]
        file["pde/risk"] = h5py.SoftLink("/pde/risk")


def storage_outside(path):
    """A curve whose numbers are in /etc/passwd."""
    replaced(path, "pde/risk", shape=(6,), dtype="f8", external=[("/etc/passwd", 0, 48)])


def storage_in_pipe(path):
    """A curve whose numbers come from a pipe that nobody writes to."""
    os.mkfifo(path.with_name("pipe"))
    replaced(path, "pde/risk", shape=(6,), dtype="f8", external=[(str(path.with_name("pipe")), 0, 48)])


def filter_unknown(path):
    """A filter that nobody has."""
    with place_of(path, "pde/risk") as file:
        data = file.create_dataset("pde/risk", shape=(6,), chunks=(6,), dtype="f8", compression=31999, allow_unknown_filter=True)
        data.id.write_direct_chunk((0,), b"x" * 48)


def immense(path):
    """2^40 times and risks that nobody wrote."""
    for name in ("time", "risk"):
        replaced(path, f"pde/{name}", shape=(2**40,), chunks=(2**20,), dtype="f8")


def bomb(path):
    """1.6 GB of zeros in a few kB."""
    chunk = zlib.compress(bytes(8_000_000), 9)
    for name in ("time", "risk"):
        with place_of(path, f"pde/{name}") as file:
            data = file.create_dataset(f"pde/{name}", shape=(200_000_000,), chunks=(1_000_000,), dtype="f8", compression="gzip")
            for start in range(0, 200_000_000, 1_000_000):
                data.id.write_direct_chunk((start,), chunk)


def deep(path):
    """Ten thousand groups, each within the one before."""
    with h5py.File(path, "r+") as file:
        group = file
        for _ in range(10_000):
            group = group.create_group("g")


def cyclic(path):
    """Groups that hold themselves and one another."""
    with h5py.File(path, "r+") as file:
        file["pde/pde"], file["atoms/all"], file["sgd/sgd"] = file["pde"], file["/"], file["atoms"]


def curve_is_group(path):
    """A curve that is a group."""
    with h5py.File(path, "r+") as file:
        del file["pde/risk"]
        file["pde/risk"] = file["atoms"]


def text_of_a_gigabyte(path):
    """A name of 1 GB that nobody wrote."""
    replaced(path, "sgd/coordinate", shape=(1,), chunks=(1,), dtype="S1073741824")


def groups_many(path):
    """50 000 groups that nobody asked for."""
    with h5py.File(path, "r+") as file:
        for i in range(50_000):
            h5py.h5g.create(file.id, b"g%d" % i)


HARMLESS = [deep, cyclic, groups_many, text_of_a_gigabyte]
REFUSE = [virtual_of_itself, virtual_of_another, link_outside, link_to_pipe, system_outside, link_soft, link_of_itself, storage_outside,
          storage_in_pipe, filter_unknown, immense, bomb, curve_is_group]
