"""Results of runs that nothing disturbed, made once and shared by all trials: the old result, the new one, a record of every kind.

Trials copy them; nothing here is written to twice."""
import shutil
import threading

from . import scenarios

RUN = ("--output", "o", "--threads", "1")


class Undisturbed:
    """Folders by name, made when first asked for."""

    def __init__(self, bench):
        self.bench, self.lock, self.made = bench, threading.Lock(), {}
        self.folder = bench.base / "undisturbed"

    def result(self, name, text=None, words=None):
        """The folder of the result of a scenario of `scenarios`, or of this text under this name."""
        with self.lock:
            if name not in self.made:
                self.made[name] = self.make(name, text or scenarios.KINDS[name], words or ("run", "small.toml", *RUN))
            return self.made[name]

    def make(self, name, text, words):
        place = self.folder / name
        place.mkdir(parents=True)
        (place / "small.toml").write_text(text)
        outcome = self.bench.run(words, place, seconds=120)
        if outcome.status not in (0, 1) or outcome.hung:
            raise SystemExit(f"trials: an undisturbed run failed: {outcome.command}\n{outcome.words}")
        return next(path for path in (place / "o").iterdir() if not path.is_symlink())

    def old(self):
        return self.result("old", scenarios.OLD)

    def new(self):
        return self.result("small")

    def sweep(self):
        return self.result("sweep", scenarios.SWEEP, ("sweep", "small.toml", *RUN, *scenarios.SWEEP_KEYS))

    def records(self):
        """A record of every kind: {name: path}."""
        made = {name: self.result(name) / "record.h5" for name in scenarios.KINDS}
        return made | {"sweep": self.sweep() / "record.h5"}

    def lay(self, folder, old=True, text=scenarios.SMALL):
        """Puts the scenario into a trial's folder, and the old result where the new one will go; that place."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "small.toml").write_text(text)
        target = folder / "o" / "small"
        if old:
            shutil.copytree(self.old(), target)
        else:
            target.mkdir(parents=True)
        return target
