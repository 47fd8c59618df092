"""How deep a request may be nested: what is taken in must be possible to give back."""

from __future__ import annotations

from emrsim.core.request_errors import body_unreadable

_PATH_PARTS_MAX = 100  # real requests stay below 20


def reject_deep_nesting(path: str) -> None:
    """Raise SerializationException for a path of too many parts."""
    if path.count(".") > _PATH_PARTS_MAX:
        raise body_unreadable("The request is nested too deeply.")
