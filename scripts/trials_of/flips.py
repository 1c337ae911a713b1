"""Damages files that the program reads: bits of records of every kind, of checkpoints, of a sweep's journal, of a result's other parts.

Promised: no signal, no hang; every change of a number is noticed (status 2, or the same words and figures as before);
a damaged checkpoint spoils no result, a damaged journal loses the rows that were hit and no others. A third of the records
is *sealed*: the digest at the end is made right again, so that what reads behind it is reached; some are *bare*, without
one, as older versions wrote them. Then no change can be noticed, and only words, time and memory are judged. Checkpoints
with a right checksum are left to `cargo fuzz`."""
import functools
import re
import shutil

from . import promises, results, scenarios
from .undisturbed import RUN

PROMISE = "flipped bits crash nothing, and no number that they change is believed"
COUNT = 100
SECONDS = 10.0
MEGABYTES = 1000
# Where HDF5's own structures begin, which random bits seldom hit.
STRUCTURES = re.compile(rb"GCOL|OHDR|OCHK|FRHP|FHDB|BTHD|BTLF|BTIN|TREE|SNOD|HEAP|FADB|FAHD|EAHD|SMTB|SMLI|\x89HDF")
RENAMES = ("rename", "renameat", "renameat2", "linkat")
SWEEP = ("sweep", "small.toml", *RUN, *scenarios.SWEEP_KEYS)


def plan(bench, undisturbed, count, random):
    records = sorted(undisturbed.records().values())
    kinds = [compared] * 15 + [plotted] * 2 + [checkpoint, journal, part]
    for number in range(count):
        draw = type(random)(random.getrandbits(64))
        kind = kinds[number % len(kinds)]
        yield functools.partial(kind, bench, undisturbed, draw, *([draw.choice(records)] if kind in (compared, plotted) else []))


def flip(data, random, places=None):
    """Flips 1 to 8 bits, in bytes at these places; where."""
    hit = []
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        at = random.choice(places) if places else random.randrange(len(data))
        data[at] ^= 1 << random.randrange(8)
        hit.append(at)
    return hit


def damaged(random, source, target):
    """Writes a record with flipped bits; where they are, in words, and whether its end still tells of them."""
    form = random.choice(("as it is", "as it is", "as it is", "sealed", "sealed", "bare"))
    shutil.copy(source, target)
    has_seal = results.unsealed(target) if form == "bare" else True
    data = bytearray(target.read_bytes())
    starts = [found.start() for found in STRUCTURES.finditer(data)]
    near = [at + offset for at in starts for offset in range(64) if at + offset < len(data)]
    hit = flip(data, random, near if random.random() < (0.2 if form == "as it is" else 0.7) else None)
    target.write_bytes(data)
    if form == "sealed":
        results.seal(target)
    return f"bits flipped in bytes {hit} of the record {source.parent.parent.parent.name}, {form}", form == "as it is" or not has_seal


def told(outcome, seen, what):
    return [promises.told(outcome, "; ".join(seen)) + f"\n      {what}"] if seen else []


@functools.cache
def undamaged(bench, path):
    """What `compare` says of a record as it was."""
    outcome = bench.run(("compare", str(path)), bench.base)
    return outcome.status, outcome.out


def compared(bench, undisturbed, random, path, folder):
    what, tells = damaged(random, path, folder / "record.h5")
    outcome = bench.run(("compare", "record.h5"), folder, seconds=SECONDS)
    seen = promises.broken(outcome, megabytes=MEGABYTES)
    if outcome.status in (0, 1) and tells and (outcome.status, outcome.out) != undamaged(bench, path):
        seen.append("other words than undamaged")
    return told(outcome, seen, what)


def plotted(bench, undisturbed, random, path, folder):
    what, tells = damaged(random, path, folder / "record.h5")
    outcome = bench.run(("plot", "record.h5", "--output", "figures"), folder, seconds=SECONDS)
    seen = promises.broken(outcome, megabytes=MEGABYTES)
    if outcome.status == 0 and tells and drawn(folder / "figures") != drawn(path.parent / "figures"):
        seen.append("other figures than undamaged")
    return told(outcome, seen, what)


