"""Holds the errors that refinement states against known truth, and prints a table.

A problem is a scenario whose systems run with --refine. Its truth is a closed form (ReLU with isotropic data) or a
run of its own: characteristics, or cells with noise, refined until their own stated error is far below the errors
judged. A point is one curve at one time. It counts as covered if |value - truth| <= stated error + error of the
truth; points where the truth errs by more than a third of the stated error cannot be judged and are left out, and
their number is told.

    .venv/bin/python scripts/coverage.py [problem ...]
"""
import math
import os
import pathlib
import subprocess
import sys

import h5py
import numpy as np

OUTPUT = pathlib.Path("output/coverage")
PROGRAM = os.environ.get("MEANFIELD", "target/release/meanfield")
FIG_1 = "{ knots = [[0.5, -2.5], [1.5, 7.5]] }"
TANH = "{ height = 2.0, gain = 1.5, offset = -0.7 }"
FIG_4 = "{ knots = [[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]] }"


def isotropic(dimension, separation, activation, scale, end, extra="", loss="", points=41, first=1e-2):
    """Scenario text of isotropic data: model, dynamics, times."""
    return f"""title = "coverage"
[model]
data.isotropic-gaussians = {{ dimension = {dimension}, separation = {separation} }}
activation.{activation}
initial.gaussian = {{ scale = {scale} }}
{loss}
[dynamics]
end-time = {end}
schedule.constant = {{}}
{extra}
[observe]
times = "log({first}..{end}:{points})"
"""


def blocks(separation, unit, start, end, schedule="constant = {}", activation="relu = {}", points=31):
    """Scenario text of anisotropic data, d = 320 and s0 = 60."""
    return f"""title = "coverage"
[model]
data.anisotropic-gaussians = {{ dimension = 320, relevant-dimension = 60, separation = {separation} }}
activation.{activation}
{unit}
initial.gaussian = {start}
[dynamics]
end-time = {end}
schedule.{schedule}
[observe]
times = "log(1e-2..{end}:{points})"
"""


def atoms(count, **keys):
    return system("characteristics", atoms=count, **keys)


def cells(*counts, **keys):
    return system("finite-volume", cells=list(counts), **keys)


def jko(count, step, **keys):
    return system("jko", atoms=count, step=step, **keys)


def system(kind, **keys):
    lines = [f"{name.replace('_', '-')} = {value}" for name, value in keys.items()]
    return kind, "\n".join(lines)


EXACT_ATOMS = atoms(240, tolerance=1e-10, sampling_tolerance=1e-9, most_atoms=20000, kernel_tolerance=1e-11)
LINE = {"atoms": atoms(40), "cells": cells(200), "fine-cells": cells(800), "jko": jko(200, 0.02)}
THIN = {"cells": cells(240), "fine-cells": cells(480)}
FOUR_START = "{ scale = 0.8, a = { mean = 1.0, deviation = 0.05 }, b = { mean = 1.0, deviation = 0.05 } }"
DECAY = "power = { exponent = -0.25 }"
FOUR_POINT = "{ scale = 0.8, a = { mean = 1.0 }, b = { mean = 1.0 } }"
FOUR = {"cells": cells(16, 16, 16, 16, kernel_tolerance=1e-4)}
EXACT_FOUR = atoms(4096, most_atoms=12000, sampling_tolerance=3e-4, tolerance=1e-6, kernel_tolerance=1e-6)
NOISY_EXACT = cells(1600, tolerance=2e-6, kernel_tolerance=1e-10)
NOISY = {"cells": cells(200), "coarse-cells": cells(100, tolerance=1e-3)}


def noisy(temperature, ridge):
    bath = f"temperature = {temperature}\nridge = {ridge}"
    return isotropic(40, 0.8, f"piecewise-linear = {FIG_1}", 0.8, 5.0, bath)


