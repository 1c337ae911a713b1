"""Prints the README's tables of what was seen, from the records of scenarios in output/.

    for name in isotropic/{figure-1,network-bias,three-integrators,figure-4} \\
        noisy/{isotropic,ridge,factor-two,gibbs-over-temperature}; do
        scripts/reproduce scenarios/$name.toml; done; .venv/bin/python scripts/seen.py
"""
import json
import h5py
import numpy as np


def gap(record, system, reference, until):
    """Largest |risk - reference's| for t <= until."""
    time = record[f"{system}/time"][:]
    risk = record[f"{system}/risk"][:]
    return np.abs(risk - record[f"{reference}/risk"][:])[time <= until].max()


print("| wanted | seen |\n|---|---|")
with h5py.File("output/figure-1/record.h5") as record:
    summary = json.load(open("output/figure-1/summary.json"))
    early, late = (gap(record, "pde", "atoms", t) for t in (3.0, 10.0))
    print(f"| finite volumes and characteristics agree in R(t): 1e-3 for t ≤ 3, 1e-2 for t ≤ 10 | {early:.1e}, {late:.1e} |")
    for claim in summary["comparison"]["claims"]:
        print(f"| {claim['claim']} | worst {claim['worst']:.4f} at t = {claim['at']:.2f} |")
    pde = record["pde"]
    print(f"| mass conserved, density ≥ 0, R never rises (a step after which it does is repeated) | {pde['mass_error'][-1]:.1e}, {pde['minimum_density'][-1]:.1e}, {pde['repeated_steps'][-1]:.0f} steps repeated |")
    seconds = {name: system["facts"]["cpu_seconds"] for name, system in summary["systems"].items()}
    print("| CPU seconds | " + ", ".join(f"{name} {value:.1f}" for name, value in seconds.items()) + " |")
for name in ("three-integrators", "figure-4", "isotropic", "ridge", "factor-two"):
    summary = json.load(open(f"output/{name}/summary.json"))
    for claim in summary["comparison"]["claims"]:
        print(f"| {name}: {claim['claim']} | worst {claim['worst']:.1e} at t = {claim['at']:.3g} |")
with h5py.File("output/network-bias/record.h5") as record:
    sgd = record["comparison/sgd"]
    time = sgd["time"][:]
    for t in (0.1, 1.0, 3.0):
        i = np.abs(np.log(time / t)).argmin()
        seen, error, bias = (sgd[name][i] for name in ("risk_gap", "risk_standard_error", "risk_bias"))
        independent = record["atoms/independent_bias"][i] / record["sgd"].attrs["neurons"]
        print(f"| SGD's mean risk less the limit's at t = {time[i]:.2g}: b/N = {bias:.5f} (independent neurons: {independent:.5f}) | {seen:.5f} ± {error:.5f} |")
with h5py.File("output/factor-two/record.h5") as record:
    printed = record["comparison/sgd-as-printed/wasserstein_1_radius"][-1]
    print(f"| noise as printed: wasserstein_1_radius at t = 2 | {printed:.2f} |")
with h5py.File("output/gibbs-over-temperature/record.h5") as record:
    gibbs = record["gibbs"]
    temperature, risk, regularized = gibbs["temperature"][:], gibbs["risk"][:, 0], gibbs["regularized_risk"][:, 0]
    ratio = (regularized[1:] - regularized[0]) / (40 * (temperature[1:] - temperature[0]))
    print(f"| rise of the regularised risk over d/β | {ratio.min():.2f} to {ratio.max():.2f} |")
    print(f"| risk at β = ∞, and its least | {risk[0]:.3f}, {risk.min():.3f} at 1/β = {temperature[risk.argmin()]:.4f} |")