def drawn(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def unfinished(bench, undisturbed, name, words, text, calls, named, at):
    """The folder of a run that was killed at a call about such a name, made once."""
    folder = bench.base / "unfinished" / name
    with undisturbed.lock:
        if not folder.exists():
            (folder / "o").mkdir(parents=True)
            (folder / "small.toml").write_text(text)
            bench.run(words, folder, before=bench.injecting("o", calls, named=named, from_=at, kill=True))
    return folder


def damage(random, path, others):
    """Flips, cuts, empties, lengthens or swaps a file; what was done, and the number of places hit (None: unknown)."""
    data = bytearray(path.read_bytes())
    way = random.choice(("flip", "flip", "flip", "cut", "empty", "more", "swap" if others else "flip"))
    if way == "swap":
        other = random.choice(others)
        path.write_bytes(other.read_bytes())
        return f"{path.name} is now a copy of {other.name}", None
    hit = flip(data, random) if way == "flip" and data else []
    if way == "cut":
        del data[random.randrange(len(data) + 1):]
    path.write_bytes({"empty": b"", "more": bytes(data) + random.randbytes(random.randint(1, 400))}.get(way, bytes(data)))
    return f"{path.name}: {way} {hit or len(data)}", len(set(hit)) if hit else (0 if way == "more" else None)


def checkpoint(bench, undisturbed, random, folder):
    """A damaged checkpoint: the run that goes on ends as undisturbed, or says no."""
    words = ("run", "small.toml", *RUN)
    name, *where = random.choice((("end", ("mkdir", "mkdirat"), ".partial/result", 1), ("midst", RENAMES, ".checkpoint", 9)))
    source = unfinished(bench, undisturbed, name, (*words, "--checkpoint-every", "0"), scenarios.SMALL, *where)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    found = sorted((folder / "o" / "small" / ".partial").glob("*.checkpoint"))
    what, _ = damage(random, random.choice(found), found)
    outcome = bench.run((*words, "--resume"), folder)
    seen = promises.broken(outcome)
    differ = results.differs(folder / "o" / "small", undisturbed.new()) if outcome.status == 0 else None
    return told(outcome, seen + ([f"status 0, but {differ}"] if differ else []), what)


def journal(bench, undisturbed, random, folder):
    """A damaged journal of twelve rows: those that were not hit are kept, and the end is as undisturbed."""
    source = unfinished(bench, undisturbed, "sweep", SWEEP, scenarios.SWEEP, ("mkdir", "mkdirat"), ".partial/result", 1)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    what, hit = damage(random, folder / "o" / "small-sweep" / ".partial" / "rows.checkpoint", [])
    outcome = bench.run((*SWEEP, "--resume"), folder)
    seen = promises.broken(outcome)
    kept = re.search(r"(\d+) of 12 points are there", outcome.words)
    if hit is not None and outcome.status == 0 and kept and int(kept[1]) < 12 - hit:
        seen.append(f"{kept[1]} of 12 rows are left, though {hit} were hit at most")
    differ = results.differs(folder / "o" / "small-sweep", undisturbed.sweep()) if outcome.status == 0 else None
    return told(outcome, seen + ([f"status 0, but {differ}"] if differ else []), what)


def part(bench, undisturbed, random, folder):
    """A damaged part of a finished result: it is not served as if it were whole."""
    place = folder / "o" / "small"
    shutil.copytree(undisturbed.new(), place)
    (folder / "small.toml").write_text(scenarios.SMALL)
    path = random.choice([place / name for name in results.snapshot(place)] + [place / "summary.json"])
    if random.random() < 0.2:
        path.unlink()
        what = f"{path.name} is away"
    else:
        what, _ = damage(random, path, [])
    before = {name: data for name, data in results.snapshot(undisturbed.new()).items()}
    outcome = bench.run(("run", "small.toml", *RUN), folder)
    seen = promises.broken(outcome)
    if outcome.status == 0 and results.snapshot(place) != before and (differ := results.differs(place, undisturbed.new())):
        seen.append(f"status 0, but {differ}")
    return told(outcome, seen, what)
