"""Running: what comes back, where it goes, what is computed again and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import meanfield
import numpy as np
import pytest
import xarray


def test_a_dictionary_runs_and_its_record_is_a_tree(small: dict[str, Any]) -> None:
    result = meanfield.run(small)
    assert result.folder == Path("output/a-network-beside-its-limit")
    assert isinstance(result.record, xarray.DataTree)
    risk = result.record["sgd"]["risk"]
    assert risk.dims == ("seed", "time")
    assert risk.sizes["time"] == 11
    pde = result.record["pde"]["risk"]
    assert np.isclose(pde.sel(time=1.0, method="nearest"), 1.07, atol=0.01)
    with h5py.File(result.folder / "record.h5") as file:
        assert np.array_equal(file["sgd/risk"], risk)
        assert file.attrs["command"].startswith(b"meanfield.run(")


def test_claims_have_verdicts(small: dict[str, Any]) -> None:
    result = meanfield.run(small)
    assert [claim.holds for claim in result.claims] == [True, False]
    assert not result.holds
    worst = result.claims[0]
    gap = result.record["sgd"]["risk"].mean("seed") - result.record["pde"]["risk"]
    assert worst.worst == pytest.approx(float(np.abs(gap).max()), rel=1e-9)
    assert worst.within == 0.5
    assert "1 of 2 claims fail" in repr(result)
    assert "NO" in repr(result.claims)
    assert "holds" in str(result)


def test_a_finished_result_is_not_computed_again(small: dict[str, Any]) -> None:
    first = meanfield.run(small)
    again = meanfield.run(small)
    assert (first.computed, again.computed) == (True, False)
    assert again.summary == first.summary
    assert meanfield.load(first.folder / "record.h5").summary == first.summary


def test_another_result_is_replaced_when_asked_only(small: dict[str, Any]) -> None:
    meanfield.run(small)
    with pytest.raises(meanfield.InputError, match="overwrite=True"):
        meanfield.run(small, dynamics__end_time=1.5)
    result = meanfield.run(small, dynamics__end_time=1.5, overwrite=True)
    assert "end-time = 1.5" in result.scenario
    assert meanfield.load(result.folder).scenario == result.scenario


def test_overrides_are_typed_in_two_ways(small: dict[str, Any]) -> None:
    by_word = meanfield.run(small, output="a", systems__sgd__finite_network__neurons=30)
    by_key = meanfield.run(small, output="b", set={"systems.sgd.finite-network.neurons": np.int64(30)})
    assert by_word.scenario == by_key.scenario
    assert "neurons = 30" in by_key.scenario
    assert by_word.record["sgd"]["risk"].identical(by_key.record["sgd"]["risk"])


def test_quick_is_that_of_the_file(small: dict[str, Any]) -> None:
    small["quick"] = {"systems": {"pde": {"finite-volume": {"cells": [60]}}}}
    assert "cells = [60]" in meanfield.run(small, quick=True).scenario
    assert "cells = [100]" in meanfield.run(small, name="whole").scenario


def test_a_file_gives_its_name_and_its_family() -> None:
    path = meanfield.scenario("isotropic/figure-1")
    early = {"dynamics.end-time": 0.1, "observe.times": [0.1], "observe.snapshots": [0.1]}
    result = meanfield.run(path, quick=True, set={"compare.claim": [], **early})
    assert result.folder == Path("output/isotropic/figure-1")
    assert {"risk", "law_radius"} <= set(result.figures)


def test_a_sweep_has_its_keys_as_dimensions(small: dict[str, Any]) -> None:
    del small["compare"], small["systems"]["sgd"]
    key = "model.initial.gaussian.scale"
    result = meanfield.sweep(small, {key: np.array([0.2, 0.4, 0.8])})
    assert result.folder.name.endswith("-sweep")
    assert list(result.record["pde"]["scale"].values) == [0.2, 0.4, 0.8]
    by_range = meanfield.sweep(small, {key: "0.2..0.8:3"}, output="ranges")
    assert list(by_range.record["pde"]["scale"].values) == [0.2, 0.5, 0.8]


def test_a_landscape_has_no_time(small: dict[str, Any]) -> None:
    small["systems"]["least"] = {"landscape": {}}
    small["compare"] = {"reference": "least"}
    result = meanfield.landscape(small)
    assert set(result.systems) == {"least"}
    assert 0.0 < float(result.record["least"]["risk"].squeeze()) < 1.0


def test_figures_are_shown_and_saved(small: dict[str, Any], folder: Path) -> None:
    result = meanfield.run(small)
    risk = result.figures["risk"]
    assert risk.svg.lstrip().startswith("<svg") and risk.png.startswith(b"\x89PNG")
    assert "data:image/svg+xml;base64," in result.figures._repr_html_()
    assert risk.save(folder / "mine.png").read_bytes() == risk.png
    paper = risk.save(folder / "mine.pdf").read_bytes()
    assert paper.startswith(b"%PDF-") and paper.rstrip().endswith(b"%%EOF")
    assert paper != result.figures["law_radius"].save(folder / "law.pdf").read_bytes()
    with pytest.raises(ValueError, match=r"none of \.svg, \.png, \.pdf"):
        risk.save(folder / "mine.jpg")
    page = result._repr_html_()
    assert page.count("<img") == len(result.figures)
    assert page.count("<tr>") == 1 + len(result.claims)
    with pytest.raises(KeyError, match="risk"):
        result.figures["rsik"]


def test_a_record_outlives_its_file(small: dict[str, Any]) -> None:
    result = meanfield.run(small)
    record = result.record
    (result.folder / "record.h5").unlink()
    assert record["pde"]["risk"].sizes["time"] == 11
    assert np.isfinite(record["pde"]["risk"].values).all()
