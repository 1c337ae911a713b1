"""What there is, and what a scenario would cost: nothing runs."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import _meanfield
from ._errors import InputError
from ._request import Scenario, Values, asked

SCENARIOS = Path(__file__).parent / "scenarios"
"""The folder of the scenarios that come with the package."""


class Key(NamedTuple):
    """A key of a scenario."""

    name: str
    meaning: str
    default: str | None


class Kind(NamedTuple):
    """A kind of data, activation, system, …, or a table of which there is one kind."""

    place: str
    """Where it is written, such as ``model.data``."""
    name: str
    meaning: str
    keys: tuple[Key, ...]

    def __str__(self) -> str:
        keys = (
            f"    {key.name:<20} {key.meaning}{'' if key.default is None else f' (default {key.default})'}"
            for key in self.keys
        )
        return "\n".join([f"[{self.place}] {self.name:<18} {self.meaning}", *keys])


class Kinds(tuple[Kind, ...]):
    """Kinds, printed as the program lists them."""

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    __repr__ = __str__


class Estimate:
    """What a scenario would do, and what it would cost."""

    def __init__(self, estimate: dict[str, Any], words: str) -> None:
        self.details = estimate
        self._words = words

    @property
    def cpu_seconds(self) -> float:
        """Expected CPU seconds altogether."""
        return float(self.details["altogether"]["cpu_seconds"])

    @property
    def bytes(self) -> float:
        """Expected memory."""
        return float(self.details["altogether"]["bytes"])

    @property
    def points(self) -> int:
        """Points of the varied keys."""
        return int(self.details["points"])

    @property
    def suffices(self) -> dict[str, Any] | None:
        """Which number of neurons and which step size suffice for the accuracy, where the limit says so."""
        return self.details.get("suffices")

    def __str__(self) -> str:
        return self._words

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._words)}</pre>"


def check(
    scenario: Scenario,
    *,
    sweep: bool = False,
    vary: Mapping[str, Values] | None = None,
    accuracy: float | str | None = None,
    name: str | None = None,
    quick: bool = False,
    refine: bool = False,
    set: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> Estimate:
    """Checks a scenario and says what would run, what it would cost, and which N and ε suffice for an
    ``accuracy`` of the risk: ``"1%"`` of it, or a number. Other arguments as of :func:`run` and
    :func:`sweep`.

    Raises ScenarioError with all mistakes."""
    what = asked(scenario, name=name, quick=quick, refine=refine, set=set, vary=vary, overrides=overrides)
    stated = None if accuracy is None else str(accuracy)
    estimate, words = _meanfield.check(what, sweep or bool(vary), stated)
    return Estimate(json.loads(estimate), words)


def list(place: str = "") -> Kinds:
    """What exists: data models, activations, systems and their keys; of a place such as ``"systems"``
    alone."""
    kinds = (
        Kind(where, name, meaning, tuple(Key(*key) for key in keys))
        for where, name, meaning, keys in _meanfield.kinds()
    )
    return Kinds(kind for kind in kinds if kind.place.startswith(place))


def schema() -> dict[str, Any]:
    """The JSON schema of scenario files."""
    found: dict[str, Any] = json.loads(_meanfield.schema())
    return found


def scenarios() -> Sequence[str]:
    """The names of the scenarios that come with the package."""
    files = sorted(SCENARIOS.glob("*/*.toml"))
    return [file.relative_to(SCENARIOS).with_suffix("").as_posix() for file in files]


def scenario(name: str) -> Path:
    """The file of a scenario that comes with the package, such as ``"isotropic/figure-1"``."""
    file = SCENARIOS / f"{name}.toml"
    if name in scenarios():
        return file
    raise InputError(f"no scenario {name!r} comes with the package", f"there are {', '.join(scenarios())}")
