"""What is to run: a file or a dictionary, with its overrides, as the extension module takes it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import Any, Union

from . import _toml

Scenario = Union[str, "PathLike[str]", Mapping[str, Any]]
"""The path of a scenario file, or its content as a dictionary."""

Values = Union[str, Iterable[Any]]
"""The values of a varied key: several, or a range such as ``"0.1..0.9:9"`` or ``"log(0.1..10:20)"``."""

OPTIONS = (
    "output",
    "name",
    "quick",
    "refine",
    "threads",
    "resume",
    "extend",
    "overwrite",
    "checkpoint_every",
    "progress",
    "set",
    "vary",
    "accuracy",
)


def asked(
    scenario: Scenario,
    *,
    name: str | None,
    quick: bool,
    refine: bool,
    set: Mapping[str, Any] | None,
    vary: Mapping[str, Values] | None,
    overrides: Mapping[str, Any],
) -> dict[str, Any]:
    """The scenario with its overrides."""
    keys = {**(set or {}), **{_key(word): value for word, value in overrides.items()}}
    if isinstance(scenario, Mapping):
        path = f"{name or _slug(scenario.get('title'))}.toml"
        text: str | None = _toml.document(scenario)
    else:
        path, text = _file(fspath(scenario), name)
    return {
        "path": path,
        "text": text,
        "quick": quick,
        "refine": refine,
        "set": [f"{key}={_toml.value(value)}" for key, value in keys.items()],
        "vary": [f"{key}={_values(values)}" for key, values in (vary or {}).items()],
    }


def _file(path: str, name: str | None) -> tuple[str, str | None]:
    if name is None:
        return path, None
    raise TypeError(
        "name= is for scenarios that are dictionaries; the result of a file has the name of the file"
    )


def _key(word: str) -> str:
    """The key that a keyword argument stands for: ``dynamics__end_time`` for ``dynamics.end-time``."""
    if "." in word:
        return word
    close = difflib.get_close_matches(word, OPTIONS, n=1, cutoff=0.8)
    if close and "__" not in word:
        raise TypeError(f"there is no argument {word}=; did you mean {close[0]}=?")
    return word.replace("__", ".").replace("_", "-")


def _values(values: Values) -> str:
    if isinstance(values, str):
        return values
    if hasattr(values, "tolist"):
        values = values.tolist()
    return ",".join(_toml.value(value) for value in values)


def _slug(title: Any) -> str:
    """The name of the folder of a result, from a title."""
    words = re.findall(r"[a-z0-9]+", str(title or "").lower())
    return "-".join(words)[:60].strip("-") or "scenario"
