"""The package itself: what it brings, what it says of itself, what it writes as TOML."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from typing import Any

import meanfield
import numpy as np
import pytest
from meanfield import _toml


def test_it_brings_its_scenarios_and_types() -> None:
    assert resources.files(meanfield).joinpath("py.typed").is_file()
    names = meanfield.scenarios()
    assert "isotropic/figure-1" in names and len(names) > 30
    assert meanfield.scenario(names[0]).read_text().startswith("#")
    assert meanfield.__version__.count(".") == 2


def test_it_needs_no_library_of_the_system() -> None:
    code = "import meanfield._meanfield; print(open('/proc/self/maps').read())"
    maps = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "_meanfield" in maps
    assert not any(name in maps for name in ("libhdf5", "openblas", "numpy"))


def test_a_scenario_is_checked_and_estimated(small: dict[str, Any]) -> None:
    estimate = meanfield.check(small)
    assert 0.0 < estimate.cpu_seconds < 60.0 and estimate.bytes > 1e6
    assert "finite-network" in str(estimate)
    assert meanfield.check(small, vary={"model.initial.gaussian.scale": [0.2, 0.4]}).points == 2
    rough, fine = (meanfield.check(small, accuracy=accuracy).suffices for accuracy in ("10%", "1%"))
    assert rough is not None and fine is not None
    with pytest.raises(ValueError, match="1%"):
        meanfield.check(small, accuracy="a bit")


def test_what_exists_is_listed() -> None:
    names = {kind.name for kind in meanfield.list("systems")}
    assert {"finite-volume", "finite-network", "landscape"} <= names
    assert "isotropic-gaussians" in str(meanfield.list())
    assert meanfield.schema()["$schema"].startswith("https://json-schema.org/")


def test_the_report_is_a_page_of_the_very_result(small: dict[str, Any]) -> None:
    result = meanfield.run(small)
    page = result.report()
    assert page.startswith("<!doctype html>\n<!-- meanfield report -->")
    assert small["title"] in page


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.11 brings a reader of TOML")
def test_toml_is_written_as_it_is_read() -> None:
    import tomllib

    table = {
        "title": 'a "title" with \\ and \n, ε and \x7f',
        "on": True,
        "none": [],
        "model": {"data": {"a-b": {"x": 1, "y": -2.5e-300}}, "plain": {}},
        "systems": {"name of two words": {"kind": {"seeds": [1, 2], "parts": [{"a": [0.5, 1.5]}, {}]}}},
    }
    assert tomllib.loads(_toml.document(table)) == table
    numbers = {"a": np.float64(0.1), "b": np.arange(3), "c": float("inf"), "d": 1e16, "e": (1, 2)}
    read = tomllib.loads(_toml.document(numbers))
    assert read == {"a": 0.1, "b": [0, 1, 2], "c": float("inf"), "d": 1e16, "e": [1, 2]}
