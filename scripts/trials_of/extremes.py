"""Odd command lines and surroundings: names, paths and titles at their limits, streams that are closed or full, pipes and devices
where files should be, clocks that are wrong, folders that may not be written, two processes in one folder.

Promised: the whole result and status 0, or words and status 2 *before* anything is computed (1 where only the end can tell); no hang.
Disks that are full are the business of `full`, links of `links`."""
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from . import promises, results, scenarios
from .bench import HERE, Skipped
from .undisturbed import RUN

PROMISE = "odd names, paths, titles, streams, clocks and devices end in the whole result, or are refused before anything is computed"
COUNT = 24
SECONDS = 10.0
MEGABYTES = 1000
SAFE = ("prlimit", "--as=8000000000", "--")  # the machine is to survive the trial


def plan(bench, undisturbed, count, random):
    every = [functools.partial(trial, bench, undisturbed, *of) for trial, *of in ALL]
    if count < len(every):
        random.shuffle(every)
    return every[:count]


def told(outcome, seen, what=""):
    return [promises.told(outcome, "; ".join(seen)) + (f"\n      {what}" if what else "")] if seen else []


def run_into(bench, undisturbed, output, folder, *, name="small.toml", place=None, text=scenarios.SMALL, expected=None, **how):
    """Runs into an output folder: whole there and status 0, or status 2 and nothing computed."""
    (folder / name).write_text(text)
    outcome = bench.run(("run", name, "--threads", "1", "--output", output), folder, **how)
    seen = promises.broken(outcome, statuses=(0, 2), megabytes=MEGABYTES)
    place = place or os.path.join(os.fsencode(folder), os.fsencode(output), b"small")
    if outcome.status == 0:
        differ = results.differs(os.fsdecode(place), expected or undisturbed.new())
        seen += [f"status 0, but {differ}"] if differ else []
    elif computed(folder):
        seen.append("refused only after it had been computed")
    return told(outcome, seen)


def computed(folder):
    return any(name.endswith(".checkpoint") for _, _, names in os.walk(folder) for name in names)


def named(bench, undisturbed, output, folder):
    """An output folder of this name."""
    return run_into(bench, undisturbed, output, folder)


def long_path(bench, undisturbed, length, folder):
    """An output folder whose path is so long."""
    path = str(folder / "o")
    while len(path) < length:
        path += "/" + "d" * min(100, max(1, length - len(path) - 1))
    broken = run_into(bench, undisturbed, path[:length].rstrip("/"), folder)
    remove(folder)
    return broken


def remove(folder):
    """Takes away what is too deep for others to look at."""
    subprocess.run(["rm", "-rf", "o"], cwd=folder, check=True)


def long_name(bench, undisturbed, length, folder):
    """A scenario whose file's name is so long."""
    name = "n" * (length - 5) + ".toml"
    return run_into(bench, undisturbed, "o", folder, name=name, place=folder / "o" / name[:-5])


def titled(bench, undisturbed, title, folder):
    """A title like this."""
    text = scenarios.SMALL.replace('"A small scenario"', title, 1)
    (folder / "small.toml").write_text(text)
    outcome = bench.run(("run", "small.toml", *RUN), folder, seconds=30, before=SAFE)
    seen = promises.broken(outcome, statuses=(0, 2), megabytes=MEGABYTES)
    seen += ["refused only after it had been computed"] if outcome.status == 2 and computed(folder) else []
    return told(outcome, seen)


def unwritable(bench, undisturbed, output, folder):
    """An output folder in which nobody but root may write, or that cannot be one; tried as nobody."""
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] if os.geteuid() == 0 else []
    if subprocess.run([*before, bench.program, "--version"], capture_output=True).returncode:
        raise Skipped("the program is out of nobody's reach")
    bench.base.chmod(0o755)
    (folder / "closed").mkdir(mode=0o555)
    (folder / "file").write_text("")
    (folder / "dangling").symlink_to("/nowhere/at/all")
    (folder / "looped").symlink_to("looped")
    return run_into(bench, undisturbed, output, folder, before=before)


