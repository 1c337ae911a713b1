"""Progress of a session: a bar in a terminal or a notebook, or whatever the caller does with it."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, Protocol, Union

Progress = Union[bool, Callable[[float, str], object], None]
"""True and False: a bar or none. None: a bar where somebody can see it. A function is called a few times a
second with the share of the work that is done and what is being done."""

_PAUSE = 0.2
"""Least seconds between two looks of a bar."""


class Shown(Protocol):
    def show(self, share: float, words: str) -> None: ...

    def close(self) -> None: ...


class Nothing:
    """Shows nothing."""

    def show(self, share: float, words: str) -> None:
        pass

    def close(self) -> None:
        pass


class Called:
    """Calls a function."""

    def __init__(self, function: Callable[[float, str], object]) -> None:
        self._function = function

    def show(self, share: float, words: str) -> None:
        self._function(share, words)

    def close(self) -> None:
        pass


class Bar:
    """A bar of tqdm, which is a widget in a notebook."""

    _FORMAT = "{l_bar}{bar}| {elapsed}<{remaining}{postfix}"

    def __init__(self, tqdm: Any, title: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # in a notebook without widgets it is text
            self._bar = tqdm(total=1.0, desc=title, bar_format=self._FORMAT, leave=False)
        self._next = 0.0

    def show(self, share: float, words: str) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PAUSE
        self._bar.set_postfix_str(words, refresh=False)
        self._bar.update(max(share - self._bar.n, 0.0))

    def close(self) -> None:
        self._bar.close()


class Line:
    """A line in a terminal, where there is no tqdm."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._next = 0.0
        self._width = 0

    def show(self, share: float, words: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _PAUSE
            self._write(f"{self._title}: {100 * share:3.0f} %, {words}")

    def close(self) -> None:
        self._write("")
        self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)


def shown(progress: Progress, title: str) -> Shown:
    """How the progress of a session is shown."""
    if callable(progress):
        return Called(progress)
    if progress is False or (progress is None and not (_is_terminal() or _is_notebook())):
        return Nothing()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except ImportError:
        return Line(title)
    return Bar(tqdm, title)


def _is_terminal() -> bool:
    return bool(getattr(sys.stderr, "isatty", bool)())


def _is_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None
