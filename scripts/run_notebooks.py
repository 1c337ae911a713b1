"""Executes notebooks, each in a folder of its own, and complains about outputs that were left in them.

scripts/run_notebooks.py NOTEBOOK…
"""

import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LONGEST = 60_000
"""Most bytes of a notebook: outputs are not kept in it."""


def run(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    left = [cell for cell in cells if cell.outputs or cell.execution_count]
    if left or path.stat().st_size > LONGEST:
        raise SystemExit(f"{path}: clear its outputs before it is committed")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    print(f"{path.name}: {len(cells)} cells in {time.monotonic() - begun:.1f} s")


for name in sys.argv[1:]:
    run(Path(name))
