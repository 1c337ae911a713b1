"""Writes the table of docs/family.md from the summaries that scripts/family has left in output/family/."""

import json
import pathlib

PAGE = pathlib.Path("docs/family.md")
BEGIN, END = "<!-- scripts/family writes from here -->", "<!-- to here -->"
# Networks; scenario and name of the limit with its networks; scenario of the laws, where it is another.
ROWS = [
    ("two layers, one radius", "laboratory/theorem-3", "atoms", "sgd", None),
    ("two layers, two radii", "laboratory/two-radii", "atoms", "sgd", None),
    ("two layers, four parameters", "laboratory/four-parameters", "atoms", "sgd", None),
    ("three layers", "layers/theorem-3", "limit", "wide", None),
    ("four layers", "layers/four-layers", "limit", "wide", None),
    ("residual, L = 3", "residual/regression", "limit", "network", "residual/theorem-1"),
]
HEAD = """| networks | R of the limit | its stated error | networks' mean R, less it | exponents in width | in the step | claims | CPU s |
|---|---|---|---|---|---|---|---:|
"""


def summary(scenario):
    return json.loads((pathlib.Path("output/family") / scenario / "summary.json").read_text())


def is_there(scenario):
    return (pathlib.Path("output/family") / scenario / "summary.json").exists()


def bracketed(value, error):
    """A number with its standard error in the last digits: −0.506(14)."""
    digits = 0
    while error * 10**digits < 2.5 and digits < 6:
        digits += 1
    text = f"{value:.{digits}f}".replace("-", "−")
    return f"{text}({error * 10**digits:.0f})" if digits else f"{text} ± {error:.0f}"


def widest(system):
    """The end of the networks with most neurons, and of those of the smallest steps, and where that is."""
    points = system.get("points")
    if not points:
        return system["end"], {"neurons": system["facts"]["neurons"]}
    step = lambda at: min([value for key, value in at.items() if key.endswith("step_size")], default=0.0)
    width = lambda at: max([value for key, value in at.items() if key.endswith("neurons")], default=0.0)
    best = max(points, key=lambda point: (width(point["at"]), -step(point["at"])))
    return best["end"], best["at"]


def place(at):
    """N = 800, ε = 2.5e-05."""
    names = {"neurons": "N", "size": "ε"}
    parts = [f"{names[key.rsplit('_', 1)[-1]]} = {value:g}" for key, value in at.items()]
    return ", ".join(parts)


def exponents(laws, is_wanted):
    cells = []
    for law in filter(lambda law: is_wanted(law["over"]), laws):
        found = bracketed(law["exponent"]["value"], law["exponent"]["standard_error"])
        claimed = f"{law['claimed_exponent']:g}".replace("-", "−")
        cells.append(f"{law['quantity'].replace('_', ' ')} {found} of {claimed}")
    return "<br>".join(cells)


def row(name, scenario, limit, networks, of_laws):
    here = summary(scenario)
    others = [here] if of_laws is None else [here, summary(of_laws)]
    end = here["systems"][limit]["end"]
    own, at = widest(here["systems"][networks])
    laws = [law for each in others for law in each["comparison"].get("laws", [])]
    judged = laws + [claim for each in others for claim in each["comparison"]["claims"]]
    held = sum(bool(claim["holds"]) for claim in judged)
    cells = [
        links(name, scenario, of_laws),
        f"{end['risk']:.5g}",
        f"{end['risk_refinement_error']:.1g}",
        f"{own['risk'] - end['risk']:+.1e}".replace("-", "−") + f" ({place(at)})",
        exponents(laws, lambda key: key.endswith("neurons")),
        exponents(laws, lambda key: key.endswith("step-size")),
        "hold" if held == len(judged) else f"{held} of {len(judged)} hold",
        f"{sum(each['cpu_seconds'] for each in others):.0f}",
    ]
    return "| " + " | ".join(cells) + " |", sum(each["cpu_seconds"] for each in others)


def links(name, *scenarios):
    paths = [f"[{path.rsplit('/', 1)[-1]}](../scenarios/{path}.toml)" for path in scenarios if path]
    return f"{name}<br>{', '.join(paths)}"


def main():
    found = [entry for entry in ROWS if all(is_there(scenario) for scenario in (entry[1], entry[4]) if scenario)]
    for name in [entry[0] for entry in ROWS if entry not in found]:
        print(f"family_table.py: {name} has not been run and is left out")
    rows, seconds = zip(*(row(*entry) for entry in found))
    table = HEAD + "\n".join(rows) + f"\n\nAltogether {sum(seconds) / 60:.0f} CPU minutes.\n"
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}{END}{after}")
    print(table, end="")


main()
