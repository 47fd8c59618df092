"""The pages of the documentation: README.md, those beside it, and docs/, with their blocks and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
_TARGET = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
_INCLUDE = re.compile(r"^```\{include\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A Markdown file of the project."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(PROJECT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """The content of the fenced blocks of a language, in order."""
        return [content for name, content in _BLOCK.findall(self.text) if name == language]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may name behind `#`: headings as GitHub and MyST spell them, and explicit targets."""
        prose = _BLOCK.sub("", self.text)
        return {_slug(heading) for heading in _HEADING.findall(prose)} | set(_TARGET.findall(prose))

    @property
    def links(self) -> Iterator[str]:
        """The targets of all links that are not to other sites."""
        for target in _LINK.findall(_BLOCK.sub("", self.text)):
            if "://" not in target and not target.startswith("mailto:"):
                yield target

    def broken_links(self) -> list[str]:
        """Return the links that lead nowhere: to no file, or to no anchor of that file."""
        return [target for target in self.links if not self.resolves(target)]

    def resolves(self, target: str) -> bool:
        """Return whether a link of this page leads to a file, and its anchor to a place in it."""
        file, _, anchor = target.partition("#")
        path = (self.path.parent / file).resolve() if file else self.path
        if not path.exists():
            return False
        return not anchor or (path.suffix == ".md" and anchor in page_of(path).anchors)


def page_of(path: Path) -> Page:
    """The page that is the file `path`; of one that only includes another, that other."""
    included = _INCLUDE.match(path.read_text(encoding="utf-8"))
    return page_of((path.parent / included.group(1)).resolve()) if included else Page(path)


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return kept.strip().replace(" ", "-")


PAGES = [Page(path) for path in sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])]
