"""Lets each of the first calls of every kind fail once, in every verb that writes or reads; narrow limits of the system beside it.

Promised as in `full`: status 0 only with the whole result, else words, and the old result whole; no signal, no hang. The
calls are those about files below the result's folder: what libraries load is not touched. Threads that cannot be made are
tried with strace, which sees those of libraries, too."""
import functools
import os
import re
import shutil
import subprocess

from . import promises, results, scenarios
from .bench import Skipped
from .full import judged
from .undisturbed import RUN

PROMISE = "a call of the system that fails once, or limits on files, memory or processes, end in the whole result or in words"
COUNT = 20
MOST = 150  # of the calls of one name
HANG = 30.0
WRITING = {
    "pwrite64": ("ENOSPC", "EIO", "EINTR"), "write": ("ENOSPC", "EIO", "EINTR"), "fsync": ("EIO", "ENOSPC"), "fdatasync": ("EIO",),
    "rename": ("EIO", "EACCES", "ENOSPC"), "renameat": ("EIO", "EACCES"), "renameat2": ("EIO", "EINVAL", "ENOSYS"), "linkat": ("EIO", "EPERM"), "statx": ("EIO", "EACCES", "ENOSYS"),
    "newfstatat": ("EIO", "ESTALE"), "close": ("EIO", "ENOSPC", "EINTR"), "openat": ("EIO", "EACCES", "EMFILE", "EINTR"), "unlink": ("EIO", "EACCES"),
    "unlinkat": ("EIO", "EACCES"), "rmdir": ("EIO",), "mkdir": ("ENOSPC", "EACCES"), "ftruncate": ("EIO", "ENOSPC"), "getdents64": ("EIO",),
    "flock": ("EIO", "EINTR", "ENOLCK", "ENOSYS", "EOPNOTSUPP"), "read": ("EIO", "EINTR"), "pread64": ("EIO", "EINTR"), "lseek": ("EIO",),
}
SWEEP = ("sweep", "small.toml", *RUN, *scenarios.SWEEP_KEYS)
BLAS = {"OPENBLAS_NUM_THREADS": None}


