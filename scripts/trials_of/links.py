"""Plants symbolic links at every name that the program opens, makes, moves or removes, leading to a file or a folder of somebody else.

Promised: whatever the program says (0, 1, 2), what the links lead to stays as it was, and what is not there is not made; and
a user's own files among the figures outlive `--overwrite`. A link for the whole output folder is the user's wish: not tried."""
import functools
import os
import pathlib
import shutil

from . import promises, results, scenarios
from .undisturbed import RUN

PROMISE = "nothing outside a result's folder is touched through a link, and no file in it that is not meanfield's own"
COUNT = 16
MAKING = ("openat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "linkat")
# Names of earlier versions, or of folders that an attacker would choose.
KNOWN = (".partial", ".partial/result", ".partial/old", ".partial/gaps", ".partial/lock", ".partial/scenario.toml", ".partial/scenario.toml.writing",
         ".partial/atoms.checkpoint.writing", ".partial/pde.checkpoint.writing", ".partial/result/record.h5.partial", ".partial/result/summary.json.writing",
         "figures", "record.h5", "summary.json", "scenario.toml", "figures/risk.png", "figures/risk.svg", "figures/law_radius.png")
TARGETS = ("file", "folder", "nothing")


def plan(bench, undisturbed, count, random):
    names = sorted(set(KNOWN) | opened(bench, undisturbed, lay_run, "o/small"))
    plots = sorted(opened(bench, undisturbed, lay_plot, "figures") | {"risk.svg", "risk.png", ".partial-risk.svg", ".partial-risk.png"})
    every = [functools.partial(planted, bench, undisturbed, name, target, ready) for name in names for target in TARGETS for ready in (True, False)]
    every += [functools.partial(drawn, bench, undisturbed, name, target) for name in plots for target in TARGETS]
    random.shuffle(every)
    own = [functools.partial(kept, bench, undisturbed, name) for name in OWN]
    return (own + every)[:count]


def lay_run(undisturbed, folder):
    undisturbed.lay(folder)
    return ("run", "small.toml", *RUN, "--overwrite")


def lay_plot(undisturbed, folder):
    shutil.copy(undisturbed.new() / "record.h5", folder)
    return ("plot", "record.h5", "--output", "figures")


def opened(bench, undisturbed, lay, below):
    """The names below a folder that a run made use of."""
    folder = bench.base / "names" / lay.__name__
    folder.mkdir(parents=True)
    words = lay(undisturbed, folder)
    (folder / below).mkdir(exist_ok=True, parents=True)
    paths = {os.path.normpath(path) for _, path in bench.calls_of(words, folder, below, MAKING)}
    root = str((folder / below).resolve()) + "/"
    return {path.removeprefix(root) for path in paths if path.startswith(root)}


def sentinel(folder, target):
    """What a link leads to, beside the folder of the trial's output: a file, a folder with files, or nothing."""
    place = folder / "elsewhere"
    place.mkdir()
    (place / "file").write_text("not yours\n")
    (place / "folder" / "result").mkdir(parents=True)
    (place / "folder" / "old").mkdir()
    for name in ("lock", "keep.txt", "a.checkpoint", "result/record.h5", "old/record.h5", "record.h5", "risk.png", "scenario.toml"):
        (place / "folder" / name).write_text("not yours\n")
    os.truncate(place / "folder" / "lock", 0)
    return place / target


def tree(place):
    """All that is below a folder, with contents and times."""
    about = lambda path: (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
    return {str(path.relative_to(place)): about(path) for path in sorted(pathlib.Path(place).rglob("*"))}


def plant(place, name, target):
    """Puts a link at a name, in place of what is there."""
    link = place / name
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def judged(outcome, folder, before, name, target):
    seen, after = promises.broken(outcome), tree(folder / "elsewhere")
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    seen += [f"changed outside: {changed[:3]}"] if changed else []
    return [promises.told(outcome, "; ".join(seen)) + f"\n      a link to a {target} at {name}"] if seen else []


def planted(bench, undisturbed, name, target, ready, folder):
    """A link in the folder of a result, where an older result is or is not."""
    place = undisturbed.lay(folder, old=ready)
    leads = sentinel(folder, target)
    before = tree(folder / "elsewhere")
    plant(place, name, leads)
    outcome = bench.run(("run", "small.toml", *RUN, "--overwrite"), folder)
    return judged(outcome, folder, before, f"o/small/{name}", target)


def drawn(bench, undisturbed, name, target, folder):
    """A link where `plot` draws."""
    words, leads = lay_plot(undisturbed, folder), sentinel(folder, target)
    before = tree(folder / "elsewhere")
    plant(folder / "figures", name, leads)
    return judged(bench.run(words, folder), folder, before, f"figures/{name}", target)


# Files of the user's own, beside ours.
OWN = ("figures/mine.svg", "figures/sub/mine.png", "notes.txt", "figures/risk-of-mine.pdf")


def kept(bench, undisturbed, name, folder):
    """A user's own file stays where it is."""
    place = undisturbed.lay(folder)
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_text("mine\n")
    outcome = bench.run(("run", "small.toml", *RUN, "--overwrite"), folder)
    seen = promises.broken(outcome, statuses=(0,))
    if not (place / name).is_file() or (place / name).read_text() != "mine\n":
        seen.append(f"the user's own {name} is gone")
    differ = results.same_record(place / "record.h5", undisturbed.new() / "record.h5") if not seen else None
    seen += [differ] if differ else []
    return [promises.told(outcome, "; ".join(seen))] if seen else []
