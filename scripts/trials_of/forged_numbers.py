"""Records whose numbers cannot be what they say: masses, weights, places, times. Made by h5py from a good one of three systems.

Their types and shapes are right; those are forged in `forged_names.py`."""
import numpy

from .forging import changed


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


REFUSE = [masses_negative, masses_not_numbers, masses_zero, masses_double, masses_endless, weights_negative, weights_not_numbers, weights_zero,
          atoms_not_numbers, faces_falling, faces_not_numbers, times_falling, times_not_numbers, snapshots_endless, levels_beyond_one]
HARMLESS = [panels_reversed, risk_immense]
