"""What Configurations of RunJobFlow are rejected for: text that Hadoop's files and a process cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emrsim.core.request_errors import bad_configuration

# What XML 1.0 has no way to write (source: XML 1.0, 2.2 Characters).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def check_configurations(configurations: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValidationException for text that cannot be written, and names that no variable can have."""
    for entry in _all(configurations):
        properties = entry.get("Properties") or {}
        for text in (entry.get("Classification", ""), *properties, *properties.values()):
            if _NOT_IN_XML.search(text):
                raise bad_configuration(f"{text!r} has a character that cannot be written")
        if entry.get("Classification") == "export":
            for name in properties:
                if not _VARIABLE.fullmatch(name):
                    raise bad_configuration(f"{name!r} is no name of an environment variable")


def _all(configurations: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for entry in configurations:
        yield entry
        yield from _all(entry.get("Configurations") or ())
