"""How wide neural networks train: the distribution of their neurons in the limit of many neurons and small
steps, solved, and checked by training.

>>> import meanfield
>>> result = meanfield.run(meanfield.scenario("isotropic/figure-1"), quick=True)
>>> result.holds
True
>>> result.record["pde"]["risk"]

``run`` does all that a scenario states, ``sweep`` runs it over values of its keys, ``landscape`` solves
what has no dynamics, ``check`` says what would run and what it would cost, ``list`` what exists, ``load``
reads a result again.
"""

from __future__ import annotations

from ._errors import InputError, MeanfieldError, Mistake, RunError, ScenarioError
from ._figures import Figure, Figures
from ._look import Estimate, Key, Kind, Kinds, check, list, scenario, scenarios, schema
from ._meanfield import version as _version
from ._result import Claim, Claims, Result, load
from ._session import landscape, run, sweep

__version__ = _version()

__all__ = [
    "Claim",
    "Claims",
    "Estimate",
    "Figure",
    "Figures",
    "InputError",
    "Key",
    "Kind",
    "Kinds",
    "MeanfieldError",
    "Mistake",
    "Result",
    "RunError",
    "ScenarioError",
    "check",
    "landscape",
    "list",
    "load",
    "run",
    "scenario",
    "scenarios",
    "schema",
    "sweep",
]