# name: (scenario, systems, truth)
PROBLEMS = {
    "split": (isotropic(40, 0.8, f"piecewise-linear = {FIG_1}", 0.8, 10.0), LINE, EXACT_ATOMS),
    "edge-of-basin": (isotropic(320, 0.5, f"piecewise-linear = {FIG_4}", 0.22, 10.0), LINE, EXACT_ATOMS),
    "failure": (
        isotropic(320, 0.5, f"piecewise-linear = {FIG_4}", 0.1, 10.0),
        LINE,
        atoms(80, tolerance=1e-9, sampling_tolerance=1e-7),
    ),
    "smooth": (isotropic(10, 0.5, f"tanh = {TANH}", 1.0, 20.0), LINE, EXACT_ATOMS),
    "logistic": (
        isotropic(20, 0.6, "softplus = { gain = 2.0 }", 1.0, 10.0, loss="loss.logistic = {}"),
        {"atoms": atoms(40), "cells": cells(200), "jko": jko(200, 0.02)},
        atoms(160, tolerance=1e-9, sampling_tolerance=1e-8, kernel_tolerance=1e-9),
    ),
    "relu": (isotropic(20, 0.6, "relu = {}", 1.0, 10.0), LINE, "relu"),
    "relu-thin": (isotropic(2000, 0.6, "relu = {}", 0.5, 10.0), THIN, "relu"),
    "coarse-kernel": (
        isotropic(12, 0.7, f"piecewise-linear = {FIG_1}", 0.8, 5.0),
        {
            "atoms": atoms(80, kernel_tolerance=0.02),
            "cells": cells(400, kernel_tolerance=0.05),
            "jko": jko(400, 0.01, kernel_tolerance=0.05),
        },
        atoms(240, tolerance=1e-10, sampling_tolerance=1e-9, most_atoms=20000, kernel_tolerance=1e-9),
    ),
    "few-atoms": (
        isotropic(40, 0.8, f"piecewise-linear = {FIG_1}", 0.8, 10.0),
        {"atoms": atoms(40, most_atoms=60), "jko": jko(50, 0.05)},
        EXACT_ATOMS,
    ),
    "noise": (noisy(0.03, 0.2), NOISY, NOISY_EXACT),
    "weak-noise": (noisy(1e-3, 0.05), NOISY, NOISY_EXACT),
    "two-radii": (
        blocks(0.6, "", "{ scale = 0.8 }", 20.0, activation=f"piecewise-linear = {FIG_1}"),
        {"atoms": atoms(400, kernel_tolerance=1e-5), "cells": cells(48, 48, kernel_tolerance=1e-5)},
        atoms(1600, tolerance=1e-9, sampling_tolerance=1e-7, most_atoms=12000, kernel_tolerance=1e-7),
    ),
    "four": (blocks(0.4, "unit.affine = {}", FOUR_START, 60.0, DECAY), FOUR, EXACT_FOUR),
    "four-wide": (blocks(0.6, "unit.affine = {}", FOUR_START, 60.0, DECAY), FOUR, EXACT_FOUR),
    "four-point": (
        blocks(0.4, "unit.affine = {}", FOUR_POINT, 20.0, DECAY),
        {**FOUR, "atoms": atoms(400, most_atoms=1000, sampling_tolerance=1e-4, kernel_tolerance=1e-5)},
        atoms(900, most_atoms=8000, sampling_tolerance=1e-5, tolerance=1e-7, kernel_tolerance=1e-6),
    ),
}


def run(folder, scenario, systems, refine):
    """The record of a scenario with these systems, from an earlier run if there is one of the same text."""
    text = scenario + "".join(f"[systems.{name}.{kind}]\n{keys}\n" for name, (kind, keys) in systems.items())
    OUTPUT.mkdir(parents=True, exist_ok=True)
    file = OUTPUT / f"{folder}.toml"
    file.write_text(text)
    command = [PROGRAM, "run", str(file), "--output", str(OUTPUT)] + ["--refine"] * refine
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 2:  # there is the result of another text
        done = subprocess.run([*command, "--overwrite"], capture_output=True, text=True)
    if done.returncode == 2 or not (OUTPUT / folder / "record.h5").exists():
        sys.exit(f"{file}: {done.stderr}")
    return h5py.File(OUTPUT / folder / "record.h5")


def curves(group):
    """Every result with an error: name, values, errors."""
    for name in group:
        error = f"{name}_refinement_error"
        if error not in group or name in ("free_energy", "independent_bias"):
            continue
        if group[name].ndim == 1:
            yield name, group[name][:], group[error][:]
        else:
            for i, level in enumerate(group["level"][:]):
                yield f"{name}@{level}", group[name][:, i], group[error][:, i]


def true_curves(problem, truth, times, names):
    """Values and own errors of the truth by name."""
    if truth == "relu":
        return relu(PROBLEMS[problem][0], times)
    record = run(f"{problem}-truth", PROBLEMS[problem][0], {"truth": truth}, True)["truth"]
    return {name: (value, error) for name, value, error in curves(record)}


