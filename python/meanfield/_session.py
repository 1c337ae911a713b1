"""Sessions: a scenario runs in a thread of the library; Python's waits, shows progress and hears of
Ctrl-C."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from . import _meanfield
from ._progress import Progress, shown
from ._request import Scenario, Values, asked
from ._result import Result

_LOOK = 0.05
"""Seconds between two looks at a session."""
_PATIENCE = 0.8
"""Seconds that an interrupted call waits for its runs to save themselves before it raises."""

_logger = logging.getLogger("meanfield")
_ending: list[_meanfield.Running] = []
"""Interrupted sessions whose last stride takes longer than that."""


def run(
    scenario: Scenario,
    *,
    output: str | PathLike[str] = "output",
    name: str | None = None,
    quick: bool = False,
    refine: bool = False,
    threads: int = 0,
    resume: bool | None = None,
    extend: bool = False,
    overwrite: bool = False,
    checkpoint_every: float = 10.0,
    progress: Progress = None,
    set: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> Result:
    """Runs a scenario: solves, trains, compares, stores, draws.

    ``scenario`` is the path of a file or a dictionary with its content. The result goes into the folder of
    its name below ``output``: the name of the file, or ``name``, or what the title of a dictionary gives.
    If this very result is there, it is read and nothing is computed; another one is replaced with
    ``overwrite=True`` only, or with ``extend=True``, which takes from it the runs that are the same here: a
    later end goes on from theirs, further seeds and points are added.

    Keys are overridden by ``set={"dynamics.end-time": 1.0}``, or as keyword arguments with ``__`` for the dot
    and ``_`` for the hyphen: ``dynamics__end_time=1.0``. ``quick`` applies the scenario's ``[quick]`` before
    them, ``refine`` computes the error of every curve of deterministic systems by a second, coarser run.

    Ctrl-C leaves checkpoints, from which the same call goes on. That is ``resume``: by default on, but with
    ``overwrite=True``, which starts again. ``progress``: a bar where somebody can see it, or a function of
    the share of the work that is done and of words.

    Raises ScenarioError, InputError or RunError.
    """
    what = asked(scenario, name=name, quick=quick, refine=refine, set=set, vary=None, overrides=overrides)
    how = _how("run", output, threads, resume, overwrite, checkpoint_every, extend)
    return _session(what, how, progress)


def landscape(
    scenario: Scenario,
    *,
    output: str | PathLike[str] = "output",
    name: str | None = None,
    quick: bool = False,
    threads: int = 0,
    resume: bool | None = None,
    overwrite: bool = False,
    checkpoint_every: float = 10.0,
    progress: Progress = None,
    set: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> Result:
    """Solves only what has no dynamics: with noise the Gibbs state, without it the law of least risk and
    the best single mass. Arguments as of :func:`run`; the folder's name ends with ``-landscape``."""
    what = asked(scenario, name=name, quick=quick, refine=False, set=set, vary=None, overrides=overrides)
    how = _how("landscape", output, threads, resume, overwrite, checkpoint_every)
    return _session(what, how, progress)


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Values] | None = None,
    *,
    output: str | PathLike[str] = "output",
    name: str | None = None,
    quick: bool = False,
    refine: bool = False,
    threads: int = 0,
    resume: bool | None = None,
    overwrite: bool = False,
    checkpoint_every: float = 10.0,
    progress: Progress = None,
    set: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> Result:
    """Runs a scenario over values of its keys; of every run the end is recorded.

    ``vary={"model.data.isotropic-gaussians.separation": [0.2, 0.4, 0.8]}``, with ranges as ``"0.1..0.9:9"``
    or ``"log(0.1..10:20)"``: the product of all, added to the scenario's ``[vary]``. Other arguments as of
    :func:`run`; the folder's name ends with ``-sweep``."""
    what = asked(scenario, name=name, quick=quick, refine=refine, set=set, vary=vary, overrides=overrides)
    how = _how("sweep", output, threads, resume, overwrite, checkpoint_every)
    return _session(what, how, progress)


def _how(
    task: str,
    output: str | PathLike[str],
    threads: int,
    resume: bool | None,
    overwrite: bool,
    checkpoint_every: float,
    extend: bool = False,
) -> dict[str, Any]:
    return {
        "task": task,
        "output": fspath(output),
        "threads": threads,
        "resume": not overwrite if resume is None else resume,
        "extend": extend,
        "overwrite": overwrite,
        "checkpoint_every": float(checkpoint_every),
    }


def _session(what: dict[str, Any], how: dict[str, Any], progress: Progress) -> Result:
    _wait_for_the_interrupted()
    how["command"] = _call(what, how["task"])
    running = _meanfield.start(what, how)
    bar = shown(progress, running.folder.name)
    try:
        while not running.wait(_LOOK):
            bar.show(*running.progress())
            _pass_on(running.notes())
    except BaseException as error:
        _stop(running, error)
        raise
    finally:
        bar.close()
    _pass_on(running.notes())
    return Result(*running.result())


def _stop(running: _meanfield.Running, error: BaseException) -> None:
    running.stop()
    if not running.wait(_PATIENCE):
        _ending.append(running)
    if isinstance(error, KeyboardInterrupt) and hasattr(error, "add_note"):
        error.add_note(f"what was computed is kept in {running.folder}: the same call goes on from there")


def _wait_for_the_interrupted() -> None:
    """Sessions that were interrupted hold their folders until they are saved."""
    while _ending:
        if _ending[-1].wait(_LOOK):
            _ending.pop()


def _pass_on(notes: list[str]) -> None:
    for note in notes:
        _logger.info(note)


def _call(what: dict[str, Any], task: str) -> str:
    """The call, as the record states it."""
    words = [repr(what["path"])]
    words += [f"{flag}=True" for flag in ("quick", "refine") if what[flag]]
    words += [f"{word}={what[word]!r}" for word in ("set", "vary") if what[word]]
    return f"meanfield.{task}({', '.join(words)})"