def plan(bench, undisturbed, count, random):
    every = [functools.partial(verb, bench, undisturbed, call, number, error)
             for verb in (run, held, sweep, plot, compare)
             for call, calls in calls_of(bench, undisturbed, verb).items()
             for number in range(1, min(MOST, calls) + 1)
             for error in WRITING[call]]
    narrow = [functools.partial(narrow, bench, undisturbed, words) for narrow, words in LIMITS]
    random.shuffle(every)
    random.shuffle(narrow)
    few = min(len(narrow), count // 3)
    return narrow[:few] + every[:count - few]


def calls_of(bench, undisturbed, verb):
    """How many calls of each name a verb makes when nothing fails."""
    folder = bench.base / "calls" / verb.__name__
    folder.mkdir(parents=True)
    names = [name for name, _ in bench.calls_of(LAID[verb.__name__](undisturbed, folder), folder, ".", WRITING)]
    return {name: names.count(name) for name in WRITING}


def failing(bench, undisturbed, verb, call, number, error, folder):
    """Lays out a verb's folder and runs it with one call failing."""
    words = LAID[verb](undisturbed, folder)
    return bench.run(words, folder, seconds=HANG, before=bench.injecting(".", (call,), from_=number, to=number, error=error))


def lay_run(undisturbed, folder):
    undisturbed.lay(folder)
    return ("run", "small.toml", *RUN, "--overwrite")


def lay_held(undisturbed, folder):
    shutil.copytree(undisturbed.new(), folder / "o" / "small")
    (folder / "small.toml").write_text(scenarios.SMALL)
    return ("run", "small.toml", *RUN)


def lay_sweep(undisturbed, folder):
    (folder / "small.toml").write_text(scenarios.SWEEP)
    return SWEEP


def lay_plot(undisturbed, folder):
    shutil.copy(undisturbed.new() / "record.h5", folder)
    return ("plot", "record.h5", "--output", "figures")


def lay_compare(undisturbed, folder):
    shutil.copy(undisturbed.new() / "record.h5", folder)
    return ("compare", "record.h5")


LAID = {"run": lay_run, "held": lay_held, "sweep": lay_sweep, "plot": lay_plot, "compare": lay_compare}


def run(bench, undisturbed, call, number, error, folder):
    outcome = failing(bench, undisturbed, "run", call, number, error, folder)
    broken = judged(bench, undisturbed, folder, folder / "o" / "small", outcome)
    if call == "flock" and outcome.status and not re.search(r"--output|lock", outcome.words):
        broken.append(promises.told(outcome, "no word about locks, or about another folder"))
    return broken


def held(bench, undisturbed, call, number, error, folder):
    """The result is there already: whatever fails, it stays."""
    outcome = failing(bench, undisturbed, "held", call, number, error, folder)
    seen, differ = promises.broken(outcome), results.differs(folder / "o" / "small", undisturbed.new())
    seen += [f"the result that was there: {differ}"] if differ else []
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def sweep(bench, undisturbed, call, number, error, folder):
    outcome = failing(bench, undisturbed, "sweep", call, number, error, folder)
    seen = promises.broken(outcome)
    if outcome.status:
        again = bench.run((*SWEEP, "--resume"), folder)
        seen += [f"with --resume: {what}" for what in promises.broken(again, statuses=(0,))]
    differ = results.differs(folder / "o" / "small-sweep", undisturbed.sweep())
    seen += [f"status {outcome.status}, but {differ}"] if differ else []
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def plot(bench, undisturbed, call, number, error, folder):
    outcome = failing(bench, undisturbed, "plot", call, number, error, folder)
    seen = promises.broken(outcome)
    if outcome.status == 0:
        for figure in (undisturbed.new() / "figures").iterdir():
            drawn = folder / "figures" / figure.name
            if not drawn.exists() or drawn.read_bytes() != figure.read_bytes():
                seen.append(f"status 0, but {figure.name} is another one")
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def compare(bench, undisturbed, call, number, error, folder):
    outcome = failing(bench, undisturbed, "compare", call, number, error, folder)
    seen = promises.broken(outcome)
    if outcome.status == 0 and outcome.out != bench.run(("compare", "record.h5"), folder).out:
        seen.append("status 0 with other words than undisturbed")
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def limited(bench, undisturbed, limit, folder):
    """A limit of the system on the process, by prlimit."""
    place = undisturbed.lay(folder)
    more = {} if "nofile" in limit or "fsize" in limit else BLAS
    # What it says goes through a pipe: a limit on files would be one on words, too.
    before = ("bash", "-o", "pipefail", "-c", "\"$@\" 2>&1 | cat", "-", "prlimit", limit, "--")
    outcome = bench.run(("run", "small.toml", *RUN, "--overwrite"), folder, seconds=HANG, before=before, environment=more)
    return judged(bench, undisturbed, folder, place, outcome)


def few_processes(bench, undisturbed, most, folder):
    """A limit on processes; root knows none, so it is tried as nobody."""
    before = ["prlimit", f"--nproc={most}", "--"]
    if os.geteuid() == 0:
        before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *before]
        if subprocess.run([*before[:4], bench.program, "--version"], capture_output=True).returncode:
            raise Skipped("the program is out of nobody's reach")
    bench.base.chmod(0o755)
    place = undisturbed.lay(folder)
    subprocess.run(["chmod", "-R", "a+rwX", folder], check=True)
    outcome = bench.run(("run", "small.toml", "--output", "o", "--threads", "2", "--overwrite"), folder, seconds=HANG, before=before, environment=BLAS)
    return judged(bench, undisturbed, folder, place, outcome)


def no_thread(bench, undisturbed, number, folder):
    """The number-th thread of any thread cannot be made."""
    if not shutil.which("strace"):
        raise Skipped("no strace")
    place = undisturbed.lay(folder)
    before = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=clone3", "-e", f"inject=clone3:error=EAGAIN:when={number}")
    outcome = bench.run(("run", "small.toml", "--output", "o", "--threads", "2", "--overwrite"), folder, seconds=HANG, before=before, environment=BLAS)
    return judged(bench, undisturbed, folder, place, outcome)


LIMITS = (*((limited, f"--fsize={size}") for size in (0, 1000, 5000, 50_000, 100_000, 150_000)),
          *((limited, f"--as={size}000000") for size in (100, 130, 160, 200, 300, 400)),
          *((limited, f"--nofile={most}") for most in (4, 6, 8)),
          *((few_processes, most) for most in (0, 1, 2)), *((no_thread, number) for number in (1, 2, 3, 4)))
