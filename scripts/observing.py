#!/usr/bin/env python3
"""What it costs to observe often: Fig. 1's PDE by cells and by atoms, observed 61 and 20 001 times until t = 10.

Usage: observing.py [path of the program]. Prints CPU seconds of each system, their ratio, and the sizes of the figures.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

SCENARIO = """title = "Fig. 1's PDE, observed {count} times"
[model]
data.isotropic-gaussians = {{ dimension = 40, separation = 0.8 }}
activation.piecewise-linear = {{ knots = [[0.5, -2.5], [1.5, 7.5]] }}
initial.gaussian = {{ scale = 0.8 }}
[dynamics]
end-time = 10.0
schedule.constant = {{}}
[observe]
times = "{times}"
snapshots = [0.1, 1.0, 4.0, 10.0]
[systems.pde.finite-volume]
cells = [800]
[systems.atoms.characteristics]
atoms = 240
[compare]
reference = "atoms"
"""
TIMES = {"equal ratios": "log(1e-3..10:{count})", "equal steps": "0..10:{count}"}


def run(program, folder, times, count):
    """CPU seconds of each system, and the bytes of the largest figure."""
    scenario = folder / "observing.toml"
    scenario.write_text(SCENARIO.format(count=count, times=times.format(count=count)))
    command = [program, "run", str(scenario), "--threads", "1", "--overwrite", "--json", "--output", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    systems = json.loads(done.stdout)["systems"]
    largest = max(file.stat().st_size for file in folder.rglob("*.svg"))
    return {name: system["facts"]["cpu_seconds"] for name, system in systems.items()}, largest


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/release/meanfield"
    with tempfile.TemporaryDirectory() as folder:
        for name, times in TIMES.items():
            (few, _), (many, size) = (run(program, pathlib.Path(folder), times, count) for count in (61, 20001))
            for system in few:
                ratio = many[system] / few[system]
                print(f"{name}: {system}: {few[system]:.2f} and {many[system]:.2f} CPU s, {ratio:.2f} times as much")
            print(f"{name}: the largest figure has {size / 1e3:.0f} kB")


main()
