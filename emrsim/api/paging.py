"""Pages of a list: a Marker names the last item seen, so pages stay right while items are added."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Protocol, TypeVar

from emrsim.core.errors import invalid_marker
from emrsim.core.limits import PAGE_SIZE


class Identified(Protocol):
    """Anything with an id."""

    id: str


Item = TypeVar("Item", bound=Identified)


def page(
    items: Iterable[Item],
    params: dict[str, Any],
    wanted: Callable[[Item], bool] = lambda item: True,
    size: int = PAGE_SIZE,
) -> tuple[list[Item], str | None]:
    """The wanted items after the one that the Marker of `params` names, and the Marker of the next page.

    `items` are in the order of the list, all of them: the one that the marker names may have ceased to
    be wanted. Raises InvalidRequestException for a marker that names none.
    """
    rest = iter(items)
    if marker := params.get("Marker"):
        _skip_past(rest, _decode(marker))
    chosen = list(islice(filter(wanted, rest), size + 1))
    if len(chosen) <= size:
        return chosen, None
    return chosen[:size], urlsafe_b64encode(chosen[size - 1].id.encode()).decode()


def _skip_past(items: Iterator[Item], last_seen: str) -> None:
    for item in items:
        if item.id == last_seen:
            return
    raise invalid_marker()


def _decode(marker: str) -> str:
    try:
        return urlsafe_b64decode(marker.encode()).decode()
    except (Base64Error, ValueError):
        raise invalid_marker() from None
