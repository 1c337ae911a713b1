"""Writes what Python has as TOML: dictionaries as scenarios, values as overrides. It reads none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def key(name: str) -> str:
    """A key as TOML writes it."""
    return name if _BARE.fullmatch(name) else _string(name)


def value(given: Any) -> str:
    """A value in one line."""
    given = _plain(given)
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, (int, float)):
        return repr(given)
    if isinstance(given, str):
        return _string(given)
    if isinstance(given, Mapping):
        pairs = ", ".join(f"{key(name)} = {value(of)}" for name, of in given.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(given, (list, tuple, range)):
        return f"[{', '.join(value(each) for each in given)}]"
    raise TypeError(f"a scenario has no place for {given!r} ({type(given).__name__})")


def document(table: Mapping[str, Any]) -> str:
    """A scenario: its tables in sections, each below its keys."""
    return "\n".join(_section(table, ())).strip() + "\n"


def _section(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    leaves = {name: of for name, of in table.items() if not isinstance(of, Mapping)}
    lines = [f"{key(name)} = {value(of)}" for name, of in leaves.items()]
    tables = [(name, of) for name, of in table.items() if isinstance(of, Mapping)]
    if path and (lines or not tables):
        lines.insert(0, f"[{'.'.join(key(part) for part in path)}]")
        lines.append("")
    for name, below in tables:
        lines += _section(below, (*path, name))
    return lines


def _plain(given: Any) -> Any:
    """Numbers and arrays of NumPy, and paths, as Python's own."""
    if isinstance(given, PathLike):
        return fspath(given)
    if hasattr(given, "tolist"):
        return given.tolist()
    return given


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
