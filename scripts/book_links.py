"""Follows every link of a built book: each file and each anchor must be there, and nothing be fetched from a network
by who opens a page. Links that a reader follows out of the book are not tried.

    python3 scripts/book_links.py FOLDER        status 1, with a line for each, if links lead nowhere
"""
import html.parser
import pathlib
import re
import sys
import urllib.parse

FETCHED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
STYLED = re.compile(r"url\(['\"]?([^'\")]+)['\"]?\)")


class Page(html.parser.HTMLParser):
    """The anchors of a page, what it links to, and what a browser fetches for it."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.fetched = set(), [], []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.update(attributes[key] for key in ("id", "name") if attributes.get(key))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in FETCHED and attributes.get(FETCHED[tag]) and attributes.get("rel") != "canonical":
            self.fetched.append(attributes[FETCHED[tag]])


def broken(path, link, pages):
    """What is wrong with a link of a page, if something is."""
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or link.startswith("//"):
        return None
    target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return f"{link}: no such file"
    anchor = urllib.parse.unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors:
        return f"{link}: no such place"
    return None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    pages = {path: Page(path) for path in sorted(root.rglob("*.html"))}
    faults = []
    for path, page in pages.items():
        # 404.html is shown under any address: its links are those of the root of a server.
        if path.name == "404.html":
            continue
        found = [broken(path, link, pages) for link in page.links + page.fetched]
        found += [f"{link}: fetched from a network" for link in page.fetched if "//" in link and "data:" not in link]
        faults += [f"{path.relative_to(root)}: {fault}" for fault in found if fault]
    for style in root.rglob("*.css"):
        links = [link for link in STYLED.findall(style.read_text()) if not link.startswith(("data:", "#"))]
        faults += [f"{style.relative_to(root)}: {link}" for link in links if not (style.parent / link).is_file()]
    links = sum(len(page.links) + len(page.fetched) for page in pages.values())
    print(f"book: {len(pages)} pages, {links} links, {len(faults)} lead nowhere")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
