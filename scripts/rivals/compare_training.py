"""Runs the training's benchmark and its rivals in turn and writes output/bench/training.md.

Before that, all are seen to do the same work: the same weights from the same start and samples; with noise, where no two
draw the same, the same weights without it, as large a movement with it, and deviates with the moments of a normal law.
"""

import pathlib
import sys
import tempfile

from in_turn import HERE, benchmark, in_turn, installed, machine, output, python, stay_on_one_core, write

# (kind, d, N): Fig. 1 and two larger ones, all of a, b and w trained, and with noise
CASES = [
    ("plain", 40, 800),
    ("plain", 320, 800),
    ("plain", 100, 10_000),
    ("relu", 40, 800),
    ("relu", 320, 800),
    ("noisy", 40, 800),
]
# Which ratio is wanted.
WANTED = {
    ("plain", 40, 800): {"C": 2.2, "numba": 2.8, "JAX, sampling": 4.5, "PyTorch": 18.0},
    ("plain", 320, 800): {"C": 2.0},
    ("plain", 100, 10_000): {"C": 2.0},
    ("relu", 40, 800): {"C": 1.9},
    ("relu", 320, 800): {"C": 1.45},
    ("noisy", 40, 800): {"C": 3.8},
}
# Name: (in training.py, its package)
IN_PYTHON = {
    "numba": ("numba", "numba"),
    "JAX": ("jax", "jax"),
    "JAX, sampling": ("jax-sampling", "jax"),
    "NumPy": ("numpy", "scipy"),
    "PyTorch": ("torch", "torch"),
}
OURS = ("f64", "f32", "f64, sampling", "sampling alone")
# As one writes it, and with the active neurons listed without a branch.
IN_C = {"C": "-DLISTED=0", "C, listed": "-DLISTED=1"}
SAME = 1e-9  # of how far the weights move
ERRORS = 5.0  # standard errors that a mean may be off


def check(what, found, limit):
    """Stops unless all is below the limit; the largest."""
    if not all(number < limit for number in found):
        sys.exit(f"{what} does other work: {found}")
    return max(found)


def numbers(words):
    return [abs(float(word)) for word in words]


def compiled(folder):
    """The programs in C, by name."""
    programs = {name: pathlib.Path(folder) / name for name in IN_C}
    for name, program in programs.items():
        output("gcc", "-Ofast", "-march=native", IN_C[name], HERE / "training.c", "-lm", "-o", program)
    return programs


def rivals(in_c, kind, folder):
    """By name: (its time, which of ours it stands beside), and by how much it differs."""
    found, differ = {}, {}
    for name, program in in_c.items():
        found[name] = (lambda program=program: float(output(program, "time", folder, kind)[0]), "f64")
        differ[name] = check(name, numbers(output(program, "check", folder, kind)), SAME)
        if kind == "noisy":
            moved, ours, error = numbers(output(program, "law", folder))
            check(f"the noise of {name}", [abs(moved - ours) / error], ERRORS)
            check(f"the normal law of {name}", numbers(output(program, "moments")), ERRORS)
    for name, (word, package) in IN_PYTHON.items() if kind == "plain" else []:
        if installed(package) is None:
            continue
        sampling = word == "jax-sampling"
        compared = numbers(python("training.py", "check", word, folder))
        worst = check(name, compared, ERRORS if sampling else SAME)
        differ |= {} if sampling else {name: worst}
        time = lambda word=word: float(python("training.py", "time", word, folder)[0])
        found[name] = (time, "f64, sampling" if sampling else "f64")
    return found, differ


def measure(program, in_c, rounds, case):
    with tempfile.TemporaryDirectory() as folder:
        output(program, "write", folder, *case)
        found, differ = rivals(in_c, case[0], folder)
        ours = lambda: dict(zip(OURS, map(float, output(program, "time", *case))))
        times = in_turn(rounds, ours, found)
    for name, (_, beside) in found.items():
        yield row(case, name, beside, times, differ.get(name))
    yield " | ".join(["", *map(str, case), *(f"{times.best[name]:.3f}" for name in OURS), ""]).strip()


def row(case, name, beside, times, difference):
    wanted = WANTED[case].get(name)
    cells = [
        *case,
        name,
        f"{times.best[name]:.2f}",
        f"{times.best[beside]:.2f}",
        f"{times.ratio(name):.2f}",
        f"{min(times.ratios[name]):.2f} to {max(times.ratios[name]):.2f}",
        "" if wanted is None else f"{wanted:.2f}",
        "moments" if difference is None else f"{difference:.0e}",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def main(rounds):
    program = benchmark("meanfield-particle", "training")
    compared, alone = [], []
    with tempfile.TemporaryDirectory() as folder:
        in_c = compiled(folder)
        stay_on_one_core()
        for case in CASES:
            *lines, last = measure(program, in_c, rounds, case)
            print(*lines, sep="\n", flush=True)
            compared, alone = compared + lines, alone + [last]
    write("training", [*head(rounds), *compared, *middle(), *alone])


def head(rounds):
    packages = ["numpy", "scipy", "numba", "jax", "torch"]
    return [
        f"CPU microseconds of a step of SGD in f64 on one core: minimum of {rounds} rounds taken in turn; medians and ranges of"
        " the rounds' ratios.",
        "Kinds: plain (MMN's Fig. 1), relu (a, b and w trained), noisy (Fig. 1 at β = 20). C (gcc -Ofast -march=native)"
        " skips inactive neurons, by a test or from a list made without branches. Rivals that sample stand beside meanfield sampling.",
        "",
        machine(["rustc", "gcc"], packages),
        "",
        "| kind | d | N | rival | rival µs | meanfield µs | ratio | rounds | wanted | differ by |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]


def middle():
    return [
        "",
        "meanfield alone:",
        "",
        f"| kind | d | N | {' | '.join(OURS)} |",
        "|---|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))
