"""Ensembles of networks against their prediction; called by scripts/fluctuations.

Each setting is a scenario; its points are the pairs of a network and a time. Prints a table, and the root mean
square of the means' z and the largest z of the spreads.
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

HINGES = "activation.piecewise-linear = { knots = [[0.5, -2.5], [1.5, 7.5]] }"
TANH = "activation.tanh = { height = 3.0, gain = 1.5, offset = -1.0, constant = 0.5 }"
STEEP = 'schedule.power = { exponent = -0.25 }'
CONSTANT = "schedule.constant = {}"

AFFINE = "activation.relu = {}\nunit.affine = {}"
QUIET = (0.0, 0.0)

TARGET = "data.single-index = { dimension = 40, target.tanh = { gain = 2.0 } }"
MEANS = """data.gaussian-classes.dimension = 30
data.gaussian-classes.classes = [
    { label = 1.0, mean = [1.0], along = [0.6], scale = 1.2 },
    { label = -1.0, mean = [-1.0], along = [0.6], scale = 0.8 },
]"""
PLANE = """data.multi-index.dimension = 20
data.multi-index.teacher = [
    { direction = [1.0, 0.0], activation.softplus = {} },
    { direction = [0.5, 0.8660254037844386], activation.softplus = {} },
]"""
POINTS = 'data.grid = { axes = [[-1.5, 1.5, 24]], target = "sin(2*x1)", bias = true }'
POLYNOMIAL = "activation.hermite.coefficients = [0.3, 0.5, 0.3]"

# d, (d, s₀) or the data themselves, Δ, σ, ξ, 1/β and λ, numbers of neurons, step sizes, times.
SETTINGS = [
    (24, 0.65, HINGES, CONSTANT, QUIET, [120, 500], [5e-5, 3e-4], [0.06, 0.24]),
    (64, 0.40, HINGES, CONSTANT, QUIET, [300, 700], [2e-5, 1e-4], [0.1, 0.3]),
    (30, 0.90, HINGES, CONSTANT, QUIET, [150, 600], [4e-5, 1.5e-4], [0.09, 0.45]),
    (20, 0.60, TANH, CONSTANT, QUIET, [200], [2e-4], [0.2, 1.0]),
    (36, 0.50, HINGES, STEEP, QUIET, [300], [1e-5], [0.03, 0.12]),
    ((24, 8), 0.65, HINGES, CONSTANT, QUIET, [200], [5e-5], [0.05, 0.2, 0.4]),
    ((24, 8), 0.60, AFFINE, CONSTANT, QUIET, [400], [1.25e-4], [0.2, 0.7, 2.0]),
    (TARGET, 0.0, "activation.hard-tanh = {}", CONSTANT, QUIET, [100], [5e-4], [0.25, 1.0, 2.0]),
    (MEANS, 0.0, "activation.tanh = { height = 2.0, offset = 0.3 }", CONSTANT, QUIET, [100], [1e-3], [0.1, 0.5, 1.5]),
    (PLANE, 0.0, POLYNOMIAL, CONSTANT, QUIET, [200], [2e-4], [0.2, 0.6, 1.0]),
    (20, 0.60, AFFINE, CONSTANT, QUIET, [100], [3e-4], [0.2, 0.6, 1.0]),
    (POINTS, 0.0, "activation.tanh = { height = 2.0 }", CONSTANT, QUIET, [100], [1e-3], [0.5, 1.0, 1.5]),
    (24, 0.65, HINGES, CONSTANT, (0.02, 0.2), [200], [1e-4], [0.06, 0.24, 0.6]),
    (40, 0.80, HINGES, CONSTANT, (0.05, 0.4), [300], [5e-5], [0.06, 0.3]),
    (48, 0.70, HINGES, CONSTANT, (0.01, 0.1), [400], [2e-5, 5e-5], [0.1, 0.5]),
    (16, 0.60, HINGES, CONSTANT, (0.05, 0.3), [150], [1e-4], [0.2, 1.0]),
    (30, 0.90, HINGES, CONSTANT, (0.002, 0.05), [250], [4e-5], [0.09, 0.36]),
    (20, 0.60, TANH, CONSTANT, (0.03, 0.3), [200], [4e-4], [0.2, 1.0]),
    (12, 0.50, TANH, CONSTANT, (0.1, 0.5), [60], [1e-3], [0.2, 2.0]),
    (20, 0.60, TANH, CONSTANT, (0.05, 0.4), [100], [3e-4], [0.5, 4.0]),
    (30, 0.50, HINGES, STEEP, (0.01, 0.1), [600], [5e-6], [0.05, 0.1]),
]


def data(dimension, separation):
    """The data of a scenario: stated, or in one block or two."""
    if isinstance(dimension, str):
        return dimension
    if isinstance(dimension, tuple):
        d, relevant = dimension
        blocks = f"dimension = {d}, relevant-dimension = {relevant}, separation = {separation}"
        return f"data.anisotropic-gaussians = {{ {blocks} }}"
    return f"data.isotropic-gaussians = {{ dimension = {dimension}, separation = {separation} }}"


def limit(dimension, bath, times):
    """The limit with its fluctuations: with noise on cells, without it by atoms."""
    kind = "finite-volume]\ncells = [400]" if bath[0] > 0 else "characteristics]\natoms = 160"
    tolerance = ""
    if dimension == PLANE:
        tolerance = "\nkernel-tolerance = 1e-2\nsampling-tolerance = 1e-3\nmost-atoms = 2000"
    elif not isinstance(dimension, int):
        tolerance = "\nkernel-tolerance = 1e-5"
    return f"[systems.limit.{kind}{tolerance}\nfluctuations-until = {times[-1]}"


def scenario(setting, seeds):
    dimension, separation, sigma, schedule, bath, neurons, steps, times = setting
    networks = "".join(
        f"[systems.sgd-{n}-{k}.finite-network]\nneurons = {n}\nstep-size = {step}\n"
        f"seeds = {list(range(10_000 * (n + k), 10_000 * (n + k) + seeds))}\n"
        for n in neurons
        for k, step in enumerate(steps)
    )
    return f"""title = "Fluctuations"
