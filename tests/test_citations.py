"""Each citation of docs/facts in code and documentation leads to a page, and to a place in it."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.pages import PAGES, PROJECT, Page

README = Page(PROJECT / "README.md")  # citations are relative to its folder

_CITATION = re.compile(r"docs/facts/[\w./-]*\.md(?:#[\w-]+)?")
# The forms from before these pages were in the repository, which lead nowhere.
_OLD_FORM = re.compile(
    r"\b(?:EMR|JVM|logs?|clients?|streaming|samples) facts\b|\(facts: |\bstates [1-5]\b[,):]|shared/facts"
)
_SOURCES = ("emrsim", "fake_s3", "tests", "tools", "benchmarks", "docs", "pyproject.toml")
_OWN_NAME = "tests/test_citations.py"


def _sources() -> list[tuple[str, str]]:
    """The tracked text files, by their names."""
    listed = subprocess.run(
        ["git", "ls-files", *_SOURCES], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    names = [name for name in listed if name.endswith((".py", ".md", ".toml", ".java")) and name != _OWN_NAME]
    return [
        (name, (PROJECT / name).read_text(encoding="utf-8")) for name in names if (PROJECT / name).exists()
    ]


def _citations() -> dict[str, set[str]]:
    """The files that cite each place."""
    found: dict[str, set[str]] = {}
    for name, text in _sources():
        for citation in _CITATION.findall(text):
            found.setdefault(citation, set()).add(name)
    return found


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="asks git for the files: run it in a clone")
def test_every_citation_resolves() -> None:
    citations = _citations()

    assert len(citations) > 20
    assert {place: files for place, files in citations.items() if not README.resolves(place)} == {}


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="asks git for the files: run it in a clone")
def test_no_citation_has_a_form_that_leads_nowhere() -> None:
    assert {name: old.group() for name, text in _sources() if (old := _OLD_FORM.search(text))} == {}


def test_a_citation_of_a_place_that_is_not_there_does_not_resolve() -> None:
    assert README.resolves("docs/facts/states.md#timelines")
    assert not README.resolves("docs/facts/states.md#timeline")
    assert not README.resolves("docs/facts/stats.md#timelines")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.path.parent.name == "facts"], ids=lambda page: page.path.name
)
def test_headings_of_a_page_of_facts_are_its_own(page: Page) -> None:
    headings = re.findall(r"^#+ .+$", page.text, re.MULTILINE)

    assert len(headings) == len({heading.lstrip("# ") for heading in headings})
