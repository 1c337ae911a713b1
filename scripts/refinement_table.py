"""Prints what scripts/refine has seen: risk and means of the PDE on n⁴ cells less those of the atoms, before and after the split.

    .venv/bin/python scripts/refinement_table.py 16 24 32 48
"""
import sys

import h5py
import numpy as np

TIMES = (0.1, 1.0, 4.0, 10.0, 20.0, 45.0)
CURVES = ("risk", "mean_a", "mean_b", "mean_radius_1")

print("| t | curve | atoms | " + " | ".join(f"{n}⁴" for n in sys.argv[1:]) + " |")
print("|---" * (3 + len(sys.argv[1:])) + "|")
records = [h5py.File(f"output/refinement/{n}/cells-and-atoms/record.h5") for n in sys.argv[1:]]
time = records[0]["atoms/time"][:]
for t in TIMES:
    i = np.abs(np.log(time / t)).argmin()
    for curve in CURVES:
        exact = records[0][f"atoms/{curve}"][i]
        gaps = [f"{record[f'pde/{curve}'][i] - exact:+.1e}" for record in records]
        print(f"| {time[i]:.3g} | {curve} | {exact:.4f} | " + " | ".join(gaps) + " |")
seconds = [record["pde"].attrs["cpu_seconds"] for record in records]
print("| | CPU s | | " + " | ".join(f"{s:.0f}" for s in seconds) + " |")
