"""Records made to deceive, by h5py, each from a good one of three systems (atoms on panels, cells, a network of two seeds).

With each the statuses that are right: 2 where the record cannot be what it says, more where it is odd but harmless. What
is done with them is in `hostile.py`."""
import contextlib
import os
import zlib

import h5py
import numpy

REFUSED = (2,)
ANY = (0, 1, 2)
ESCAPES = "\x1b]0;owned\x07\x1b[31mred\x1b[2J\r\b\x9b1m\x00"


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


def virtual_of_itself(path):
    """A virtual dataset whose source is itself."""
    with place_of(path, "pde/risk") as file:
        layout = h5py.VirtualLayout((6,), "f8")
        layout[:] = h5py.VirtualSource(".", "pde/risk", (6,))
        file.create_virtual_dataset("pde/risk", layout)


def virtual_of_another(path):
    """A virtual dataset whose source is another file."""
    another(path)
    with place_of(path, "pde/risk") as file:
        layout = h5py.VirtualLayout((6,), "f8")
        layout[:] = h5py.VirtualSource("other.h5", "risk", (6,))
        file.create_virtual_dataset("pde/risk", layout)


def curve_names_repeated(path):
    """One curve named 2000 times, of seven million values that nobody wrote."""
    for name in ("risk", "time"):
        replaced(path, f"pde/{name}", shape=(7_000_000,), chunks=(100_000,), dtype="f8")
    attribute(path, "curve_names", ",".join(["risk"] * 2000), "pde")


def systems_repeated(path):
    """One system named 100 000 times."""
    long_text(path, "systems", ",".join(["pde"] * 100_000))


def long_text(path, name, text, of="/"):
    """A text of any length as an attribute: of variable length, beside the 64 kB that a header holds."""
    with h5py.File(path, "r+") as file:
        if name in file[of].attrs:
            del file[of].attrs[name]
        file[of].attrs.create(name, text, dtype=h5py.string_dtype())


def coordinates_repeated(path):
    """One coordinate named 2000 times."""
    attribute(path, "coordinate_names", ",".join(["radius"] * 2000), "pde")


def axes_repeated(path):
    """One axis of seeds named twice."""
    attribute(path, "axis_names", "seed,seed", "sgd")


def facts_repeated(path):
    """One fact named 3000 times."""
    attribute(path, "fact_names", ",".join(["cells"] * 3000), "pde")


def marginals_of_one(path):
    """Marginals of pairs where there is one coordinate."""
    attribute(path, "law", "marginals", "pde")


def moving_marginals_of_one(path):
    """The same on a moving grid."""
    attribute(path, "law", "moving_marginals", "pde")


def panels_of_cells(path):
    """Cells that say that they are atoms on panels."""
    attribute(path, "law", "panelled_atoms", "pde")


def title_of_escapes(path):
    """A title that would speak to the terminal."""
    attribute(path, "title", ESCAPES.replace("\x00", ""))


def kind_of_escapes(path):
    """A kind of system that would speak to the terminal."""
    attribute(path, "kind", ESCAPES.replace("\x00", ""), "pde")


def scenario_of_escapes(path):
    """A scenario that is none, and would speak to the terminal."""
    attribute(path, "scenario", ESCAPES.replace("\x00", "") * 3)


def system_of_escapes(path):
    """A system whose name would speak to the terminal."""
    name = ESCAPES.replace("\x00", "").replace("/", "")
    with h5py.File(path, "r+") as file:
        file.move("pde", name)
    attribute(path, "systems", f"atoms,{name},sgd")


def curve_of_escapes(path):
    """A curve that is not there, whose name would speak to the terminal."""
    attribute(path, "curve_names", "risk," + ESCAPES.replace("\x00", ""), "pde")


def warning_of_escapes(path):
    """Warnings and failures that would speak to the terminal."""
    attribute(path, "warnings", ESCAPES.replace("\x00", ""), "pde")
    attribute(path, "stopped_runs", 1, "pde")
    attribute(path, "stopped_run_0", ESCAPES.replace("\x00", ""), "pde")


