"""The result of a session: its folder, read back."""

from __future__ import annotations

import html
import io
import json
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _meanfield
from ._errors import InputError
from ._figures import Figures

if TYPE_CHECKING:
    import xarray


class Claim(NamedTuple):
    """A claim of the scenario with its verdict."""

    claim: str
    """The claim in words."""
    holds: bool
    """Whether it holds."""
    outcome: str
    """What was found, in words."""
    worst: float
    """The largest deviation; of an exponent that from the claimed one. NaN where nothing was observed."""
    within: float
    """What is allowed."""
    at: float
    """Time of that."""
    details: dict[str, Any]
    """All of it, as ``summary.json`` has it."""


class Claims(Sequence[Claim]):
    """The claims of a scenario."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = tuple(claims)

    @overload
    def __getitem__(self, index: int) -> Claim: ...

    @overload
    def __getitem__(self, index: slice) -> Claims: ...

    def __getitem__(self, index: int | slice) -> Claim | Claims:
        return Claims(self._claims[index]) if isinstance(index, slice) else self._claims[index]

    def __len__(self) -> int:
        return len(self._claims)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims)

    def __repr__(self) -> str:
        lines = (f"{_mark(claim)}  {claim.claim}: {claim.outcome}" for claim in self._claims)
        return "\n".join(lines) or "no claims"

    def _repr_html_(self) -> str:
        if not self._claims:
            return "<p>no claims</p>"
        rows = "".join(
            f"<tr><td>{_mark(each)}</td><td style='text-align: left'>{html.escape(each.claim)}</td>"
            f"<td style='text-align: left'>{html.escape(each.outcome)}</td></tr>"
            for each in self._claims
        )
        return f"<table><tr><th>holds</th><th>claim</th><th>found</th></tr>{rows}</table>"


class Result:
    """What a session left in its folder."""

    folder: Path
    """The folder."""
    summary: dict[str, Any]
    """The headline numbers: ``summary.json``."""
    computed: bool
    """Whether this call computed anything: not where the folder held this very result already."""

    def __init__(self, folder: Path, summary: str, computed: bool) -> None:
        self.folder = folder
        self.summary = json.loads(summary)
        self.computed = computed
        self._summary = summary

    @property
    def title(self) -> str:
        """The title of the scenario."""
        return str(self.summary["title"])

    @property
    def holds(self) -> bool:
        """Whether every claim holds and every run reached its end."""
        return bool(self.summary["holds"])

    @cached_property
    def claims(self) -> Claims:
        """The claims with their verdicts: those on curves and distances, then those on exponents."""
        comparison = self.summary.get("comparison") or {}
        found = [_claim(claim) for claim in comparison.get("claims", ())]
        return Claims(found + [_law(law) for law in comparison.get("laws", ())])

    @property
    def systems(self) -> dict[str, Any]:
        """The headline numbers of each system."""
        return dict(self.summary["systems"])

    @property
    def warnings(self) -> list[str]:
        """What certificates beyond their thresholds say, and what to change."""
        systems = self.summary["systems"].items()
        return [f"{name}: {each['words']}" for name, of in systems for each in of.get("warnings", ())]

    @cached_property
    def record(self) -> xarray.DataTree:
        """The record: one group a system, with names, dimensions and units; read once."""
        import xarray

        image = io.BytesIO((self.folder / "record.h5").read_bytes())
        return xarray.open_datatree(image, engine="h5netcdf")

    @cached_property
    def figures(self) -> Figures:
        """The figures, by name."""
        return Figures(self.folder / "figures")

    @property
    def scenario(self) -> str:
        """The resolved scenario, as TOML."""
        return (self.folder / "scenario.toml").read_text(encoding="utf-8")

    def report(self) -> str:
        """The report as one HTML page that needs no network."""
        return _meanfield.report(self.folder / "record.h5")

    def __str__(self) -> str:
        return _meanfield.words(self._summary)

    def __repr__(self) -> str:
        failing = sum(not claim.holds for claim in self.claims)
        total = len(self.claims)
        verdict = (
            f"{failing} of {total} claims fail"
            if failing
            else f"all {total} claims hold"
            if total
            else "no claims"
        )
        return f"<meanfield.Result {self.title!r}: {verdict}; {self.folder}>"

    def _repr_html_(self) -> str:
        title = f"<h4>{html.escape(self.title)}</h4>"
        warnings = "".join(f"<li>{html.escape(each)}</li>" for each in self.warnings)
        warnings = f"<p>To look at:</p><ul>{warnings}</ul>" if warnings else ""
        return title + self.claims._repr_html_() + warnings + self.figures._repr_html_()


def load(path: str | PathLike[str]) -> Result:
    """The result in a folder, which may be named by its record."""
    folder = Path(path)
    folder = folder.parent if folder.is_file() else folder
    try:
        summary = (folder / "summary.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"there is no result in {folder}: {error}", "name a folder that a run has finished"
        ) from None
    return Result(folder, summary, False)


def _claim(found: dict[str, Any]) -> Claim:
    worst, at = _number(found["worst"]), _number(found["at"])
    return Claim(found["claim"], found["holds"], found["outcome"], worst, found["within"], at, found)


def _law(found: dict[str, Any]) -> Claim:
    claimed = found["claimed_exponent"]
    words = (
        f"{found['quantity']} of {found['system']} ~ {found['over']}^{claimed:g} within {found['within']:g}"
    )
    worst = abs(_number(found["exponent"]["value"]) - claimed)
    return Claim(
        words, found["holds"], found["outcome"], worst, found["within"], _number(found["time"]), found
    )


def _number(found: float | None) -> float:
    return math.nan if found is None else float(found)


def _mark(claim: Claim) -> str:
    return "yes" if claim.holds else "NO"
