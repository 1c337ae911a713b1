"""Prints the tables of what was seen in docs/ and README.md, from the records of scenarios in output/.

    for name in isotropic/{figure-1,network-bias,three-integrators,figure-4,figure-2} \\
        noisy/{isotropic,ridge,factor-two,gibbs-over-temperature} anisotropic/{figure-3,step-size,two-radii,noisy}; do
        scripts/reproduce scenarios/$name.toml; done; .venv/bin/python scripts/seen.py

Names of scenarios print their rows alone: seen.py isotropic/figure-1 anisotropic/step-size.
"""
import contextlib
import json
import sys

import h5py
import numpy as np


@contextlib.contextmanager
def record_of(name):
    with h5py.File(f"output/{name}/record.h5") as record:
        yield record


def summary_of(name):
    with open(f"output/{name}/summary.json") as file:
        return json.load(file)


def print_claims(name):
    """One row for each claim: how far off it was at worst."""
    comparison = summary_of(name)["comparison"] or {"claims": []}
    for claim in comparison["claims"]:
        print(f"| {name}: {claim['claim']} | worst {claim['worst']:.2e} at t = {claim['at']:.3g} |")


def nearest(times, time):
    return np.abs(times - time).argmin()


def gap(record, system, reference, until):
    """Largest |risk - reference's| for t <= until."""
    time = record[f"{system}/time"][:]
    risk = record[f"{system}/risk"][:]
    return np.abs(risk - record[f"{reference}/risk"][:])[time <= until].max()


def figure_1():
    with record_of("isotropic/figure-1") as record:
        early, late = (gap(record, "pde", "atoms", t) for t in (3.0, 10.0))
        print(f"| R(t) of finite volumes and characteristics, t ≤ 3 and t ≤ 10 | {early:.1e}, {late:.1e} |")
        worst = [record[f"pde/{name}"][-1] for name in ("mass_error", "minimum_density", "repeated_steps")]
        certificates = f"{worst[0]:.1e}, {worst[1]:.1e}, {worst[2]:.0f}"
        print(f"| mass conserved, density ≥ 0, steps after which R rose | {certificates} |")
    systems = summary_of("isotropic/figure-1")["systems"].items()
    seconds = ", ".join(f"{name} {system['facts']['cpu_seconds']:.1f}" for name, system in systems)
    print(f"| CPU seconds of Fig. 1 | {seconds} |")


def network_bias():
    with record_of("isotropic/network-bias") as record:
        sgd = record["comparison/sgd"]
        time = sgd["time"][:]
        for t in (0.1, 1.0, 3.0):
            i = np.abs(np.log(time / t)).argmin()
            seen, error, bias = (sgd[name][i] for name in ("risk_gap", "risk_standard_error", "risk_bias"))
            independent = record["atoms/independent_bias"][i] / record["sgd"].attrs["neurons"]
            print(
                f"| SGD's mean risk less the limit's at t = {time[i]:.2g}: b/N + c ε = {bias:.5f} "
                f"(independent neurons: {independent:.5f}) | {seen:.5f} ± {error:.5f} |"
            )


def factor_two():
    with record_of("noisy/factor-two") as record:
        printed = record["comparison/sgd-as-printed/wasserstein_1_radius"][-1]
        print(f"| noise as printed: wasserstein_1_radius at t = 2 | {printed:.2f} |")


def gibbs_over_temperature():
    with record_of("noisy/gibbs-over-temperature") as record:
        gibbs = record["gibbs"]
        temperature = gibbs["temperature"][:]
        risk, regularized = (gibbs[name][:, 0] for name in ("risk", "regularized_risk"))
        ratio = (regularized[1:] - regularized[0]) / (40 * (temperature[1:] - temperature[0]))
        print(f"| rise of the regularised risk over d/β | {ratio.min():.2f} to {ratio.max():.2f} |")
        least = f"{risk.min():.3f} at 1/β = {temperature[risk.argmin()]:.4f}"
        print(f"| risk at the least 1/β, and the least risk | {risk[0]:.3f}, {least} |")


def figure_2():
    with record_of("isotropic/figure-2") as record:
        print(f"| duality gap of the law of least risk, largest | {record['least/duality_gap'][:].max():.1e} |")
        high = np.unique(record["one-mass/threshold_high"][:].round(6))
        print(f"| Δʰ | {', '.join(f'{value:.4f}' for value in high)} |")
        gaps = np.abs(record["sgd/risk"][:, 0] - record["pde/risk"][:])
        print(f"| SGD's risk less the PDE's, largest | {gaps.max():.3f} |")


def figure_3():
    with record_of("anisotropic/figure-3") as record:
        print(f"| mass of the grid, largest error | {np.abs(record['grid/mass_error'][:]).max():.0e} |")
        for name in ("infinite", "atoms", "sgd"):
            risk = record[f"{name}/risk"][:]
            plateau = risk.reshape(len(risk), -1, risk.shape[-1]).mean(axis=1)[:, -1]
            print(f"| final risk of {name} over Δ | {', '.join(f'{value:.4f}' for value in plateau)} |")


def step_size():
    with record_of("anisotropic/step-size") as record:
        time = record["atoms/time"][:]
        steps = record["sgd/step_size"][:]
        for name, t in (("risk", 15.9), ("mean_a", 40.0)):
            i = nearest(time, t)
            limit = record[f"atoms/{name}"][i]
            seen = record[f"sgd/{name}"][:].mean(axis=1)[:, i]
            values = ", ".join(f"{value:.3f} (ε = {step:.3g})" for value, step in zip(seen, steps))
            print(f"| {name} at t = {time[i]:.3g}, PDE {limit:.3f} | {values} |")


def noisy():
    with record_of("anisotropic/noisy") as record:
        ends = [record[f"{name}/risk"][-1] for name in ("pde", "gibbs")]
        print(f"| risk of the PDE at its end, and of the Gibbs state | {ends[0]:.4f}, {ends[1]:.4f} |")
        gaps = np.abs(record["sgd/risk"][:].mean(axis=0) - record["pde/risk"][:])
        print(f"| SGD's risk less the PDE's, largest | {gaps.max():.3f} |")
        bias = record["pde/independent_bias"][-1] / record["sgd"].attrs["neurons"]
        print(f"| b/N of independent neurons at the end | {bias:.3f} |")


ROWS = {
    "isotropic/figure-1": figure_1,
    "isotropic/network-bias": network_bias,
    "isotropic/three-integrators": None,
    "isotropic/figure-4": None,
    "noisy/isotropic": None,
    "noisy/ridge": None,
    "noisy/factor-two": factor_two,
    "noisy/gibbs-over-temperature": gibbs_over_temperature,
    "isotropic/figure-2": figure_2,
    "anisotropic/figure-3": figure_3,
    "anisotropic/step-size": step_size,
    "anisotropic/two-radii": None,
    "anisotropic/noisy": noisy,
}


def main(names):
    print("| claim | seen |\n|---|---|")
    for name in names or ROWS:
        print_claims(name)
        if ROWS[name]:
            ROWS[name]()


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(ROWS)
    if unknown:
        sys.exit(f"no rows for {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    main(sys.argv[1:])
