"""Runs scenarios one after the other on one thread, and writes docs/costs.md: said, taken, ratio (scripts/costs)."""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import tempfile
import tomllib

PROGRAM = "target/release/meanfield"
STRIDES = "target/release/examples/strides"
TABLE = pathlib.Path("docs/costs.md")

HEAD = """# What scenarios cost

`scripts/costs` remakes this page, `scripts/costs --full` with the whole scenarios as well. *Said* is what `meanfield
check` estimates for the whole process, *taken* is what the process took: user and system CPU seconds on one thread, peak
resident memory. Times depend on the machine (this one: {machine}); memory hardly does. Times in brackets are those of a
record made earlier: its memory is not known.

| scenario | CPU s said | taken | said / taken | MB said | taken | said / taken |
|---|---:|---:|---:|---:|---:|---:|
"""
SYSTEMS = """
## System by system

CPU seconds of all runs of a system, companions of `refinement` included; those that take more than a second.

| scenario | system | kind | said | taken | said / taken |
|---|---|---|---:|---:|---:|
"""
STRIDES_HEAD = """
## Longest strides

Between two strides a run shows progress, writes checkpoints, and looks for signals: the longest stride of each system,
in CPU seconds of the process and in wall seconds; of sweeps at a sample of points. A stride is to take half a second at
most. Where a single step takes longer (noise on cells in several coordinates, problems without time) it is computed in
the background, and the driver looks after it every 0.2 s.

| scenario | system | kind | strides | CPU s | wall s |
|---|---|---|---:|---:|---:|
"""