def title_long(path):
    """A title of 300 000 letters."""
    long_text(path, "title", "w" * 300_000)


def title_with_nul(path):
    """A title with a null within, of fixed length."""
    attribute(path, "title", numpy.bytes_(b"one\x00two\xff\xfe"))


def masses_negative(path):
    """A cell's mass below 0, and as much more in another."""
    changed(path, "pde/mass", lambda mass: mass - numpy.eye(*mass.shape) * 0.5 + numpy.roll(numpy.eye(*mass.shape), 1, 1) * 0.5)


def masses_not_numbers(path):
    """Masses that are NaN."""
    changed(path, "pde/mass", lambda mass: mass * numpy.nan)


def masses_zero(path):
    """No mass at all."""
    changed(path, "pde/mass", lambda mass: mass * 0)


def masses_double(path):
    """Twice the mass."""
    changed(path, "pde/mass", lambda mass: mass * 2)


def masses_endless(path):
    """A mass without end."""
    changed(path, "pde/mass", lambda mass: mass * numpy.inf)


def weights_negative(path):
    """A weight below 0."""
    changed(path, "sgd/weight", lambda weight: weight - 2 * numpy.eye(1, len(weight))[0])


def weights_not_numbers(path):
    """Weights that are NaN."""
    changed(path, "atoms/weight", lambda weight: weight * numpy.nan)


def weights_zero(path):
    """No weight at all."""
    changed(path, "sgd/weight", lambda weight: weight * 0)


def atoms_not_numbers(path):
    """Atoms at NaN."""
    changed(path, "sgd/atoms", lambda atoms: atoms * numpy.nan)


def faces_falling(path):
    """Faces of cells from large to small."""
    changed(path, "pde/radius_faces", lambda faces: faces[::-1])


def faces_not_numbers(path):
    """Faces of cells that are NaN."""
    changed(path, "pde/radius_faces", lambda faces: faces * numpy.nan)


def panels_reversed(path):
    """Panels that end before they begin."""
    changed(path, "atoms/panel_end", lambda ends: ends[..., ::-1])


def times_falling(path):
    """Times from large to small."""
    changed(path, "pde/time", lambda time: time[::-1])


def times_not_numbers(path):
    """Times that are NaN."""
    changed(path, "pde/time", lambda time: time * numpy.nan)


def snapshots_endless(path):
    """Snapshots at infinite times."""
    changed(path, "pde/snapshot_time", lambda time: time + numpy.inf)


def levels_beyond_one(path):
    """Quantiles of levels beyond 1."""
    changed(path, "pde/level", lambda level: level + 7)


def risk_immense(path):
    """Risks near the largest number."""
    changed(path, "pde/risk", lambda risk: risk * 0 + 1.7e308)


def reference_missing(path):
    """No reference among the systems."""
    attribute(path, "systems", "pde,sgd")


def system_missing(path):
    """A system that is not there."""
    attribute(path, "systems", "atoms,pde,sgd,more")


def systems_none(path):
    """No system at all."""
    attribute(path, "systems", "")


def system_of_paths(path):
    """Systems named by paths."""
    attribute(path, "systems", "atoms,./pde,sgd/../pde,//sgd,comparison/pde")


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


def scenario_nested(path):
    """A scenario of 100 000 brackets."""
    long_text(path, "scenario", "x = " + "[" * 100_000)


def scenario_long(path):
    """A scenario of 20 MB."""
    long_text(path, "scenario", "# comment\n" * 2_000_000)


def groups_many(path):
    """50 000 groups that nobody asked for."""
    with h5py.File(path, "r+") as file:
        for i in range(50_000):
            h5py.h5g.create(file.id, b"g%d" % i)


def wrong(name, of, value, says):
    """A forgery that gives an attribute a value of a wrong type."""
    def forge(path):
        attribute(path, name, value, of)
    forge.__name__, forge.__doc__ = f"{name.strip('_')}_{says.replace(' ', '_')}", f"{of}@{name} is {says}."
    return forge


