"""Runs the right-hand side's benchmark and its rivals in turn and writes output/bench/right_hand_side.md.

Before that, all are seen to do the same work.
"""

import sys
import tempfile

from in_turn import benchmark, in_turn, machine, output, python, stay_on_one_core, write

# (cells, even orders kept a class): d = infinity, the textbook case, Fig. 1 as the scenario ships it, and a large one
CASES = [(1000, 1), (1000, 5), (700, 13), (2000, 13)]
SAME = 1e-10


def measure(program, rounds, cells, terms, folder):
    output(program, "write", folder, cells, terms)
    found = python("right_hand_side.py", "check", folder)
    differences = [abs(float(word)) for word in found if word not in ("numpy", "jax")]
    if not max(differences) < SAME:
        sys.exit(f"the rivals do other work: {found}")
    ours = lambda: dict(zip(("meanfield", "reading"), map(float, output(program, "time", cells, terms))))
    rival = lambda name: lambda: float(python("right_hand_side.py", name, folder)[0])
    times = in_turn(rounds, ours, {name: (rival(name), "meanfield") for name in ("numpy", "jax")})
    return times, max(differences)


def main(rounds):
    program = benchmark("meanfield-solver", "right_hand_side")
    stay_on_one_core()
    lines = [
        "CPU microseconds of one right-hand side (second order), minimum of %d rounds taken in turn; medians of the rounds'"
        " ratios." % rounds,
        "",
        machine(["rustc"], ["numpy", "jax"]),
        "",
        "| cells | rank | meanfield | NumPy | JAX | NumPy / meanfield | JAX / meanfield | features read twice (16 r M bytes) | differ by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for cells, terms in CASES:
        with tempfile.TemporaryDirectory() as folder:
            times, difference = measure(program, rounds, cells, terms, folder)
        best = times.best
        lines.append(
            f"| {cells} | {2 * terms} | {best['meanfield']:.2f} | {best['numpy']:.1f} | {best['jax']:.2f} "
            f"| {times.ratio('numpy'):.1f} | {times.ratio('jax'):.1f} | {2 * best['reading']:.2f} | {difference:.0e} |"
        )
        print(lines[-1], flush=True)
    write("right_hand_side", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]))
