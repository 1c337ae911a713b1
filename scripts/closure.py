"""The closure against SGD; called by scripts/closure. A row of a table for each problem, step size and time."""

import pathlib
import subprocess
import tempfile

import h5py
import numpy as np

HINGES = "[[0.5, -2.5], [1.5, 7.5]]"
KINK_AT_ZERO = "[[0.0, -2.5], [0.5, -4.0], [1.5, 7.5]]"

# d, Δ, knots of σ, κ, N, step sizes, times, seeds.
PROBLEMS = [
    (40, 0.5, HINGES, 0.8, 400, [1e-4, 3e-4, 1e-3], [0.03, 0.1, 0.3, 1.0], 96),
    (40, 0.8, HINGES, 0.8, 200, [3e-4, 1e-3], [0.03, 0.1, 0.3, 1.0], 96),
    (24, 0.65, HINGES, 0.8, 300, [5e-4, 1.5e-3], [0.06, 0.24, 0.8], 96),
    (320, 0.5, KINK_AT_ZERO, 0.1, 800, [1e-6], [0.05], 1),
    (320, 0.5, KINK_AT_ZERO, 0.1, 800, [1e-5], [0.05, 0.1], 8),
    (320, 0.5, KINK_AT_ZERO, 0.1, 800, [1e-4], [0.05, 0.1, 0.3], 8),
    (320, 0.5, KINK_AT_ZERO, 0.4, 800, [1e-5, 1e-4], [0.05, 0.1, 0.3], 4),
]


def scenario(problem, step):
    dimension, separation, knots, scale, neurons, _, times, seeds = problem
    return f"""title = "Closure"
[model]
data.isotropic-gaussians = {{ dimension = {dimension}, separation = {separation} }}
activation.piecewise-linear = {{ knots = {knots} }}
initial.gaussian = {{ scale = {scale} }}
[dynamics]
end-time = {times[-1]}
schedule.constant = {{}}
[observe]
times = {times}
[systems.limit.characteristics]
atoms = 160
[systems.closure.finite-step]
neurons = {neurons}
step-size = {step}
[systems.sgd.finite-network]
neurons = {neurons}
step-size = {step}
seeds = "7000..{6999 + seeds}"
"""


def rows(problem, step, folder):
    path = folder / "closure.toml"
    path.write_text(scenario(problem, step))
    command = ["target/release/meanfield", "run", path, "--output", folder, "--overwrite"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with h5py.File(folder / "closure" / "record.h5") as file:
        closure, sgd = file["closure"], file["sgd"]
        for i, time in enumerate(closure["time"][:]):
            risks = np.atleast_2d(sgd["risk"][:])[:, i]
            radii = np.atleast_2d(sgd["mean_radius"][:])[:, i]
            error = risks.std(ddof=1) / np.sqrt(len(risks)) if len(risks) > 1 else np.nan
            gap = closure["risk"][i] - risks.mean()
            yield (
                f"| {problem[0]} | {problem[1]} | {problem[3]} | {step:.1e} | {time:.2f} | {closure['step_share'][i]:.2f} "
                f"| {file['limit/risk'][i]:.4f} | {risks.mean():.4f} ± {error:.4f} | {closure['risk'][i]:.4f} "
                f"| {closure['closure_error'][i]:.4f} | {abs(gap) / closure['closure_error'][i]:.2f} "
                f"| {radii.mean():.5f} | {closure['mean_radius'][i]:.5f} |"
            )


def main():
    print("| d | Δ | κ | ε | t | 2εE∇² | limit R | SGD R | closure R | its error | gap/error | SGD w | closure w |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for problem in PROBLEMS:
            for step in problem[5]:
                for row in rows(problem, step, pathlib.Path(folder)):
                    print(row, flush=True)


main()
