"""Ends a run at random moments and at chosen system calls with SIGKILL, and goes on with --resume until it finishes.

Promised: the result is that of an undisturbed run, bit for bit, and whoever looks in between finds the old result whole
or the new one. It does not stop the machine: what a disk forgets that was not synced is not tried. Every tenth trial is a sweep."""
import functools
import time

from . import promises, results, scenarios
from .undisturbed import RUN

PROMISE = "a run killed at any moment ends, with `--resume`, as if it had not been; the old result is whole until then"
COUNT = 6
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "linkat", "unlink", "unlinkat", "mkdir", "rmdir", "ftruncate")
MOST_KILLS = 4
SWEEP = ("sweep", "small.toml", *RUN, *scenarios.SWEEP_KEYS)


def plan(bench, undisturbed, count, random):
    for number in range(count):
        seed = random.getrandbits(64)
        trial = swept if number % 10 == 9 else ran
        yield functools.partial(trial, bench, undisturbed, type(random)(seed))


def ran(bench, undisturbed, random, folder):
    """A run over an old result, killed some times."""
    text = random.choice((scenarios.SMALL, scenarios.LONGER))
    expected = undisturbed.new() if text == scenarios.SMALL else undisturbed.result("longer", text)
    place = undisturbed.lay(folder, text=text)
    run = ("run", "small.toml", *RUN, "--checkpoint-every", random.choice(("0", "0.05", "10")))
    said, options = [], ("--overwrite",)
    for _ in range(random.randint(1, MOST_KILLS)):
        said.append(killed(bench, random, folder, (*run, *options)))
        if broken := looked(bench, undisturbed, expected, folder, place, said, random.random() < 0.5):
            return broken
        options = ("--overwrite", "--resume")
    return finished(bench, expected, folder, place, (*run, *options), said)


def swept(bench, undisturbed, random, folder):
    """A sweep, killed some times; there is no old result."""
    (folder / "small.toml").write_text(scenarios.SWEEP)
    said = [killed(bench, random, folder, (*SWEEP, "--resume")) for _ in range(random.randint(1, MOST_KILLS))]
    return finished(bench, undisturbed.sweep(), folder, folder / "o" / "small-sweep", (*SWEEP, "--resume"), said)


def killed(bench, random, folder, words):
    """Starts the program and kills it, by the clock or at a call; how, in words."""
    if random.random() < 0.4:
        seconds = random.random() * 0.8
        process = bench.start(words, folder)
        time.sleep(seconds)
        process.kill()
        process.wait()
        return f"{' '.join(words)} # killed after {seconds:.3f} s"
    (folder / "o").mkdir(exist_ok=True)
    calls = CALLS if random.random() < 0.5 else [call for call in CALLS if "write" not in call]
    at = random.randint(1, 200 if "write" in calls else 60)
    return bench.run(words, folder, before=bench.injecting("o", calls, from_=at, kill=True)).command


def looked(bench, undisturbed, expected, folder, place, said, starts):
    """Looks at the folder after a kill: as it is if it is whole, else (or when told to) after the next start of the program."""
    if starts or (place / ".partial" / "old").exists():
        outcome = bench.run(("run", "small.toml", "--output", "o", "--set", "title=\"Another\""), folder)
        said.append(outcome.command)
        if seen := promises.broken(outcome):
            return [promises.told(outcome, f"the next start: {'; '.join(seen)}") + after(said)]
    state = results.held(place, undisturbed.old(), expected)
    return [] if state in ("old", "new") else [state + after(said)]


def finished(bench, expected, folder, place, words, said):
    """Lets the run finish, and compares."""
    outcome = bench.run(words, folder)
    seen = promises.broken(outcome, statuses=(0,))
    if not seen and (differ := results.differs(place, expected)):
        seen = [differ]
    return [promises.told(outcome, "; ".join(seen)) + after(said)] if seen else []


def after(said):
    return "".join(f"\n      after {line}" for line in said)
