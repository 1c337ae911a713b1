"""Gives `compare` and `plot` records that were made to deceive: they are in `forged_*.py`.

Promised: refused in words (status 2) within 5 s and 1 GB, or, where a forgery is harmless, read as it stands; no control
character reaches the terminal. Each in two forms: as the forger leaves it, and *sealed*, with the right digest at its end.
Broken bytes are the business of `flips`."""
import functools
import shutil
import stat

from . import forged_names, forged_numbers, forged_storage, promises, results

PROMISE = "a record made to deceive is refused in words, within 5 s and 1 GB"
COUNT = 40
SECONDS = 5.0
MEGABYTES = 1000
FORGED = (forged_names, forged_numbers, forged_storage)
# Each with the statuses that are right: 2 where the record cannot be what it says, more where it is odd but harmless.
ALL = [(forge, statuses) for of in FORGED for forges, statuses in ((of.REFUSE, (2,)), (of.HARMLESS, (0, 1, 2))) for forge in forges]
SAFE = ("prlimit", "--as=8000000000", "--")  # the machine is to survive the trial


def plan(bench, undisturbed, count, random):
    every = [functools.partial(trial, bench, undisturbed, forge, statuses, verb, is_sealed)
             for verb in ("compare", "plot") for is_sealed in (True, False) for forge, statuses in ALL]
    if count < len(every):
        random.shuffle(every)
    return every[:count]


def trial(bench, undisturbed, forge, statuses, verb, is_sealed, folder):
    record = folder / "record.h5"
    shutil.copy(undisturbed.new() / "record.h5", record)
    has_seal = results.unsealed(record)
    forge(record)
    if has_seal and is_sealed:
        results.resealed(record)
    words = ("compare", "record.h5") if verb == "compare" else ("plot", "record.h5", "--output", "figures")
    outcome = bench.run(words, folder, seconds=SECONDS, before=SAFE)
    clear(folder)
    seen = promises.broken(outcome, statuses=statuses, megabytes=MEGABYTES)
    what = f"forgery `{forge.__name__}`{', sealed' if has_seal and is_sealed else ''}: {forge.__doc__}"
    return [promises.told(outcome, "; ".join(seen)) + f"\n      {what}"] if seen else []


def clear(folder):
    """Takes pipes away, so that whoever looks at a kept folder does not wait."""
    for path in folder.iterdir():
        if stat.S_ISFIFO(path.lstat().st_mode):
            path.unlink()
