"""Runs the right-hand side's benchmark and its rivals in turn and writes output/bench/right_hand_side.md.

Every round runs everyone once; the minimum over the rounds is compared. Before that, all are seen to do the same work.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
# (cells, even orders kept a class): d = infinity, the textbook case, Fig. 1 as the scenario ships it, and a large one
CASES = [(1000, 1), (1000, 5), (700, 13), (2000, 13)]
SAME = 1e-10


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout.split()


def bench(*words):
    command = ["cargo", "bench", "--locked", "--quiet", "-p", "meanfield-solver", "--bench", "right_hand_side", "--"]
    return output(*command, *words)


def rival(*words):
    return output(sys.executable, HERE / "right_hand_side.py", *words)


def measure(rounds, cells, terms, folder):
    bench("write", folder, cells, terms)
    found = rival("check", folder)
    differences = [abs(float(word)) for word in found if word not in ("numpy", "jax")]
    if max(differences) > SAME:
        sys.exit(f"the rivals do other work: {found}")
    best = {}
    for _ in range(rounds):
        step, reading = map(float, bench("time", cells, terms))
        seen = {"meanfield": step, "reading": reading}
        seen |= {name: float(rival(name, folder)[0]) for name in ("numpy", "jax")}
        best = {name: min(value, best.get(name, value)) for name, value in seen.items()}
    return best, max(differences)


def main(rounds):
    lines = [
        "CPU microseconds of one right-hand side (second order), minimum of %d rounds taken in turn." % rounds,
        "",
        "| cells | rank | meanfield | NumPy | JAX | NumPy / meanfield | JAX / meanfield | features read twice (16 r M bytes) | differ by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for cells, terms in CASES:
        with tempfile.TemporaryDirectory() as folder:
            best, difference = measure(rounds, cells, terms, folder)
        ours, numpy, jax = best["meanfield"], best["numpy"], best["jax"]
        lines.append(
            f"| {cells} | {2 * terms} | {ours:.2f} | {numpy:.1f} | {jax:.2f} | {numpy / ours:.1f} | {jax / ours:.1f} "
            f"| {2 * best['reading']:.2f} | {difference:.0e} |"
        )
        print(lines[-1], flush=True)
    pathlib.Path("output/bench/right_hand_side.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