[model]
{data(dimension, separation)}
{sigma}
initial.gaussian = {{ scale = 0.8{", a = { mean = 1.0 }, b = { mean = 1.0 }" if sigma == AFFINE else ""} }}
[dynamics]
end-time = {times[-1]}
{schedule}
temperature = {bath[0]}
ridge = {bath[1]}
[observe]
times = {times}
snapshots = [{times[-1]}]
{limit(dimension, bath, times)}
{networks}
[compare]
reference = "limit"
"""


def points(setting, seeds, folder):
    path = folder / "setting.toml"
    path.write_text(scenario(setting, seeds))
    command = ["target/release/meanfield", "run", path, "--output", folder, "--overwrite"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    record = folder / "setting" / "record.h5"
    with h5py.File(record) as file:
        gains = file["limit/step_gain"][:]
        for name in sorted(key for key in file if key.startswith("sgd")):
            risks = file[name]["risk"][:]
            compared = file["comparison"][name]
            for i, time in enumerate(compared["time"][:]):
                yield {
                    "network": (int(file[name].attrs["neurons"]), float(file[name].attrs["step_size"])),
                    "time": time,
                    "gain": 0.5 * gains[i] * file[name].attrs["step_size"],
                    "gap": compared["risk_gap"][i],
                    "bias": compared["risk_bias"][i],
                    "spread": compared["predicted_spread"][i],
                    "risks": risks[:, i],
                }


def main():
    seeds = int(sys.argv[1])
    means, spreads = [], []
    print("| d       |  Δ   | 1/β   |    N |   ε    |  t   | εE|∇σ|² | mean − R ± s.e.     | predicted | z    | spread  | predicted | z    |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for setting in SETTINGS:
            for point in points(setting, seeds, pathlib.Path(folder)):
                risks = point["risks"]
                spread = risks.std(ddof=1)
                error = spread / np.sqrt(len(risks))
                centred = risks - risks.mean()
                kurtosis = max(3.0, (centred**4).mean() / (centred**2).mean() ** 2)
                of_spread = 0.5 * np.sqrt((kurtosis - 1) / len(risks))
                z = (point["gap"] - point["bias"]) / error
                z_spread = (spread / point["spread"] - 1) / of_spread
                means.append(z)
                spreads.append(z_spread)
                n, step = point["network"]
                print(
                    f"| {str(setting[0])[:18]:>7} | {setting[1]:.2f} | {setting[4][0]:<5} | {n:4} | {step:.1e} | {point['time']:.2f} | {point['gain']:.3f} "
                    f"| {point['gap']:9.6f} ± {error:.6f} | {point['bias']:9.6f} | {z:4.1f} "
                    f"| {spread:.5f} | {point['spread']:.5f} | {z_spread:4.1f} |",
                    flush=True,
                )
    print(f"\n{len(means)} points of {seeds} seeds: rms z of means {np.sqrt(np.mean(np.square(means))):.2f}, "
          f"largest z of spreads {np.max(np.abs(spreads)):.2f}")


main()
