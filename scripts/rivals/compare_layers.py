"""Runs the benchmark of three layers and its rivals in turn and writes output/bench/layers.md.

Before that, all are seen to do the same work: the same weights after the same samples, the same rates of the gradient flow.
"""

import sys
import tempfile

from in_turn import benchmark, in_turn, installed, machine, output, python, stay_on_one_core, write

WIDTHS = [100, 400]
# In layers.py: (name, its package, beside which of ours it stands, the ratio wanted at the largest width)
RIVALS = {
    "torch": ("PyTorch, in place, by hand", "torch", "step", 5.0),
    "torch-autograd": ("PyTorch, autograd and SGD", "torch", "step", 5.0),
    "jax": ("JAX, lax.scan", "jax", "step", 2.0),
    "torch-flow": ("PyTorch, autograd", "torch", "flow", None),
    "jax-flow": ("JAX, jitted gradient", "jax", "flow", 2.0),
}
SAME = 1e-12  # of the largest weight or rate of a layer


def measure(program, rounds, width):
    with tempfile.TemporaryDirectory() as folder:
        output(program, "write", folder, width)
        found, differ = {}, {}
        for word, (_, package, beside, _) in RIVALS.items():
            if installed(package) is None:
                continue
            differ[word] = float(python("layers.py", "check", word, folder)[0])
            if not differ[word] < SAME:
                sys.exit(f"{word} does other work: {differ[word]}")
            found[word] = (lambda word=word: float(python("layers.py", "time", word, folder)[0]), beside)
        ours = lambda: dict(zip(("step", "flow"), map(float, output(program, "time", width))))
        times = in_turn(rounds, ours, found)
    for word in found:
        yield row(width, word, times, differ[word])


def row(width, word, times, difference):
    name, _, beside, wanted = RIVALS[word]
    cells = [
        "one-sample step" if beside == "step" else "right-hand side of the flow",
        f"{width} × {width}",
        name,
        f"{times.best[word]:.1f}",
        f"{times.best[beside]:.1f}",
        f"{times.ratio(word):.2f}",
        f"{min(times.ratios[word]):.2f} to {max(times.ratios[word]):.2f}",
        "" if wanted is None or width != WIDTHS[-1] else f"{wanted:.2f}",
        f"{difference:.0e}",
    ]
    return "| " + " | ".join(cells) + " |"


def main(rounds):
    program = benchmark("meanfield-deep", "layers")
    stay_on_one_core()
    lines = [
        f"CPU microseconds on one core, f64, three layers (tanh, tanh, identity; d = 2, 40 points): minimum of {rounds} rounds"
        " taken in turn; medians and ranges of the rounds' ratios.",
        "",
        machine(["rustc"], ["numpy", "jax", "torch"]),
        "",
        "| what | widths | rival | rival µs | meanfield µs | ratio | rounds | wanted | differ by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for width in WIDTHS:
        for line in measure(program, rounds, width):
            print(line, flush=True)
            lines.append(line)
    write("layers", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]))
