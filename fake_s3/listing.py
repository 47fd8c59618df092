"""One page of a listing, cut from keys in order. Pure: where the keys come from is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# Gives the keys from the given one on, in the order of their UTF-8 bytes (which is that of code points).
Seek = Callable[[str], Iterator[str]]

_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Query:
    """What to list. `after` is exclusive: a key, or a common prefix, of which then nothing comes again."""

    prefix: str = ""
    delimiter: str = ""
    after: str = ""
    limit: int = 1000


@dataclass(slots=True)
class Page:
    """A page: keys and common prefixes in order; the next page starts after `last`."""

    keys: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    last: str = ""
    is_truncated: bool = False


def list_page(seek: Seek, query: Query) -> Page:
    """The page of `query`. Each common prefix costs one seek, however many keys are below it."""
    page = Page()
    start: str | None = _first_candidate(query)
    while start is not None:
        start = _read_on(seek(start), query, page)
    return page


def _first_candidate(query: Query) -> str | None:
    if not query.after:
        return query.prefix
    rolled_up = _common_prefix(query.after, query)
    if rolled_up is not None:
        return _beyond(rolled_up)
    return max(query.prefix, query.after + "\0")


def _read_on(keys: Iterator[str], query: Query, page: Page) -> str | None:
    """Fills the page up to its end or to the next common prefix; gives the key to seek next, if any."""
    for key in keys:
        if not key.startswith(query.prefix):
            return None
        if len(page.keys) + len(page.prefixes) >= query.limit:
            page.is_truncated = query.limit > 0
            return None
        common = _common_prefix(key, query)
        if common is not None:
            page.prefixes.append(common)
            page.last = common
            return _beyond(common)
        page.keys.append(key)
        page.last = key
    return None


def _common_prefix(key: str, query: Query) -> str | None:
    if not query.delimiter or not key.startswith(query.prefix):
        return None
    end = key.find(query.delimiter, len(query.prefix))
    return None if end < 0 else key[: end + len(query.delimiter)]


def _beyond(prefix: str) -> str | None:
    """The least string greater than all that begin with `prefix`; None when there is none."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    return stem[:-1] + _next_character(stem[-1]) if stem else None


def _next_character(character: str) -> str:
    # No key holds a lone surrogate, so the character after U+D7FF is U+E000.
    return "\ue000" if character == "\ud7ff" else chr(ord(character) + 1)
