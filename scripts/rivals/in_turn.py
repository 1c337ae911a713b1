"""What the comparisons share: running everyone on one core and in turn, summing up, and saying on which machine.

In every round each rival runs right after meanfield: a ratio is of two times measured side by side. Reported are everyone's
minimum over the rounds and the median of the rounds' ratios.
"""

import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path("output/bench")
NAMED_SETS = ("avx512f", "avx2", "fma", "avx", "asimd", "neon")


def output(*words):
    """What a command prints, word by word."""
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def python(script, *words):
    return output(sys.executable, HERE / script, *words)


def benchmark(package, name):
    """Builds a benchmark; the program."""
    command = ["cargo", "bench", "--locked", "--quiet", "-p", package, "--bench", name, "--no-run", "--message-format=json"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    built = [json.loads(line) for line in lines if line.startswith("{")]
    return next(found["executable"] for found in built if found.get("executable"))


def stay_on_one_core():
    """This process and all that it starts from here on, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Times:
    """Minimum times by name, and each rival's ratios to whom it is compared with."""

    def __init__(self):
        self.best, self.ratios = {}, {}

    def note(self, times):
        self.best |= {name: min(time, self.best.get(name, time)) for name, time in times.items()}

    def ratio(self, name):
        return statistics.median(self.ratios[name])


def in_turn(rounds, ours, rivals):
    """`ours` gives our times by name; `rivals` are by name (what gives the rival's time, which of ours it stands beside)."""
    times = Times()
    for _ in range(rounds):
        for name, (rival, beside) in rivals.items():
            mine, theirs = ours(), rival()
            times.note(mine | {name: theirs})
            times.ratios.setdefault(name, []).append(theirs / mine[beside])
    return times


def installed(package):
    """The version, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine(programs, packages):
    """A paragraph: processor, instruction sets, versions."""
    facts, path = {}, pathlib.Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else []:
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    processor = facts.get("model name", platform.processor() or platform.machine())
    numbers = [facts[key] for key in ("cpu family", "model") if key in facts]
    flags = facts.get("flags", facts.get("Features", "")).split()
    sets = [name for name in NAMED_SETS if name in flags]
    versions = [" ".join(output(program, "--version")[:4]) for program in programs]
    versions += [f"{package} {installed(package)}" for package in packages if installed(package)]
    family = f" (family {', model '.join(numbers)})" if numbers else ""
    return f"{processor}{family}, {os.cpu_count()} cores, {' '.join(sets)}; {', '.join(versions)}."


def write(name, lines):
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text("\n".join(lines) + "\n")
