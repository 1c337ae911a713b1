"""Runs small scenarios at several sizes, fits how their cost grows, and writes output/scale/ (scripts/scale)."""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(os.environ.get("MEANFIELD", "target/release/meanfield"))
TABLES = pathlib.Path("output/scale")

ONE_RADIUS = """
data.isotropic-gaussians = { dimension = 40, separation = 0.8 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
"""
TWO_RADII = """
data.anisotropic-gaussians = { dimension = 320, relevant-dimension = 60, separation = 0.6 }
activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }
initial.gaussian = { scale = 0.8 }
"""
FOUR = """
data.anisotropic-gaussians = { dimension = 320, relevant-dimension = 60, separation = 0.4 }
activation.relu = {}
unit.affine = {}
initial.gaussian = { scale = 0.8, a = { mean = 1.0 }, b = { mean = 1.0 } }
"""
LAYERS = """
data.random = { dimension = 4, points = 32, seed = 1, target = "sin(x1)", law.normal = { deviation = 1.0 } }
[[model.layers]]
activation.tanh = {}
start.normal = { deviation = 1.0 }
[[model.layers]]
activation.tanh = {}
start.normal = { mean = 0.5, deviation = 1.0 }
[[model.layers]]
activation.identity = {}
start.normal = { mean = 0.2, deviation = 1.0 }
"""

SCENARIO = """title = "Scale"
[model]
%(model)s
[dynamics]
end-time = %(end)s
schedule.constant = {}
%(noise)s
[observe]
times = %(times)s
%(system)s
"""


class Growth:
    """A system at several sizes: `key` takes each of them."""

    def __init__(self, name, grows, sizes, model, system, key, end, target, theory, noise="", times=None):
        self.name, self.grows, self.sizes, self.model = name, grows, sizes, model
        self.system, self.key, self.end = system, key, end
        self.target, self.theory, self.noise = target, theory, noise
        self.times = times or f"[0.0, {end}]"

    def scenario(self, size):
        system = self.system + "\n" + self.key % ((size,) * self.key.count("%"))
        model = self.model
        if "DIMENSION" in system:
            model = model.replace("dimension = 40", f"dimension = {size}")
            system = system.replace("DIMENSION", "")
        if "POINTS" in system:
            model = model.replace("points = 32", f"points = {size}")
            system = system.replace("POINTS", "")
        return SCENARIO % {**vars(self), "model": model, "system": system}


GROWTHS = [
    Growth("characteristics", "atoms, one radius", [100, 200, 400, 800], ONE_RADIUS,
           "[systems.x.characteristics]", "atoms = %d\nmost-atoms = %d", 1.0, 4000, "1 and more: shorter steps"),
    Growth("characteristics", "atoms, four parameters", [128, 256, 512, 1024], FOUR,
           "[systems.x.characteristics]\nkernel-tolerance = 1e-4", "atoms = %d\nmost-atoms = %d", 2.0, 16384, "1"),
    Growth("finite-volume", "cells n, one radius", [200, 400, 800, 1600], ONE_RADIUS,
           "[systems.x.finite-volume]", "cells = [%d]", 1.0, 6400, "2: n cells, n steps"),
    Growth("finite-volume", "cells n², two radii", [32, 48, 64, 96], TWO_RADII,
           "[systems.x.finite-volume]\nkernel-tolerance = 1e-5", "cells = [%d, %d]", 0.5, 256, "3: n² cells, n steps"),
    Growth("finite-volume", "cells n⁴, four parameters", [12, 16, 24, 32], FOUR,
           "[systems.x.finite-volume]\nkernel-tolerance = 1e-4", "cells = [%d, %d, %d, %d]", 2.0, 96,
           "5: n⁴ cells, n steps"),
    Growth("finite-volume", "cells n, one radius, noise", [50, 100, 200, 400], ONE_RADIUS,
           "[systems.x.finite-volume]", "cells = [%d]", 1.0, 1600, "1 to 2", "temperature = 0.03\nridge = 0.2"),
    Growth("finite-volume", "cells n², two radii, noise", [24, 32, 48, 64], TWO_RADII,
           "[systems.x.finite-volume]\nkernel-tolerance = 1e-4", "cells = [%d, %d]", 0.02, 128, "3 to 4",
           "temperature = 0.01\nridge = 0.5"),
    Growth("jko", "atoms", [200, 400, 800, 1600], ONE_RADIUS,
           "[systems.x.jko]\nstep = 0.02", "atoms = %d\nmost-atoms = %d", 1.0, 6400, "1 to 3"),
    Growth("finite-network", "neurons N, d = 40, 50 000 steps", [200, 400, 800, 1600], ONE_RADIUS,
           "[systems.x.finite-network]\nstep-size = 2e-6\nseeds = [1]", "neurons = %d", 0.1, 100000, "1"),
    Growth("finite-network", "dimension d, N = 800, 25 000 steps", [40, 80, 160, 320], ONE_RADIUS,
           "[systems.x.finite-network]\nneurons = 800\nstep-size = 2e-6\nseeds = [1]", "# DIMENSION", 0.05, 1000, "1"),
    Growth("finite-network", "neurons N, 20 risks", [400, 800, 1600, 3200], ONE_RADIUS,
           "[systems.x.finite-network]\nstep-size = 1e-6\nseeds = [1]", "neurons = %d", 2e-5, 100000, "2",
           times='"0..2e-5:20"'),
    Growth("finite-network", "width n of two hidden layers, 2000 steps", [50, 100, 200, 400], LAYERS,
           "[systems.x.finite-network]\nstep-size = 1e-4\nseeds = [1]", "neurons = %d", 0.2, 3200, "2"),
    Growth("mean-field", "neurons drawn n, two hidden layers", [400, 800, 1600, 3200], LAYERS,
           "[systems.x.mean-field]\nmost-atoms = 10", "samples = %d", 0.5, 12800, "2"),
    Growth("mean-field", "points P of data, 200 neurons drawn", [16, 32, 64, 128], LAYERS,
           "[systems.x.mean-field]\nmost-atoms = 10\nsamples = 200", "# POINTS", 0.5, 2000, "1"),
]