def reshaped(name, says, **how):
    """A forgery that gives a dataset another shape or type."""
    def forge(path):
        replaced(path, name, **how)
    forge.__name__, forge.__doc__ = f"{name.replace('/', '_')}_{says.replace(' ', '_')}", f"{name} is {says}."
    return forge


WRONG = [
    wrong("title", "/", 5.0, "a number"), wrong("title", "/", h5py.Empty("S1"), "empty"), wrong("systems", "/", ["atoms", "pde"], "a list"),
    wrong("systems", "/", numpy.zeros((2, 2)), "numbers"), wrong("law", "pde", 1, "a number"), wrong("law", "pde", "", "no form"),
    wrong("curve_names", "pde", numpy.nan, "not a number"), wrong("stopped_runs", "pde", -1, "below 0"),
    wrong("stopped_runs", "pde", 2**62, "immense"), wrong("counts_steps", "sgd", "yes", "a text"), wrong("nature", "pde", "other", "unknown"),
    wrong("scenario", "/", numpy.void(b"bytes"), "opaque"), wrong("scenario", "/", "x = 1", "another"), wrong("version", "/", "99.0", "of the future"),
    wrong("cells", "pde", "many", "a text"), wrong("kind", "pde", numpy.ones(3), "numbers"),
]
RESHAPED = [
    reshaped("pde/risk", "empty", shape=(0,), dtype="f8"), reshaped("pde/risk", "square", data=numpy.ones((6, 6))),
    reshaped("pde/risk", "one number", data=1.0), reshaped("pde/risk", "texts", data=[b"a"] * 6), reshaped("pde/risk", "whole numbers", data=numpy.arange(6)),
    reshaped("pde/risk", "complex", data=numpy.ones(6, complex)), reshaped("pde/risk", "of 32 dimensions", data=numpy.ones((1,) * 32)),
    reshaped("pde/mass", "short", data=numpy.ones((2, 3)) / 3), reshaped("pde/mass", "empty", shape=(2, 0), dtype="f8"),
    reshaped("pde/radius_faces", "short", data=numpy.arange(2.0)), reshaped("pde/snapshot_time", "empty", shape=(0,), dtype="f8"),
    reshaped("sgd/weight", "short", data=numpy.ones(2) / 2), reshaped("sgd/atoms", "flat", data=numpy.ones(120)),
    reshaped("atoms/panel_end", "empty", shape=(0, 0, 0, 0), dtype="f8"), reshaped("sgd/coordinate", "numbers", data=numpy.ones(1)),
    reshaped("pde/time", "compound", data=numpy.zeros(6, [("a", "f8"), ("b", "S3")])),
]
REFUSE = [
    virtual_of_itself, virtual_of_another, curve_names_repeated, systems_repeated, coordinates_repeated, axes_repeated, facts_repeated, marginals_of_one,
    moving_marginals_of_one, panels_of_cells, scenario_of_escapes, curve_of_escapes, masses_negative, masses_not_numbers, masses_zero, masses_double,
    masses_endless, weights_negative, weights_not_numbers, weights_zero, atoms_not_numbers, faces_falling, faces_not_numbers, times_falling,
    times_not_numbers, snapshots_endless, levels_beyond_one, reference_missing, system_missing, systems_none, system_of_paths, link_outside,
    link_to_pipe, system_outside, link_soft, link_of_itself, storage_outside, storage_in_pipe, filter_unknown, immense, bomb, curve_is_group,
    scenario_nested, *RESHAPED,
]
HARMLESS = [title_of_escapes, kind_of_escapes, system_of_escapes, warning_of_escapes, title_long, title_with_nul, text_of_a_gigabyte, panels_reversed, risk_immense,
            deep, cyclic, scenario_long, groups_many, *WRONG]
# Of these the record's reader takes no notice, or reads them as they stand.
MAYBE = {"sgd_coordinate_numbers", "pde_risk_whole_numbers"}
ALL = [(forge, ANY if forge.__name__ in MAYBE else REFUSED) for forge in REFUSE] + [(forge, ANY) for forge in HARMLESS]