def output_of(words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def said(scenario, options):
    return json.loads(output_of([PROGRAM, "check", scenario, "--json", *options]))


def measured(scenario, options, verb):
    """CPU seconds, MB, and the summary of a run."""
    with tempfile.TemporaryDirectory() as folder:
        words = [PROGRAM, verb, scenario, "--threads", "1", "--json", "--output", folder, *options]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = child.stdout.read(), child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)  # it alone tells what this one child has used
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1) or not out:
        raise SystemExit(f"{' '.join(words)}:\n{err}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(out)


def stored(scenario):
    """CPU seconds and summary of a finished run of the whole scenario in output/, made in one go."""
    path = pathlib.Path(scenario)
    for folder in (pathlib.Path("output") / path.parent.name / path.stem, pathlib.Path("output") / path.stem):
        if (folder / "summary.json").exists():
            resolved = tomllib.loads((folder / "scenario.toml").read_text())
            stated = tomllib.loads(path.read_text())
            if all(agrees(stated[part], resolved[part]) for part in ("systems", "dynamics")):
                summary = json.loads((folder / "summary.json").read_text())
                return summary["cpu_seconds"], None, summary
    return None


def agrees(stated, resolved):
    """Whether what is stated is so where defaults are written out."""
    if isinstance(stated, dict):
        return all(key in resolved and agrees(value, resolved[key]) for key, value in stated.items())
    return stated == resolved


def seconds(system):
    facts = system["facts"]
    return (facts.get("cpu_seconds") or 0) + (facts.get("coarse_cpu_seconds") or 0)


def ratio(said, taken):
    if taken is None:
        return "", "", ""
    mark = "" if 0.5 <= said / taken <= 2 else " **!**"
    return f"{said:.3g}", f"{taken:.3g}", f"{said / taken:.2f}{mark}"


def rows_of(text, head):
    """Rows of the table under this head by what stands in their first cell; of rows of another width none."""
    width = head.rstrip().splitlines()[-1].count("|")
    rows = {}
    for line in text.split(head.rstrip().splitlines()[-2], 1)[-1].splitlines()[2:]:
        if not line.startswith("| "):
            break
        if line.count("|") == width:
            rows.setdefault(line.split("|")[1].strip(), []).append(line)
    return rows


class Page:
    """The three tables, rows by scenario; what was not measured again stays as the page has it."""

    def __init__(self, before):
        self.rows, self.systems, self.strides = (rows_of(before, head) for head in (HEAD, SYSTEMS, STRIDES_HEAD))

    def add(self, scenario, quick, expected, taken):
        name = named(scenario, quick)
        cpu, memory, summary = taken
        cells = list(ratio(expected["altogether"]["cpu_seconds"], cpu))
        if memory is None:
            cells[1] = f"({cells[1]})"
        cells += ratio(expected["altogether"]["bytes"] / 2**20, memory)
        self.rows[name] = [f"| {name} | " + " | ".join(cells) + " |"]
        self.systems[name] = []
        for system, cost in expected["systems"].items():
            own = seconds(summary["systems"].get(system, {"facts": {}}))
            if own > 1.0:
                cells = " | ".join(ratio(cost["cpu_seconds"], own))
                self.systems[name].append(f"| {name} | {system} | {cost['kind']} | {cells} |")
        print(*self.rows[name], flush=True)

    def ask_again(self, scenario, quick, expected):
        """What is said anew, beside what was taken before."""
        name = named(scenario, quick)
        for lines, cost_of in ((self.rows, lambda _: expected["altogether"]), (self.systems, expected["systems"].get)):
            lines[name] = [said_anew(line, cost_of(line.split("|")[2].strip())) for line in lines.get(name, [])]

    def stride(self, scenario, options):
        name = named(scenario, bool(options))
        lines = output_of([STRIDES, *options, scenario]).splitlines()
        self.strides[name] = [f"| {name} | " + " | ".join(line.split("\t")) + " |" for line in lines]

    def write(self):
        text = HEAD.format(machine=machine()) + in_order(self.rows)
        text += SYSTEMS + in_order(self.systems) + STRIDES_HEAD + in_order(self.strides)
        TABLE.write_text(text)


def said_anew(line, cost):
    """The line of a table with what is said of this cost in the place of what it said."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    is_of_scenario = len(cells) == 7
    seconds = 1 if is_of_scenario else 3
    cells[seconds], _, cells[seconds + 2] = ratio(cost["cpu_seconds"], number(cells[seconds + 1]))
    if is_of_scenario:
        cells[4], _, cells[6] = ratio(cost["bytes"] / 2**20, number(cells[5]))
    return "| " + " | ".join(cells) + " |"


def number(cell):
    return float(cell.strip("()")) if cell else None


def named(scenario, quick):
    return "/".join(pathlib.Path(scenario).with_suffix("").parts[-2:]) + (" --quick" if quick else "")


def in_order(rows):
    """By scenario, the quick variant first."""
    names = sorted(rows, key=lambda name: (name.split()[0], "--quick" not in name))
    return "".join(line + "\n" for name in names for line in rows[name])


def machine():
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} threads"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--at-most", type=float, default=120.0)
    parser.add_argument("--said", action="store_true")
    parser.add_argument("scenarios", nargs="*")
    arguments = parser.parse_args()
    scenarios = arguments.scenarios or sorted(map(str, pathlib.Path("scenarios").glob("*/*.toml")))
    page = Page(TABLE.read_text() if arguments.scenarios or arguments.said else "")
    for scenario in scenarios:
        has_quick = "[quick]" in pathlib.Path(scenario).read_text()
        for quick in [True] * has_quick + [False] * (arguments.full or not has_quick):
            options = ["--quick"] if quick else []
            # What has too many points for a run is a sweep in its quick variant, too.
            verb = "sweep" if said(scenario, [])["sweep"] else "run"
            expected = said(scenario, options + ["--sweep"] * (verb == "sweep"))
            if arguments.said:
                page.ask_again(scenario, quick, expected)
                continue
            if expected["altogether"]["cpu_seconds"] <= arguments.at_most:
                taken = measured(scenario, options, verb)
            else:
                taken = stored(scenario) if not quick else None
            if taken:
                page.add(scenario, quick, expected, taken)
        if not arguments.said:
            page.stride(scenario, ["--quick"] if has_quick else [])
        page.write()
    print(f"written: {TABLE}")


main()