def streamed(bench, undisturbed, shell, words, folder):
    """A stream that is closed, full or broken: the shell's words around the program's."""
    undisturbed.lay(folder, old=False)
    shutil.copy(undisturbed.new() / "record.h5", folder)
    outcome = bench.run(words, folder, seconds=SECONDS, before=("bash", "-c", shell, "-"))
    seen = [what for what in promises.broken(outcome) if "without a word" not in what]
    if "/dev/full" in shell and "2>" not in shell and outcome.status == 0:
        seen.append("status 0, though nothing could be said")
    if words[0] == "run" and outcome.status == 0 and (differ := results.differs(folder / "o" / "small", undisturbed.new())):
        seen.append(differ)
    return told(outcome, seen)


def surrounded(bench, undisturbed, name, value, folder):
    """A variable of the environment that is odd, or missing."""
    return run_into(bench, undisturbed, "o", folder, environment={name: value}, seconds=30)


def clocked(bench, undisturbed, seconds, folder):
    """A clock that stands at so many seconds since 1970."""
    library = bench.base / "clock.so"
    with undisturbed.lock:
        if not library.exists():
            subprocess.run(["cc", "-shared", "-fPIC", "-o", library, HERE / "clock.c"], check=True)
    return run_into(bench, undisturbed, "o", folder, environment={"LD_PRELOAD": str(library), "CLOCK_SECONDS": str(seconds)})


def instead(bench, undisturbed, kind, words, folder):
    """A pipe, a device, a folder or nothing in the place of an input file."""
    make_odd(folder / "odd", kind)
    outcome = bench.run([word.replace("FILE", str(folder / "odd")) for word in words], folder, seconds=SECONDS, before=SAFE)
    clear_odd(folder / "odd")
    return told(outcome, promises.broken(outcome, statuses=(2,), megabytes=MEGABYTES), f"{kind} is there")


def within(bench, undisturbed, kind, name, ready, folder):
    """The same in the folder of a result: another one is there, or this very one."""
    place = undisturbed.lay(folder, old=False)
    shutil.copytree(undisturbed.new() if ready else undisturbed.old(), place, dirs_exist_ok=True)
    odd = place / name
    shutil.rmtree(odd) if odd.is_dir() else odd.unlink(missing_ok=True)
    odd.parent.mkdir(exist_ok=True)
    make_odd(odd, kind)
    outcome = bench.run(("run", "small.toml", *RUN, *([] if ready else ["--overwrite"])), folder, seconds=SECONDS, before=SAFE)
    clear_odd(odd)
    return told(outcome, promises.broken(outcome, megabytes=MEGABYTES), f"{kind} at o/small/{name} of {'this very' if ready else 'another'} result")


def make_odd(path, kind):
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("")
    else:
        path.symlink_to(kind)


def clear_odd(path):
    if path.is_symlink() or path.is_fifo():
        path.unlink()


def together(bench, undisturbed, call, number, _):
    """On a disk, for the order in which a folder's files are found depends on that."""
    with tempfile.TemporaryDirectory(dir=pathlib.Path(bench.injector).parent) as folder:
        return two(bench, undisturbed, call, number, pathlib.Path(folder))


def two(bench, undisturbed, call, number, folder):
    """Two processes in one folder: the first waits in a call of its end, the second begins meanwhile, is killed, and goes on.
    What it has begun is its own: the first, when it wakes, leaves it alone."""
    place = undisturbed.lay(folder, old=False)
    first = bench.start(("run", "small.toml", *RUN), folder, before=bench.injecting("o", (call,), from_=number, to=number, delay=1500))
    until_unlocked(place / ".partial" / "lock", first)
    other = ("run", "small.toml", *RUN, "--set", "model.initial.gaussian.scale=0.7", "--set", "title=\"An older scenario\"")
    second = bench.run((*other, "--overwrite"), folder, before=bench.injecting("o", ("mkdir", "mkdirat"), named=".partial/result", delay=1500, kill=True))
    first.wait()
    was_killed = second.status == 137
    outcome = bench.run((*other, "--resume", *([] if was_killed else ["--overwrite"])), folder)
    seen = promises.broken(outcome, statuses=(0,))
    if not seen and (differ := results.differs(folder / "o" / "small", undisturbed.old())):
        seen.append(differ)
    return [promises.told(outcome, "; ".join(seen)) + f"\n      while the first of two waits in {call} {number}, after {second.command}"] if seen else []


