"""What every start of the program promises, whatever happens: a status that means something, in words a person can use.

What it promises about results is in `results.py`."""
import re

# Words that no user should have to read, with their names.
UNWANTED = {
    "a panic": re.compile(r"panicked at|RUST_BACKTRACE|fault of meanfield itself|stack overflow|memory allocation of"),
    "a raw library message": re.compile(r"18446744073709551615|HDF5-DIAG|H5[A-Z]+_|errmsg"),
    "a hexadecimal address": re.compile(r"\b0x[0-9a-f]{6,}\b"),
    "a control character": re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]"),
}


def broken(outcome, statuses=(0, 1, 2), megabytes=None):
    """What an outcome breaks, each in a few words; empty when all is well."""
    if outcome.hung:
        return [f"no end within {outcome.wall:.0f} s ({outcome.cpu:.1f} CPU s)"]
    seen = []
    if outcome.status not in statuses:
        seen.append(f"status {left(outcome.status)}")
    seen += [f"{name}: {excerpt(outcome.words, pattern)!r}" for name, pattern in UNWANTED.items() if pattern.search(outcome.words)]
    if outcome.status in (1, 2) and not outcome.words.strip():
        seen.append(f"status {outcome.status} without a word")
    if megabytes and outcome.megabytes > megabytes:
        seen.append(f"{outcome.megabytes:.0f} MB of memory")
    return seen


def left(status):
    """How a process left, in words; the injector tells signals as 128 + their number, as shells do."""
    if status < 0 or status > 128:
        return f"of signal {-status if status < 0 else status - 128}"
    return str(status)


def excerpt(words, pattern):
    found = pattern.search(words)
    return words[max(0, found.start() - 20):found.end() + 60].replace("\n", " ")


def told(outcome, what):
    """One line for the report: what was seen, and the command."""
    return f"{what}; {first_words(outcome)}\n      {outcome.command}"


def first_words(outcome):
    """The beginning of what was said on standard error, on one line."""
    plain = re.sub(r"[^ -~\u00a0-\uffff]+", " ", outcome.err)
    words = " ".join(plain.split())
    return f"said {words[:160]!r}" if words else "nothing said"
