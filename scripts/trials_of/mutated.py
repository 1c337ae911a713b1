"""Mutates valid scenarios: lines lost, doubled, swapped; numbers at their extremes; wrong types; very long lists.

Promised: `check` answers in words and at length a page can hold, within 60 CPU s, and `run` does what `check` said: it
ends by itself or is stopped by a signal that it hears. That its numbers are right is what `scripts/random_scenarios` tries."""
import functools
import pathlib
import re

from . import promises, scenarios

PROMISE = "no scenario file, however wrong, crashes or hangs `check` or `run`"
COUNT = 100
SECONDS = 60  # `check` of four coordinates predicts what N and ε do, which takes half a minute
MOST_WORDS = 60_000  # bytes
EVERY_RUN = 24  # one trial in so many also runs
NUMBERS = ("0", "-1", "1", "2", "1e300", "-1e300", "1e-300", "5e-324", "nan", "inf", "-inf", "9223372036854775807", "-9223372036854775808",
           "1000000", "4294967296", "0.5", "1.0000000000000002", "18446744073709551616", "1e6", "0x7fff", "1_0", "-0.0")
VALUES = ("\"\"", "\"text\"", "[]", "{}", "[[]]", "true", "1979-05-27", "[1, 2, 3]", "\"\\u0000\"", "\"\\u202e\\u001b[31m\"", "\"🜁\"", "[1.5, nan]",
          "\"0..1:1000000\"", "\"log(0..1:5)\"", "\"log(1e-300..1e300:9)\"", "\"1..0:5\"", "\"0..1:1\"", "\"0..1:99999999999999999999\"", "[[0.0, 0.0]]")
NUMBER = re.compile(r"(?<![\w.\"-])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w\"])")


def plan(bench, undisturbed, count, random):
    texts = [*scenarios.KINDS.values(), *(path.read_text() for path in sorted(pathlib.Path("scenarios").rglob("*.toml")))]
    for number in range(count):
        draw = type(random)(random.getrandbits(64))
        yield functools.partial(trial, bench, mutant(draw, texts), number % EVERY_RUN == 0)


def trial(bench, text, runs, folder):
    (folder / "small.toml").write_bytes(text)
    outcome = bench.run(("check", "small.toml"), folder, seconds=6 * SECONDS, before=("prlimit", f"--cpu={SECONDS}:{SECONDS + 2}", "--"))
    seen = promises.broken(outcome, megabytes=1000)
    seen += [f"{len(outcome.words)} bytes of words"] if outcome.status and len(outcome.words) > MOST_WORDS else []
    broken = [promises.told(outcome, "; ".join(seen))] if seen else []
    return broken + (ran(bench, folder) if runs and outcome.status == 0 else [])


def ran(bench, folder):
    """Runs what `check` lets through, for 4 s at most, within the memory of a small machine."""
    outcome = bench.run(("run", "small.toml", "--output", "o", "--threads", "1"), folder, seconds=30, before=("timeout", "4"))
    seen = promises.broken(outcome, statuses=(0, 1, 2, 124, 143))
    return [promises.told(outcome, "; ".join(seen))] if seen else []


def mutant(random, texts):
    """The bytes of a mutated scenario."""
    text = random.choice(texts)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        text = random.choice(MUTATIONS)(random, text, texts)
    data = text.encode(errors="surrogatepass")
    if random.random() < 0.05:
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.choice((b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\x1b[31m", random.randbytes(20))) + data[at:]
    return data


def lines_of(change):
    """A mutation of the list of lines."""
    def mutate(random, text, texts):
        lines = text.splitlines()
        change(random, lines, texts)
        return "\n".join(lines) + "\n"
    return mutate


def lose(random, lines, _):
    del lines[random.randrange(len(lines))]


def double(random, lines, _):
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))


def swap(random, lines, _):
    a, b = random.randrange(len(lines)), random.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def borrow(random, lines, texts):
    lines.insert(random.randrange(len(lines) + 1), random.choice(random.choice(texts).splitlines()))


def cut(random, lines, _):
    at = random.randrange(len(lines))
    lines[at] = lines[at][:random.randrange(len(lines[at]) + 1)]


def misspell(random, lines, _):
    at = random.randrange(len(lines))
    lines[at] = lines[at].replace(random.choice("aeiou=-.[]"), random.choice("xé_ =.\"["), 1)


def give(random, lines, _):
    """Another value for a key."""
    keyed = [i for i, line in enumerate(lines) if "=" in line]
    at = random.choice(keyed)
    lines[at] = lines[at].split("=", 1)[0] + "= " + random.choice(VALUES + NUMBERS)


def number(random, text, _):
    """Another number somewhere."""
    found = list(NUMBER.finditer(text))
    if not found:
        return text
    at = random.choice(found)
    return text[:at.start()] + random.choice(NUMBERS) + text[at.end():]


def many(random, text, _):
    """Very many of something: knots, unknown keys, claims, points, times, a long title."""
    n = random.choice((100, 3000, 20_000))
    more = random.choice((
        "\n".join(f"[systems.s{i}.characteristics]\natoms = 20" for i in range(min(n, 3000))),
        "\n".join(f"[[compare.claim]]\nsystem = \"s{i}\"\nquantity = \"risk\"\nwithin = 1" for i in range(n)),
        "[more]\n" + "\n".join(f"key-{i} = {i}" for i in range(n)),
        f"[vary]\nmodel.initial.gaussian.scale = \"0.1..0.9:{n}\"\nmodel.data.isotropic-gaussians.separation = \"0.1..2.9:{n}\"",
        f"[vary]\nmodel.data.isotropic-gaussians.separation = \"0.1..0.9:{random.choice((n, 1_000_000, 10**12))}\"",
        "more = " + "[" * n, f"more = \"{'w' * n}\"", f"[observe]\ntimes = {list(range(n))}",
    ))
    knots = ", ".join(f"[{i}.0, {i % 7}.5]" for i in range(n))
    wide = re.sub(r"knots = \[\[.*?\]\]", f"knots = [{knots}]", text)
    titled = re.sub(r"title = \".*?\"", lambda _: f"title = \"{'w' * n}\"", text)
    return random.choice((text + more + "\n", more + "\n" + text, wide, titled))


MUTATIONS = [number, number, number, many] + [lines_of(change) for change in (lose, double, swap, borrow, cut, misspell, give, give)]