def until_unlocked(lock, process):
    """Waits until a lock is there and then is not, for 2 s at most, or the process ends."""
    began, seen = time.monotonic(), False
    while time.monotonic() < began + 2 and process.poll() is None and not (seen and not lock.exists()):
        seen = seen or lock.exists()
        time.sleep(0.001)


NAMES = (b"o\xff\xfe", "ö🜁", "o o", "-o", "o\nnew", "o\x1b[31m", "o'\"$;`*", "%s%n", ".", "..", "a/../b", "o" * 255, "o" * 256, "/dev/null", "/proc/self", "")
SHELLS = ('"$@" >/dev/full', '"$@" >&-', '"$@" 2>&-', '"$@" >&- 2>&- <&-', '"$@" 2>/dev/full', '"$@" | true', '"$@" 2>&1 | head -c 1')
SAYING = (("compare", "record.h5"), ("check", "small.toml"), ("list",), ("schema",), ("run", "small.toml", *RUN), ("plot", "record.h5", "--output", "f"),
          ("compare", "record.h5", "--json"))
VARIABLES = (("HOME", None), ("PATH", ""), ("TERM", ""), ("TERM", "xterm-\x1b[31m"), ("LANG", "xx_YY.nothing"), ("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Nowhere/None"),
             ("COLUMNS", "0"), ("COLUMNS", "1"), ("COLUMNS", "99999999"), ("RAYON_NUM_THREADS", "abc"), ("OPENBLAS_NUM_THREADS", "100000"),
             ("OMP_NUM_THREADS", "-1"), ("TMPDIR", "/nowhere"), ("HDF5_USE_FILE_LOCKING", "nonsense"), ("HDF5_PLUGIN_PATH", "/dev/zero"),
             ("HDF5_DISABLE_VERSION_CHECK", "0"), ("RUST_BACKTRACE", "full"), ("RUST_MIN_STACK", "1"))
READING = (("check", "FILE"), ("run", "FILE"), ("compare", "FILE"), ("plot", "FILE"), ("sweep", "FILE", "--vary", "model.initial.gaussian.scale=0.5,0.8"))
TITLES = (f'"{"w" * 300}"', f'"{"w" * 100_000}"', f'"{"w " * 1_000_000}"', '"a\\nb\\u0000c\\u001b[31m"', '"\\u202e\\u200b\\ufeff"', '""', f'"{"🜁" * 300}"')
INSIDE = (".partial", ".partial/lock", ".partial/scenario.toml", ".partial/old", ".partial/result", "record.h5", "figures", "summary.json", "scenario.toml")
ALL = [
    *((named, name) for name in NAMES), *((long_path, length) for length in (250, 3800, 3950, 4030, 4045, 4060, 4075, 4090, 4095, 4096, 5000)),
    *((long_name, length) for length in (200, 240, 245, 250, 255)), *((titled, title) for title in TITLES),
    *((unwritable, output) for output in ("closed", "closed/o", "file", "file/o", "dangling", "looped", "/proc/o", "/o")),
    *((streamed, shell, words) for shell in SHELLS for words in SAYING), *((surrounded, *variable) for variable in VARIABLES),
    *((clocked, seconds) for seconds in (-1, -10**10, 0, 253402300799, 253402300800, 10**12, 9 * 10**18, -9 * 10**18)),
    *((instead, kind, words) for kind in ("pipe", "/dev/zero", "/dev/null", "folder", "nowhere", "odd", "/dev/tty") for words in READING),
    *((within, kind, name, ready) for kind in ("pipe", "/dev/zero", "folder", "file") for name in INSIDE for ready in (True, False)),
    *((together, call, number) for call, last in (("unlinkat", 6), ("unlink", 3), ("rmdir", 2)) for number in range(1, last + 1)),
]
