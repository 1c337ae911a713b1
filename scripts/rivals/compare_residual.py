"""Runs the benchmark of residual networks and the same in JAX in turn and writes output/bench/residual.md.

Before that, all are seen to do the same work: the same drifts at the start, the same features and outputs at the end of the flow.
"""

import sys
import tempfile

from in_turn import benchmark, in_turn, installed, machine, output, python, stay_on_one_core, write

WIDTH = 800
# In residual.py: (what, name, beside which of ours it stands, the ratio wanted, how close)
# Flows: what compression of weights leaves out is a tenth of the tolerance of a step, 1e-6.
RIVALS = {
    "flow-sides": ("flow to t = 10, s", "JAX, by hand, stages as their two sides", "flow", 2.0, 1e-6),
    "flow-grad": ("flow to t = 10, s", "JAX, jax.grad, stages as matrices", "flow", 2.0, 1e-6),
    "drift-hand": ("right-hand side on matrices, µs", "JAX, by hand, as two sides", "drift", None, 1e-12),
    "drift-grad": ("right-hand side on matrices, µs", "JAX, jax.grad", "drift", None, 1e-12),
}


def measure(program, rounds):
    with tempfile.TemporaryDirectory() as folder:
        output(program, "write", folder, WIDTH)
        found, differ = {}, {}
        for word, (_, _, beside, _, same) in RIVALS.items():
            differ[word] = float(python("residual.py", "check", word, folder)[0])
            if not differ[word] < same:
                sys.exit(f"{word} does other work: {differ[word]}")
            found[word] = (lambda word=word: float(python("residual.py", "time", word, folder)[0]), beside)
        ours = lambda: dict(zip(("flow", "drift"), map(float, output(program, "time", WIDTH))))
        times = in_turn(rounds, ours, found)
    for word in found:
        yield row(word, times, differ[word])


def row(word, times, difference):
    what, name, beside, wanted, _ = RIVALS[word]
    cells = [
        what,
        name,
        f"{times.best[word]:.3g}" if beside == "flow" else f"{times.best[word]:.0f}",
        f"{times.best[beside]:.3g}" if beside == "flow" else f"{times.best[beside]:.0f}",
        f"{times.ratio(word):.2f}",
        f"{min(times.ratios[word]):.2f} to {max(times.ratios[word]):.2f}",
        "" if wanted is None else f"{wanted:.2f}",
        f"{difference:.0e}",
    ]
    return "| " + " | ".join(cells) + " |"


def main(rounds):
    if installed("jax") is None:
        sys.exit("compare_residual.py: without JAX there is nobody to compare with")
    program = benchmark("meanfield-deep", "residual")
    stay_on_one_core()
    lines = [
        f"CPU time on one core, f64, residual network of width {WIDTH}, L = 3 (tanh, tanh; 10 points in five dimensions), tolerance"
        f" 1e-6: minimum of {rounds} rounds taken in turn; medians and ranges of the rounds' ratios.",
        "",
        machine(["rustc"], ["numpy", "jax"]),
        "",
        "| what | rival | rival | meanfield | ratio | rounds | wanted | differ by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in measure(program, rounds):
        print(line, flush=True)
        lines.append(line)
    write("residual", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]))
