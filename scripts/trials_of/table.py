"""Counts what was tried, in counts.jsonl beside the kept folders, and prints it as the rows of docs/reliability.md.

Only trials of the very program that is there now are summed: an earlier one vouches for nothing."""
import hashlib
import json
import pathlib
import time

HEAD = "| promised | kind of trial | tried | broken |\n|---|---|---:|---:|\n"


def count(folder, kind, seed, tried, broken, program):
    """Adds a line."""
    line = {"kind": kind, "seed": seed, "tried": tried, "broken": broken, "program": digest(program), "when": time.strftime("%F")}
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "counts.jsonl", "a") as file:
        file.write(json.dumps(line) + "\n")


def rows(folder, kinds, program):
    """The table: a row for each promise of each kind."""
    path = pathlib.Path(folder, "counts.jsonl")
    own = digest(program)
    # The same seed and count are the same trials: counted once.
    lines = {(line["kind"], line["seed"], line["tried"]): line for line in map(json.loads, path.open()) if line["program"] == own} if path.exists() else {}
    text = HEAD
    for name, kind in kinds.items():
        own_lines = [line for line in lines.values() if line["kind"] == name]
        tried, broken = (sum(line[key] for line in own_lines) for key in ("tried", "broken"))
        text += f"| {kind.PROMISE} | `{name}` | {tried or '—'} | {broken if tried else '—'} |\n"
    return text


def digest(program):
    return hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()[:16] if pathlib.Path(program).exists() else "none"
