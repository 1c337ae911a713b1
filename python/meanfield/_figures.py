"""The figures of a result, shown where notebooks show things."""

from __future__ import annotations

import base64
import html
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from . import _meanfield


class Figure:
    """One figure, as SVG and PNG, and as PDF on request."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._path = path

    @property
    def path(self) -> Path:
        """Its SVG file; the PNG is beside it."""
        return self._path

    @property
    def svg(self) -> str:
        """The text of its SVG."""
        return self._path.read_text(encoding="utf-8")

    @property
    def png(self) -> bytes:
        """The bytes of its PNG."""
        return self._path.with_suffix(".png").read_bytes()

    def save(self, path: str | PathLike[str]) -> Path:
        """Copies its SVG or its PNG, or draws its PDF from the record, as the path ends."""
        to = Path(path)
        if to.suffix not in (".svg", ".png", ".pdf"):
            raise ValueError(f"{to} ends with none of .svg, .png, .pdf")
        if to.suffix == ".pdf":
            return self._draw_pdf(to)
        return Path(shutil.copyfile(self._path.with_suffix(to.suffix), to))

    def _draw_pdf(self, to: Path) -> Path:
        """Draws the PDFs of all figures, as the program does, and keeps its own."""
        record = self._path.parent.parent / "record.h5"
        with tempfile.TemporaryDirectory() as folder:
            _meanfield.draw(record, folder, "pdf")
            return Path(shutil.copyfile(Path(folder) / f"{self.name}.pdf", to))

    def __repr__(self) -> str:
        return f"<meanfield.Figure {self.name}>"

    def _repr_html_(self) -> str:
        data = base64.b64encode(self._path.read_bytes()).decode("ascii")
        name = html.escape(self.name)
        return f'<img alt="{name}" style="max-width: 100%" src="data:image/svg+xml;base64,{data}">'


class Figures(Mapping[str, Figure]):
    """The figures of a result by their names."""

    def __init__(self, folder: Path) -> None:
        self._figures = {path.stem: Figure(path) for path in sorted(folder.glob("*.svg"))}

    def __getitem__(self, name: str) -> Figure:
        try:
            return self._figures[name]
        except KeyError:
            raise KeyError(f"no figure {name!r}; there are {', '.join(self._figures)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def _ipython_key_completions_(self) -> list[Any]:
        return [*self._figures]

    def __repr__(self) -> str:
        return f"<meanfield.Figures {', '.join(self._figures)}>"

    def _repr_html_(self) -> str:
        return "".join(figure._repr_html_() for figure in self._figures.values())