def used(words):
    """CPU seconds and megabytes of a process, its status and what it printed."""
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)  # it alone tells what this one child has used
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        if child.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(words)}:\n{errors.read()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def measure(growth, size, rounds):
    """The least CPU seconds of the system's own runs, and the memory of the process."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "scale.toml"
        path.write_text(growth.scenario(size))
        seconds, memory = [], 0.0
        for _ in range(rounds):
            words = [PROGRAM, "run", str(path), "--threads", "1", "--json", "--overwrite", "--output", folder]
            _, memory, out = used(words)
            systems = json.loads(out)["systems"]
            seconds.append(sum(system["facts"].get("cpu_seconds") or 0 for system in systems.values()))
    return min(seconds), memory


def exponent(sizes, seconds):
    """The slope of a straight line through the logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(max(second, 1e-9)) for second in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def in_words(seconds):
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h"), (math.inf, 86400, "d")):
        if seconds < limit:
            return f"{seconds / unit:.2g} {name}"


def row(growth, rounds):
    measured = [measure(growth, size, rounds) for size in growth.sizes]
    seconds = [second for second, _ in measured]
    last = exponent(growth.sizes[-3:], seconds[-3:])
    told = seconds[-1] * (growth.target / growth.sizes[-1]) ** last
    return " | ".join([
        "", growth.name, growth.grows, ", ".join(map(str, growth.sizes)),
        ", ".join(f"{second:.3g}" for second in seconds), f"{last:.2f}", growth.theory,
        f"{growth.target}: {in_words(told)}", f"{measured[-1][1]:.0f}", "",
    ]).strip()


def growth_table(rounds, wanted):
    lines = ["| system | what grows | sizes | CPU s | exponent | counted | extrapolated | MB at the last |",
             "|---|---|---|---|---:|---|---|---:|"]
    for growth in GROWTHS:
        if not wanted or growth.name in wanted:
            lines.append(row(growth, rounds))
            print(lines[-1], flush=True)
    return lines


PARTS = SCENARIO % {
    "model": ONE_RADIUS, "end": 0.05, "noise": "", "times": "[0.0, 0.01, 0.05]",
    "system": '[systems.sgd.finite-network]\nneurons = 400\nstep-size = 1e-6\nseeds = "1..%d"',
}


def parts(count, seeds, rounds):
    """CPU seconds of the longest part, of all parts, and of merging: the least of some rounds."""
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "scale.toml"
            path.write_text(PARTS % seeds)
            words = [PROGRAM, "run", str(path), "--threads", "1", "--quiet", "--output", folder]
            own = [used([*words, "--part", f"{k + 1}/{count}"])[0] for k in range(count)]
            merged = used([PROGRAM, "merge", f"{folder}/scale"])[0]
            found.append((max(own), sum(own), merged))
    return [min(values) for values in zip(*found)]


def parts_table(rounds):
    lines = ["| | parts | seeds | longest part, CPU s | all parts | merge | efficiency |", "|---|---:|---:|---:|---:|---:|---:|"]
    alone = {}
    for name, seeds_of in (("strong", lambda count: 32), ("weak", lambda count: 4 * count)):
        for count in (1, 2, 4, 8, 16):
            longest, everything, merged = parts(count, seeds_of(count), rounds)
            alone.setdefault(name, longest + merged)
            ideal = alone[name] / (count if name == "strong" else 1)
            lines.append(f"| {name} | {count} | {seeds_of(count)} | {longest:.3f} | {everything:.3f} | {merged:.3f} "
                         f"| {ideal / (longest + merged):.2f} |")
            print(lines[-1], flush=True)
    return lines


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    wanted = set(sys.argv[2:])
    TABLES.mkdir(parents=True, exist_ok=True)
    if not wanted or wanted - {"parts"}:
        (TABLES / "growth.md").write_text("\n".join(growth_table(rounds, wanted)) + "\n")
    if not wanted or "parts" in wanted:
        (TABLES / "parts.md").write_text("\n".join(parts_table(rounds)) + "\n")


if __name__ == "__main__":
    main()
