"""`classifications.toml` as answers: which classifications EMR knows, and what nests in which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("classifications.toml")
_ANY_ENVIRONMENT, _ENVIRONMENT = "*-env", "-env"
_ANYTHING = "*"


def is_classification(name: str) -> bool:
    """Whether a release of EMR has a classification of that name, at the top level."""
    families: Sequence[str] = _table()["families"]["prefixes"]
    return name in _names() or any(name.startswith(prefix) and name != prefix for prefix in families)


def may_nest(name: str, parents: Sequence[str]) -> bool:
    """Whether a classification may be nested in `parents`: one or more, the outermost first."""
    nested: Mapping[str, Sequence[str]] = _table()["nested"]
    outermost = parents[0]
    allowed = nested.get(outermost, nested[_ANY_ENVIRONMENT] if outermost.endswith(_ENVIRONMENT) else ())
    return _ANYTHING in allowed or (len(parents) == 1 and name in allowed)


@cache
def _names() -> frozenset[str]:
    return frozenset(name for names in _table()["names"].values() for name in names)


@cache
def _table() -> dict[str, Any]:
    import tomllib  # not needed until a cluster has configurations

    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
