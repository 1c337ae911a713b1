"""Runs the benchmark of the four-parameter PDE and its rivals in turn and writes output/bench/four_parameters.md.

Before that, all are seen to do the same work.
"""

import sys
import tempfile

from in_turn import HERE, benchmark, in_turn, machine, output, python, stay_on_one_core, write

SIZES = (48,)
NAMES = ("first order", "second order", "first order, moving grid", "second order, moving grid", "bound of the step")
WALL = ("first order, 2 threads", "second order, 2 threads")
RIVALS = ("numba", "numpy")
COPIES = ("copy, streaming", "copy, plain")
# Sums over 5 million cells in another order.
SAME = 1e-11


def times_by_name(names, words):
    return dict(zip(names, map(float, words)))


def measure(program, copy, rounds, cells, folder):
    output(program, "write", folder, cells)
    found = python("four_parameters.py", "check", folder)
    differences = [abs(float(word)) for word in found if word not in RIVALS]
    if not max(differences) < SAME:
        sys.exit(f"the rivals do other work: {found}")
    ours = lambda: times_by_name(NAMES, output(program, "time", cells))
    rival = lambda name: lambda: float(python("four_parameters.py", name, folder)[0])
    rivals = {name: (rival(name), "first order") for name in RIVALS}
    for i, name in enumerate(COPIES):
        rivals[name] = (lambda i=i: float(output(copy, cells**4)[i]), "first order")
    return in_turn(rounds, ours, rivals), max(differences)


def table(cells, times, wall, difference):
    """Speeds, and the time of a streaming copy and of numba's step in units of each."""
    copy, numba = (times.best[name] for name in (COPIES[0], "numba"))
    lines = [
        f"{cells} cells an axis; rivals differ by {difference:.0e}:",
        "",
        "| | million cells a second | copy's time / its time | numba's time / its time |",
        "|---|---|---|---|",
    ]
    for name, time in (times.best | wall).items():
        lines.append(f"| {name} | {cells**4 / time / 1e6:.0f} | {100 * copy / time:.0f} % | {numba / time:.2f} |")
    ratios = ", ".join(f"{times.ratio(name):.2f} ({name})" for name in (*RIVALS, *COPIES))
    return lines + ["", f"Times in units of first order's, medians of the rounds: {ratios}.", ""]


def main(rounds):
    program = benchmark("meanfield-solver", "four_parameters")
    walls = {}
    for cells in SIZES:
        runs = [times_by_name(WALL, output(program, "wall", cells, 2)) for _ in range(rounds)]
        walls[cells] = {name: min(run[name] for run in runs) for name in WALL}
    stay_on_one_core()
    lines = [
        "A step of the four-parameter PDE (potential, transport, moments): minimum of %d rounds taken in turn, CPU time of one"
        " thread, by the clock for two. Rivals are of first order on a grid that stands still; a copy of the masses is the bound of"
        " what memory allows." % rounds,
        "",
        machine(["rustc", "gcc"], ["numpy", "numba"]),
        "",
    ]
    for cells in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            copy = f"{folder}/copy"
            output("gcc", "-O3", "-march=native", HERE / "copy.c", "-o", copy)
            times, difference = measure(program, copy, rounds, cells, folder)
        lines += table(cells, times, walls[cells], difference)
        print("\n".join(lines[4:]), flush=True)
    write("four_parameters", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]))
