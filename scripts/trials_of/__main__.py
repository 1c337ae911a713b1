"""Fault trials of the program (scripts/trials): chooses, runs them side by side, reports, keeps the folders of those that broke a promise.

What the trials are is in a file for each kind; this one knows nothing about faults."""
import argparse
import pathlib
import random
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from . import bench, errors, extremes, flips, full, hostile, kills, links, mutated, table
from .bench import Skipped
from .undisturbed import Undisturbed

KINDS = {kind.__name__.rsplit(".", 1)[1]: kind for kind in (kills, full, errors, flips, hostile, mutated, extremes, links)}


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/trials", description="Fault trials of meanfield.")
    parser.add_argument("kind", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; all of them by default")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same trials [1]")
    parser.add_argument("--count", type=int, help="trials of each kind [what a minute allows]")
    parser.add_argument("--jobs", type=int, default=2, help="trials side by side [2]")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("output/trials"), help="for folders of broken promises [output/trials]")
    parser.add_argument("--meanfield", type=pathlib.Path, default=pathlib.Path("target/release/meanfield"), help="the program")
    parser.add_argument("--only", type=int, help="only the trial of this number, and its folder is kept")
    parser.add_argument("--table", action="store_true", help="print the rows of docs/reliability.md from what was counted, and end")
    chosen = parser.parse_args()
    if unknown := [kind for kind in chosen.kind if kind not in KINDS]:
        parser.error(f"no kind {unknown[0]!r}: {', '.join(KINDS)}")
    return chosen


def main():
    chosen = arguments()
    program = chosen.meanfield.resolve()
    if chosen.table:
        print(table.rows(chosen.keep, KINDS, program), end="")
        return 0
    base = bench.in_memory()
    try:
        injector = bench.build_injector(pathlib.Path("output/trials").resolve())
        place = bench.Bench(str(program), injector, base)
        undisturbed = Undisturbed(place)
        return int(sum(broken_of(name, chosen, place, undisturbed) for name in chosen.kind or KINDS) > 0)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def broken_of(name, chosen, place, undisturbed):
    """Tries a kind; the number of trials in which a promise was broken."""
    began = time.monotonic()
    kind = KINDS[name]
    try:
        plan = list(kind.plan(place, undisturbed, chosen.count or kind.COUNT, random.Random(f"{chosen.seed} {name}")))
    except Skipped as reason:
        return report(name, [str(reason)], chosen, place, 0)
    numbered = [(i, trial) for i, trial in enumerate(plan) if chosen.only in (None, i)]
    with ThreadPoolExecutor(chosen.jobs) as pool:
        seen = list(pool.map(lambda one: tried(name, one, chosen, place), numbered))
    return report(name, seen, chosen, place, time.monotonic() - began)


def tried(name, numbered, chosen, place):
    """One trial in a folder of its own: what it broke, or why it was skipped."""
    number, trial = numbered
    folder = place.base / name / str(number)
    folder.mkdir(parents=True)
    try:
        broken = [f"{name} {number}: {line}" for line in trial(folder)]
    except Skipped as reason:
        return str(reason)
    if broken or chosen.only is not None:
        kept = chosen.keep / f"{name}-seed-{chosen.seed}" / str(number)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept, symlinks=True, ignore=special, ignore_dangling_symlinks=True)
        (kept / "broken.txt").write_text("\n".join(broken) + "\n")
        broken[-1:] = [f"{line}\n      in {kept}" for line in broken[-1:]]
    for line in broken:
        print(f"  {line}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return broken


def special(folder, names):
    """What cannot be copied: pipes and their like."""
    paths = {name: pathlib.Path(folder, name) for name in names}
    return {name for name, path in paths.items() if not (path.is_file() or path.is_dir() or path.is_symlink())}


def report(name, seen, chosen, place, seconds):
    """Prints the line of a kind and counts it; the number of broken trials."""
    skipped = [reason for reason in seen if isinstance(reason, str)]
    broken = sum(1 for lines in seen if lines and not isinstance(lines, str))
    tried_ones = len(seen) - len(skipped)
    why = f", {len(skipped)} skipped ({', '.join(sorted(set(skipped)))})" if skipped else ""
    print(f"{name} {tried_ones - broken} of {tried_ones} as promised{why}, {seconds:.0f} s", flush=True)
    table.count(chosen.keep, name, chosen.seed, tried_ones, broken, place.program)
    return broken


if __name__ == "__main__":
    sys.exit(main())
