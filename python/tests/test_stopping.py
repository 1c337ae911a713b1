"""Ctrl-C, other threads, progress: what happens while a session runs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import meanfield
import pytest
from meanfield import _session


@pytest.fixture(autouse=True)
def ctrl_c_raises() -> Iterator[None]:
    """Ctrl-C is an exception here also where these tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(scenario: dict[str, Any], after: float, **options: Any) -> float:
    """Runs a scenario until Ctrl-C; the seconds from that to the exception."""
    asked_at = 0.0

    def ask() -> None:
        nonlocal asked_at
        asked_at = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after, ask)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            meanfield.run(scenario, **options)
        return time.monotonic() - asked_at
    finally:
        timer.cancel()


def test_an_interrupt_stops_within_a_second(long: dict[str, Any]) -> None:
    assert interrupted(long, 0.5) < 1.0
    _session._wait_for_the_interrupted()
    partial = Path("output/a-network-beside-its-limit/.partial")
    begun = len([*partial.glob("*.checkpoint")])
    # Those that had not begun did not begin any more.
    assert 1 <= begun < 16


def test_an_interrupted_run_goes_on_bit_by_bit(small: dict[str, Any]) -> None:
    small["systems"]["sgd"]["finite-network"] |= {"neurons": 200, "step-size": 1e-5}
    begun = time.monotonic()
    whole = meanfield.run(small, output="whole")
    interrupted(small, min(0.4 * (time.monotonic() - begun), 2.0), output="parts")
    assert not Path("parts/a-network-beside-its-limit/record.h5").exists()
    steps = []
    parts = meanfield.run(small, output="parts", progress=lambda share, words: steps.append(share))
    assert parts.record["sgd"]["risk"].identical(whole.record["sgd"]["risk"])
    work = [result.systems["sgd"]["work_of_this_process"] for result in (parts, whole)]
    assert work[0] < work[1]


def test_an_unfinished_run_of_another_scenario_is_kept(long: dict[str, Any], small: dict[str, Any]) -> None:
    interrupted(long, 0.5)
    with pytest.raises(meanfield.InputError, match="unfinished"):
        meanfield.run(small)
    assert meanfield.run(small, overwrite=True).computed


def test_other_threads_go_on(long: dict[str, Any]) -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.002):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    interrupted(long, 1.0)
    done.set()
    thread.join()
    assert ticks > 50


def test_sessions_run_beside_one_another(small: dict[str, Any]) -> None:
    results = []
    names = ["a", "b", "c"]
    threads = [
        threading.Thread(target=lambda name=name: results.append(meanfield.run(small, name=name)))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.folder.name for result in results) == names
    first, *others = results
    assert all(first.record["sgd"]["risk"].identical(other.record["sgd"]["risk"]) for other in others)


def test_progress_never_runs_backwards(small: dict[str, Any]) -> None:
    small["systems"]["sgd"]["finite-network"] |= {"neurons": 200, "step-size": 1e-5, "seeds": [*range(6)]}
    seen: list[tuple[float, str]] = []
    meanfield.run(small, progress=lambda share, words: seen.append((share, words)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert len({*shares}) > 3 and 0.0 <= shares[0] and shares[-1] <= 1.0
    assert any("runs" in words for _, words in seen)


def test_an_exception_of_the_caller_passes_through(long: dict[str, Any]) -> None:
    def refuse(share: float, words: str) -> None:
        raise LookupError(words)

    with pytest.raises(LookupError):
        meanfield.run(long, progress=refuse)


def test_a_bar_is_shown_where_it_is_asked_for(
    small: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    meanfield.run(small)
    assert capsys.readouterr().err == ""
    small["systems"]["sgd"]["finite-network"]["step-size"] = 1e-5
    meanfield.run(small, name="other", progress=True)
    assert "other" in capsys.readouterr().err
