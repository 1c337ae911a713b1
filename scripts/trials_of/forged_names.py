"""Records whose names, texts, types and shapes deceive: repeated, missing, immense, or meant for the terminal.

Made by h5py from a good one of three systems; the numbers in them are right."""
import h5py
import numpy

from .forging import ESCAPES, attribute, replaced


def curve_names_repeated(path):
    """One curve named 2000 times, of seven million values that nobody wrote."""
    for name in ("risk", "time"):
        replaced(path, f"pde/{name}", shape=(7_000_000,), chunks=(100_000,), dtype="f8")
    attribute(path, "curve_names", ",".join(["risk"] * 2000), "pde")


def systems_repeated(path):
    """One system named 100 000 times."""
    attribute(path, "systems", ",".join(["pde"] * 100_000))


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
    attribute(path, "title", ESCAPES)


def kind_of_escapes(path):
    """A kind of system that would speak to the terminal."""
    attribute(path, "kind", ESCAPES, "pde")


def scenario_of_escapes(path):
    """A scenario that is none, and would speak to the terminal."""
    attribute(path, "scenario", ESCAPES * 3)


def system_of_escapes(path):
    """A system whose name would speak to the terminal."""
    name = ESCAPES.replace("/", "")
    with h5py.File(path, "r+") as file:
        file.move("pde", name)
    attribute(path, "systems", f"atoms,{name},sgd")


def curve_of_escapes(path):
    """A curve that is not there, whose name would speak to the terminal."""
    attribute(path, "curve_names", "risk," + ESCAPES, "pde")


def warning_of_escapes(path):
    """Warnings and failures that would speak to the terminal."""
    attribute(path, "warnings", ESCAPES, "pde")
    attribute(path, "stopped_runs", 1, "pde")
    attribute(path, "stopped_run_0", ESCAPES, "pde")


def title_long(path):
    """A title of 300 000 letters."""
    attribute(path, "title", "w" * 300_000)


def title_of_variable_length(path):
    """A title in HDF5's global heap, which has no checksum."""
    with h5py.File(path, "r+") as file:
        del file.attrs["title"]
        file.attrs["title"] = "variable"


def title_with_nul(path):
    """A title with a null within, of fixed length."""
    attribute(path, "title", numpy.bytes_(b"one\x00two\xff\xfe"))


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


def scenario_nested(path):
    """A scenario of 100 000 brackets."""
    attribute(path, "scenario", "x = " + "[" * 100_000)


def scenario_long(path):
    """A scenario of 20 MB."""
    attribute(path, "scenario", "# comment\n" * 2_000_000)


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
    wrong("law_names", "pde", "first", "a law without a group"), wrong("law_names", "pde", "risk", "a dataset"), wrong("law_names", "pde", "", "none"),
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

# What the record's reader takes no notice of, or reads as it stands, is harmless.
TAKEN = ("sgd_coordinate_numbers", "pde_risk_whole_numbers")
HARMLESS = [reference_missing, title_of_escapes, kind_of_escapes, system_of_escapes, warning_of_escapes, title_long, title_of_variable_length, title_with_nul, scenario_long, *WRONG,
            *(forge for forge in RESHAPED if forge.__name__ in TAKEN)]
REFUSE = [curve_names_repeated, systems_repeated, coordinates_repeated, axes_repeated, facts_repeated, marginals_of_one, moving_marginals_of_one,
          panels_of_cells, scenario_of_escapes, curve_of_escapes, system_missing, systems_none, system_of_paths, scenario_nested,
          *(forge for forge in RESHAPED if forge.__name__ not in TAKEN)]
