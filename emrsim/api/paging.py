"""Pages of a list: a token names the last item seen, so pages stay right while items are added.

`page` and `page_from` are for lists from which nothing is ever removed: they go on after the item that the
token names. `page_by_key` is for lists from which items go: it goes on in the order of a key.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from emrsim.core.errors import invalid_marker
from emrsim.core.limits import PAGE_SIZE


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Identified)
Entry = TypeVar("Entry")


def page(
    items: Iterable[Item],
    params: dict[str, Any],
    wanted: Callable[[Item], bool] = lambda item: True,
    size: int = PAGE_SIZE,
) -> tuple[list[Item], str | None]:
    """Return the wanted items after the one that the Marker of `params` names, and the next page's Marker.

    `items` are in the order of the list, all of them: the one that the marker names may have ceased to
    be wanted. They are searched for it, so they should be few. Raises InvalidRequestException for a marker
    that names none.
    """
    return page_from(lambda last_seen: _past(items, last_seen), params, wanted, size)


def page_from(
    after: Callable[[str | None], Iterable[Item]],
    params: dict[str, Any],
    wanted: Callable[[Item], bool] = lambda item: True,
    size: int = PAGE_SIZE,
) -> tuple[list[Item], str | None]:
    """As `page`, of a list that knows where its items are: `after` gives those after the one of an id.

    It gives all without an id, and raises KeyError for an unknown one.
    """
    marker = params.get("Marker")
    try:
        rest = after(_decode(marker) if marker else None)
    except KeyError:
        raise invalid_marker() from None
    chosen = list(islice(filter(wanted, rest), size + 1))
    if len(chosen) <= size:
        return chosen, None
    return chosen[:size], _encode(chosen[size - 1].id)


def page_by_key(
    items: Iterable[Entry],
    token: str | None,
    key: Callable[[Entry], str],
    scope: str,
    size: int = PAGE_SIZE,
) -> tuple[list[Entry], str | None]:
    """The items after the last one seen, in the order of `key`, and the token of the next page.

    The one that the token names may be gone. `scope` says which list it is, filters included: a token of
    another list is rejected with InvalidRequestException, as are other texts.
    """
    last_seen = _key_in(token, scope) if token else None
    rest = sorted((item for item in items if last_seen is None or key(item) > last_seen), key=key)
    if len(rest) <= size:
        return rest, None
    return rest[:size], _encode(json.dumps([scope, key(rest[size - 1])]))


def by_age(created_at: datetime, name: str) -> str:
    """A key for `page_by_key`: the oldest first, and of the same age by a name that no other has."""
    return f"{created_at.isoformat(timespec='microseconds')} {name}"


def _past(items: Iterable[Item], last_seen: str | None) -> Iterator[Item]:
    rest = iter(items)
    if last_seen is None or any(item.id == last_seen for item in rest):
        return rest
    raise KeyError(last_seen)


def _key_in(token: str, scope: str) -> str:
    try:
        token_scope, last_seen = json.loads(_decode(token))
    except (ValueError, TypeError, RecursionError):
        raise invalid_marker() from None
    if token_scope != scope or not isinstance(last_seen, str):
        raise invalid_marker()
    return last_seen


def _encode(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


def _decode(marker: str) -> str:
    try:
        return urlsafe_b64decode(marker.encode()).decode()
    except (Base64Error, ValueError):
        raise invalid_marker() from None