def relu(text, times):
    """Isotropic ReLU, closed form: V and U are -v r and u r r', so that all radii move alike (none comes to 0
    here): r = r0 + m - m0, m' = 2 (v - u m). v and u by one integral over the angle between two neurons."""
    number = lambda key: float(text.split(f"{key} = ")[1].split()[0].strip(",}"))
    d, separation, scale = int(number("dimension")), number("separation"), number("scale")
    v = separation / math.sqrt(2 * math.pi)
    theta = (np.arange(200_000) + 0.5) * math.pi / 200_000
    weight = np.exp((d - 2) * np.log(np.sin(theta)))
    aligned = np.sin(theta) + (math.pi - theta) * np.cos(theta)
    pair = np.sum(weight * aligned) / (2 * math.pi * np.sum(weight))
    second = 0.5 * ((1 + separation) ** 2 + (1 - separation) ** 2)
    u = second * pair
    # Mean and spread of kappa |g|/sqrt(d), g standard normal: chi.
    mean_chi = math.sqrt(2) * math.exp(math.lgamma((d + 1) / 2) - math.lgamma(d / 2))
    m0 = scale * mean_chi / math.sqrt(d)
    spread = scale * math.sqrt(1 - mean_chi**2 / d)
    m = v / u + (m0 - v / u) * np.exp(-2 * u * times)
    levels = {level: scale * chi_quantile(d, level) / math.sqrt(d) for level in (0.01, 0.1, 0.5, 0.9, 0.99)}
    values = {"risk": 1 - 2 * v * m + u * m**2, "mean_radius": m, "std_radius": np.full_like(times, spread)}
    values |= {f"quantile_radius@{level}": r0 + m - m0 for level, r0 in levels.items()}
    return {name: (value, np.full_like(times, 1e-9)) for name, value in values.items()}


def chi_quantile(d, level):
    """By bisection of the distribution function, summed on a grid around the mean."""
    r = np.linspace(max(math.sqrt(d) - 12, 0), math.sqrt(d) + 12, 400_001)
    with np.errstate(divide="ignore"):
        density = np.exp((d - 1) * np.log(r) - r**2 / 2 - (d - 1) * math.log(math.sqrt(d)) + d / 2)
    mass = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    return float(np.interp(level, mass / mass[-1], r))


def family(name):
    for prefix in ("risk", "mean", "std", "quantile"):
        if name.startswith(prefix):
            return prefix
    return None


def judged(problem):
    """(system kind, family, problem, system, errors known or not, covered, stated/true) of every point."""
    scenario, systems, truth = PROBLEMS[problem]
    record = run(problem, scenario, systems, True)
    rows = []
    for system in systems:
        group = record[system]
        times = group["time"][:]
        exact = true_curves(problem, truth, times, list(group))
        for name, value, error in curves(group):
            if name not in exact or family(name) is None:
                continue
            true, own = exact[name]
            gap = np.abs(value - true)
            for t, g, e, o in zip(times, gap, error, np.nan_to_num(own)):
                rows.append((kind(problem, systems[system]), family(name), problem, system, name, t, g, e, o))
    return rows


def kind(problem, chosen):
    """What a system is called in the table."""
    text = PROBLEMS[problem][0]
    if chosen[0] != "finite-volume":
        return chosen[0]
    if "temperature" in text:
        return "cells with noise"
    if "unit.affine" in text:
        return "cells of four parameters"
    return "cells of two radii" if "anisotropic" in text else "cells of one radius"


def line(label, rows):
    """One row of the table."""
    gap, error, own = (np.array([row[i] for row in rows], float) for i in (6, 7, 8))
    known = np.isfinite(error)
    fair = known & (own <= error / 3)
    covered = gap[fair] <= error[fair] + own[fair]
    resolved = fair & (gap > own) & (gap > 0)
    ratio = np.median(error[resolved] / gap[resolved]) if resolved.any() else math.nan
    worst = np.max(gap[fair] / np.maximum(error[fair] + own[fair], 1e-300), initial=0.0)
    width = np.median(error[fair]) if fair.any() else math.nan
    share = f"{100 * covered.mean():.1f} %" if fair.any() else "-"
    return (f"| {label} | {fair.sum()} | {share} | {ratio:.1f} | {worst:.1f} | {width:.1e} | "
            f"{(~known).sum()} | {(known & ~fair).sum()} |")


HEAD = ("| | points | covered | stated/true, median | true/stated, worst | median error | unknown "
        "| not judged |\n"
        "|---|---|---|---|---|---|---|---|")


def table(rows):
    lines = [HEAD]
    for system in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == system]
        lines.append(line(f"**{system}**", own))
        for part in dict.fromkeys(row[1] for row in own):
            lines.append(line(f"{system}: {part}", [row for row in own if row[1] == part]))
    lines.append("")
    lines.append(HEAD.replace("| |", "| problem, system |", 1))
    for place in dict.fromkeys((row[2], row[3]) for row in rows):
        lines.append(line(", ".join(place), [row for row in rows if (row[2], row[3]) == place]))
    return "\n".join(lines)


def main():
    chosen = sys.argv[1:] or list(PROBLEMS)
    rows = [row for problem in chosen for row in judged(problem)]
    text = table(rows)
    print(text)
    if not sys.argv[1:]:
        page = pathlib.Path("docs/coverage.md")
        before = page.read_text().split("<!-- table -->")[0]
        page.write_text(f"{before}<!-- table -->\n{text}\n")


if __name__ == "__main__":
    main()
