"""The disk is full for a moment, or from some moment on, while a result is written over an older one.

Three ways: a window of calls (the K-th to the M-th call that needs room fails: the same every time), a window of time
(0 to 20 ms), and, where a file system may be mounted, a small one of its own that a filler takes up and gives back.
Promised: status 0 only with the whole result, bit for bit; else words, and the old result whole. Of the library's own
buffers nothing is known here."""
import functools
import os
import pathlib
import shutil
import subprocess
import sys

from . import promises, results, scenarios
from .bench import Skipped
from .undisturbed import RUN

PROMISE = "a disk that is full for a moment or for good leaves either the whole new result and status 0, or the old one and words"
COUNT = 15
# What needs room on a disk.
CALLS = ("pwrite64", "write", "writev", "fsync", "fdatasync", "ftruncate", "fallocate", "mkdir", "mkdirat", "openat", "rename", "renameat", "renameat2", "linkat")
MOUNTED = "mount -t tmpfs -o size=4m trials o && exec \"$@\""


def plan(bench, undisturbed, count, random):
    folder = bench.base / "calls" / "full"
    undisturbed.lay(folder)
    calls = len(bench.calls_of(("run", "small.toml", *RUN, "--overwrite"), folder, "o", CALLS))
    for number in range(count):
        draw = type(random)(random.getrandbits(64))
        if number % 5 == 4:
            yield functools.partial(mounted, bench, undisturbed, draw)
        else:
            yield functools.partial(injected, bench, undisturbed, window(draw, number, calls))


def window(random, number, calls):
    """The calls or the milliseconds in which there is no room."""
    error = random.choice(("ENOSPC", "ENOSPC", "EDQUOT"))
    if number % 5 == 3:
        start = random.uniform(0, 700)
        return {"error": error, "after": round(start), "until": round(start + random.uniform(1, 20))}
    first = random.randint(1, calls)
    length = random.choice((1, 1, 2, 5, 20, 1000))
    return {"error": error, "from_": first, "to": first + length - 1}


def injected(bench, undisturbed, how, folder):
    place = undisturbed.lay(folder)
    run = ("run", "small.toml", *RUN, "--overwrite")
    outcome = bench.run(run, folder, before=bench.injecting("o", CALLS, **how))
    return judged(bench, undisturbed, folder, place, outcome)


def judged(bench, undisturbed, folder, place, outcome):
    """What a run that met a fault breaks: its words, or what is in its folder after the next start of the program."""
    seen = promises.broken(outcome)
    if outcome.status == 0:
        state = results.differs(place, undisturbed.new())
        seen += [f"status 0, but {state}"] if state else []
    else:
        seen += after_failure(bench, undisturbed, folder, place)
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def after_failure(bench, undisturbed, folder, place):
    """The folder, after a start that computes nothing, holds the old result or the new one; then the run can be done."""
    looking = bench.run(("run", "small.toml", "--output", "o", "--set", "title=\"Another\""), folder)
    seen = [f"the next start: {what}" for what in promises.broken(looking)]
    state = results.held(place, undisturbed.old(), undisturbed.new())
    seen += [] if state in ("old", "new") else [f"after the next start {state}"]
    again = bench.run(("run", "small.toml", *RUN, "--overwrite", "--resume"), folder)
    seen += [f"run again: {what}" for what in promises.broken(again, statuses=(0,))]
    if not seen and (differ := results.differs(place, undisturbed.new())):
        seen.append(f"run again: {differ}")
    return seen


def mounted(bench, undisturbed, random, folder):
    """On a file system of 4 MB in a name space of its own: this very package, run in it, fills and empties it."""
    if os.geteuid() or not can_mount():
        raise Skipped("no mount")
    (folder / "o").mkdir()
    seconds = random.uniform(0, 0.45), random.choice((random.uniform(0, 0.02), random.uniform(0, 0.02), 60))
    before = ["unshare", "-m", "sh", "-c", MOUNTED, "-", sys.executable, str(pathlib.Path(__file__).with_name("filler.py")),
              *map(str, seconds), "o", str(undisturbed.old())]
    (folder / "small.toml").write_text(scenarios.SMALL)
    outcome = bench.run(("run", "small.toml", *RUN, "--overwrite"), folder, before=before)
    seen = promises.broken(outcome)
    state = results.held(folder / "kept", undisturbed.old(), undisturbed.new())
    if state != "new" and (outcome.status == 0 or state != "old"):
        seen.append(f"status {outcome.status}, and in the folder: {state}")
    return [promises.told(outcome, "; ".join(seen))] if seen else []


@functools.cache
def can_mount():
    mount = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "trials", "/mnt"]
    return shutil.which("unshare") and not subprocess.run(mount, capture_output=True).returncode
