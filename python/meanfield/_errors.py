"""The exceptions: each says what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["InputError", "MeanfieldError", "Mistake", "RunError", "ScenarioError"]


class Mistake(NamedTuple):
    """One mistake in a scenario."""

    message: str
    """The problem."""
    line: int | None
    """Its line in the scenario's text, counted from 1, where it has a place."""
    column: int | None
    """Its column."""
    help: str | None
    """What to write instead."""


class MeanfieldError(Exception):
    """Whatever meanfield raises."""

    help: str | None
    """What to do instead."""

    def __init__(self, text: str, help: str | None = None) -> None:
        super().__init__(f"{text}\n  help: {help}" if help else text)
        self.help = help


class InputError(MeanfieldError, ValueError):
    """Bad input, or a folder that holds something else: nothing was written."""


class ScenarioError(InputError):
    """The scenario has mistakes; the text of the exception is the picture that the program draws of them."""

    mistakes: tuple[Mistake, ...]
    """Each with its place."""

    def __init__(
        self, text: str, mistakes: Iterable[tuple[str, tuple[int, int] | None, str | None]] = ()
    ) -> None:
        super().__init__(text)
        self.mistakes = tuple(_mistake(*each) for each in mistakes)
        self.help = next((mistake.help for mistake in self.mistakes if mistake.help), None)


def _mistake(message: str, place: tuple[int, int] | None, help: str | None) -> Mistake:
    line, column = place or (None, None)
    return Mistake(message, line, column, help)


class RunError(MeanfieldError, RuntimeError):
    """The run failed."""


for _class in (MeanfieldError, InputError, ScenarioError, RunError, Mistake):
    _class.__module__ = "meanfield"
