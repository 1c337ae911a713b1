"""Mistakes: what is wrong, where, and what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import meanfield
import pytest


def test_a_mistake_has_its_place_and_help(folder: Path) -> None:
    text = meanfield.scenario("isotropic/figure-1").read_text().replace("end-time", "end-tiem")
    path = folder / "wrong.toml"
    path.write_text(text)
    with pytest.raises(meanfield.ScenarioError) as caught:
        meanfield.run(path)
    error = caught.value
    assert isinstance(error, ValueError)
    line = next(i for i, line in enumerate(text.splitlines(), 1) if "end-tiem" in line)
    mistake = next(mistake for mistake in error.mistakes if mistake.line == line)
    assert "end-tiem" in mistake.message
    assert mistake.help is not None and "end-time" in mistake.help
    assert f"wrong.toml:{line}:" in str(error)
    assert "\x1b" not in str(error)
    assert not (folder / "output").exists()


def test_mistakes_of_a_dictionary_have_places_too(small: dict[str, Any]) -> None:
    small["systems"]["pde"]["finite-volume"] = {"cels": [100]}
    with pytest.raises(meanfield.ScenarioError, match="cels") as caught:
        meanfield.check(small)
    assert caught.value.mistakes[0].line is not None
    assert "cels = [100]" in str(caught.value)


def test_mistakes_of_overrides_are_found(small: dict[str, Any]) -> None:
    with pytest.raises(meanfield.ScenarioError, match="end-tiem"):
        meanfield.run(small, dynamics__end_tiem=1.0)
    with pytest.raises(TypeError, match="overwrite="):
        meanfield.run(small, overwite=True)
    with pytest.raises(TypeError, match="no place"):
        meanfield.run(small, dynamics__end_time=object())
    with pytest.raises(TypeError, match="no place"):
        meanfield.run({**small, "title": None})


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(meanfield.InputError, match="nowhere.toml"):
        meanfield.run("nowhere.toml")
    with pytest.raises(meanfield.InputError, match="isotropic/figure-1"):
        meanfield.scenario("figure-1")
    with pytest.raises(meanfield.InputError, match="no result"):
        meanfield.load("nowhere")


def test_options_that_mean_nothing_are_refused(small: dict[str, Any]) -> None:
    with pytest.raises(meanfield.InputError, match="threads"):
        meanfield.run(small, threads=5000)
    with pytest.raises(meanfield.InputError, match="checkpoint_every"):
        meanfield.run(small, checkpoint_every=float("nan"))
    with pytest.raises(meanfield.InputError, match="vary="):
        meanfield.sweep(small)
