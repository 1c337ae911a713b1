"""Lays out what scripts/book builds: FOLDER/pages mirrors the repository, with the pages that docs/SUMMARY.md names and
the files that they lead to, so that links hold as they stand. Pages are copied but for one thing: the table of keys
goes into docs/reference.md.

    python3 scripts/book_pages.py FOLDER        (FOLDER/keys.md: what book_reference.py printed)
"""
import pathlib
import posixpath
import re
import shutil
import sys

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
SUMMARY = "docs/SUMMARY.md"
KEYS = "<!-- keys -->"
KATEX = pathlib.Path(".tools/katex/dist")


def is_elsewhere(target):
    """Whether a link leads out of the repository, or within its page."""
    return not target or "://" in target or target.startswith("mailto:")


def named(page):
    """The name of a page in the book: a README is the first of its folder."""
    return re.sub(r"README\.md$", "index.md", page)


def chapters(summary):
    """The pages that the summary names, from the root of the repository on."""
    targets = [link.group(3) for link in LINK.finditer(summary)]
    return [posixpath.normpath(posixpath.join("docs", target)) for target in targets if target]


class Layout:
    """The folder of pages, as it is filled."""

    def __init__(self, folder, pages):
        self.folder = folder
        self.pages = set(pages)
        self.faults = set()

    def link(self, page, match):
        """A link as it stands in the book. Files go along; folders, which no browser shows, are named only, and the
        summary is at the side of every page."""
        image, words, target, place = match.groups()
        if is_elsewhere(target):
            return match.group(0)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        source = pathlib.Path(path)
        if source.is_dir():
            return f"{words} (`{path}`)"
        if path == SUMMARY:
            return words
        if path.endswith(".md"):
            if path not in self.pages:
                self.faults.add(f"{page}: {path} is no page of docs/SUMMARY.md")
            return f"{image}[{words}]({named(target)}{place or ''})"
        if source.is_file():
            self.copy(source)
        else:
            self.faults.add(f"{page}: {path} is not there")
        return match.group(0)

    def copy(self, source):
        """A file that a page leads to."""
        target = self.folder / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def page(self, page, keys):
        """A page, with the table of keys where it is to be."""
        text = pathlib.Path(page).read_text()
        text = LINK.sub(lambda match: self.link(page, match), text).replace(KEYS, keys)
        target = self.folder / named(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def summary_in_place(summary):
    """The summary, which mdBook wants at the root of the pages."""
    def moved(match):
        path = posixpath.normpath(posixpath.join("docs", match.group(3))) if match.group(3) else ""
        return f"[{match.group(2)}]({named(path)})"
    return LINK.sub(moved, summary)


def lay_style(folder):
    """KaTeX's style with one format of its fonts, which every browser reads, and the fonts."""
    style = (KATEX / "katex.min.css").read_text()
    style = re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", style)
    (folder / "katex").mkdir()
    (folder / "katex/katex.min.css").write_text(style)
    fonts = folder / "pages/katex/fonts"
    fonts.mkdir(parents=True)
    for font in (KATEX / "fonts").glob("*.woff2"):
        shutil.copy(font, fonts)


def main():
    folder = pathlib.Path(sys.argv[1])
    summary = pathlib.Path(SUMMARY).read_text()
    layout = Layout(folder / "pages", chapters(summary))
    keys = (folder / "keys.md").read_text()
    for page in sorted(layout.pages):
        layout.page(page, keys)
    (folder / "pages/SUMMARY.md").write_text(summary_in_place(summary))
    shutil.copyfile("docs/book.toml", folder / "book.toml")
    shutil.copyfile("docs/book.css", folder / "book.css")
    lay_style(folder)
    if layout.faults:
        sys.exit("\n".join(f"book: {fault}" for fault in sorted(layout.faults)))


if __name__ == "__main__":
    main()
