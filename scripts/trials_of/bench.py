"""Where trials run: a folder in memory, the program under limits of time and memory, and the injector of faults.

It does not judge what the program says (`promises.py`) nor what it wrote (`results.py`)."""
import dataclasses
import functools
import os
import pathlib
import shlex
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).parent
MOST_WORDS = 4_000_000  # bytes of what a program said that are kept


class Skipped(Exception):
    """A trial that this machine does not allow; why, in two words."""


@dataclasses.dataclass
class Outcome:
    """How a process left: its status (negative: the signal), words, seconds, peak memory in MB."""
    command: str
    status: int
    out: str
    err: str
    wall: float
    cpu: float
    megabytes: float
    hung: bool

    @property
    def words(self):
        return self.out + self.err


@dataclasses.dataclass(eq=False)
class Bench:
    """The program on trial, and the folder below which trials have theirs."""
    program: str
    injector: str
    base: pathlib.Path

    def run(self, words, folder, *, seconds=60.0, before=(), environment=None, stdin=None, **streams):
        """Runs the program with these words in a folder, after the words `before` (a launcher), and waits for it."""
        command = [*before, self.program, *map(os.fsdecode, words)]
        return wait(command, folder, seconds, environment or {}, streams)

    def start(self, words, folder, before=()):
        """Starts the program and does not wait; what it says is lost."""
        return subprocess.Popen([*before, self.program, *words], cwd=folder, env=surroundings({}), start_new_session=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def injecting(self, below, calls, **how):
        """The launcher that lets calls below a folder fail: how as in inject.c, from_=3, to=3, error="EIO", kill=True."""
        if not can_inject(self.injector):
            raise Skipped("no seccomp")
        words = [self.injector, "--below", str(below), "--calls", ",".join(calls)]
        for name, value in how.items():
            words += [f"--{name.strip('_')}"] + ([] if value is True else [str(value)])
        return [*words, "--"]


    def calls_of(self, words, folder, below, calls):
        """The calls about files below a folder that the program makes when nothing fails: (name, path), in their order."""
        listing = folder.parent / f"{folder.name}-calls.txt"
        self.run(words, folder, before=self.injecting(below, calls, list=listing))
        return [tuple(line.split(" ", 1)) for line in listing.read_text().splitlines()]


PATIENCE = 6


def surroundings(more):
    """The environment of all trials: plain, and BLAS without threads of its own (`errors` tries those)."""
    plain = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
    plain.update(more)
    return {name: value for name, value in plain.items() if value is not None}


def wait(command, folder, seconds, environment, streams):
    """Runs a command, which has so many seconds of CPU time; kills it and all it has started where it does not end for long: the machine may be busy."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=surroundings(environment), start_new_session=True,
                                   **{"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err} | streams)
        status, used, hung = reap(process, began + PATIENCE * seconds)
        wall = time.monotonic() - began
        said = [read_start(stream) for stream in (out, err)]
    cpu = used.ru_utime + used.ru_stime
    hung = hung or cpu > seconds
    changed = [f"{name}={value}" if value is not None else f"-u {name}" for name, value in environment.items()]
    return Outcome(spelt(["env", *changed, *command] if changed else command), status, *said, wall, cpu, used.ru_maxrss / 1024, hung)


def reap(process, deadline):
    """Exit status (negative: a signal), usage, and whether it had to be killed."""
    pause, hung = 0.001, False
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used, hung
        if time.monotonic() > deadline:
            hung = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def read_start(stream):
    stream.seek(0)
    return stream.read(MOST_WORDS).decode(errors="backslashreplace")


def spelt(command):
    """A command line to repeat by hand."""
    return " ".join(word if len(word) < 200 else word[:60] + "…" for word in map(shlex.quote, map(printable, command)))


def printable(word):
    return os.fsencode(word).decode(errors="backslashreplace")


def build_injector(folder):
    """Compiles inject.c into a folder, unless it is there already and newer."""
    source, target = HERE / "inject.c", folder / "inject"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O1", "-o", target, source], check=True)
    return str(target.resolve())


@functools.cache
def can_inject(injector):
    """Whether the kernel asks the injector about calls."""
    return not subprocess.run([injector, "--calls", "write", "--", "true"], capture_output=True).returncode


def in_memory():
    """A folder in memory where there is one."""
    shared = pathlib.Path("/dev/shm")
    return pathlib.Path(tempfile.mkdtemp(prefix="meanfield-trials-", dir=shared if os.access(shared, os.W_OK) else None))
