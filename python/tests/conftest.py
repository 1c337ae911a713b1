"""Scenarios for the tests, as dictionaries: small ones that take a fraction of a second, and a long one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

SMALL: dict[str, Any] = {
    "title": "A network beside its limit",
    "model": {
        "data": {"isotropic-gaussians": {"dimension": 40, "separation": 0.8}},
        "activation": {"piecewise-linear": {"knots": [[0.5, -2.5], [1.5, 7.5]]}},
        "initial": {"gaussian": {"scale": 0.8}},
    },
    "dynamics": {"end-time": 1.0, "schedule": {"constant": {}}},
    "observe": {"times": "0..1:11", "snapshots": [1.0]},
    "systems": {
        "pde": {"finite-volume": {"cells": [100]}},
        "sgd": {"finite-network": {"neurons": 50, "step-size": 1e-3, "seeds": [1, 2]}},
    },
    "compare": {
        "reference": "pde",
        "claim": [
            {"system": "sgd", "quantity": "risk", "within": 0.5},
            {"system": "sgd", "quantity": "risk", "within": 1e-6, "until": 0.5},
        ],
    },
}


@pytest.fixture
def small() -> dict[str, Any]:
    """A network and its limit; of its two claims the second one fails."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def long() -> dict[str, Any]:
    """Sixteen networks that train for minutes."""
    small = copy.deepcopy(SMALL)
    network = {"neurons": 400, "step-size": 1e-5, "seeds": [*range(16)]}
    small["dynamics"]["end-time"] = 10.0
    small["observe"] = {"times": "0..10:1001"}
    small["systems"] = {"sgd": {"finite-network": network}}
    del small["compare"]
    return small


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
