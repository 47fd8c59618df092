"""Which operations there are: a test that names none of them tests nothing."""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from emrsim.core.suggestions import unknown


def check_operation(operation: str, known: Mapping[str, Collection[str] | None]) -> None:
    """Raise ValueError, with the nearest name, for what is no operation of any service.

    `known` are the operations of EMR and S3, and names of services of which they are not known.
    """
    __tracebackhide__ = True  # pytest shows the test's line instead
    names = {name for operations in known.values() if operations for name in operations}
    if operation not in names and operation not in _of_all_services():
        raise ValueError(unknown("operation", operation, names))


@cache
def _of_all_services() -> frozenset[str]:
    """The names of all of AWS's operations, from botocore's data; this takes a second or two, once."""
    spec = find_spec("botocore")
    places = spec.submodule_search_locations if spec else None
    found: set[str] = set()
    for folder in places or ():
        for path in Path(folder).glob("data/*/*/service-2.json*"):
            text = path.read_bytes()
            content = gzip.decompress(text) if path.suffix == ".gz" else text
            found.update(_names_in(content))
    return frozenset(found)


def _names_in(model: bytes) -> set[str]:
    """The operations have `"http"` or `"input"` beside their names, as nothing else with a name has."""
    return {name.decode() for name in re.findall(rb'"name"\s*:\s*"([A-Z][A-Za-z0-9]*)"\s*,\s*"http"', model)}
