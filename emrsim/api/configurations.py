"""What Configurations are rejected for: classifications unknown to EMR, and text that no file can hold.

They are given for a cluster, for its instance groups, and for the types of its fleets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from emrsim.core.request_errors import bad_configuration, classification_not_valid
from emrsim.releases.classifications import is_classification, may_nest

Configurations = Sequence[Mapping[str, Any]]

# What XML 1.0 has no way to write (source: XML 1.0, 2.2 Characters).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def check_configurations(configurations: Configurations) -> None:
    """Raise ValidationException for classifications that EMR does not know where they are, in any release.

    Also for text that cannot be written, and names that no variable can have. An entry without a
    classification is passed over.
    """
    _check(configurations, ())


def _check(configurations: Configurations, parents: tuple[str, ...]) -> None:
    for entry in configurations:
        name, properties = entry.get("Classification") or "", entry.get("Properties") or {}
        _check_texts((name, *properties, *properties.values()))
        if name and not (may_nest(name, parents) if parents else is_classification(name)):
            raise classification_not_valid(name, parents[-1] if parents else None)
        if name == "export":
            _check_variables(properties)
        _check(entry.get("Configurations") or (), (*parents, name))


def _check_texts(texts: Sequence[str]) -> None:
    for text in texts:
        if _NOT_IN_XML.search(text):
            raise bad_configuration(f"{text!r} has a character that cannot be written")


def _check_variables(names: Mapping[str, str]) -> None:
    for name in names:
        if not _VARIABLE.fullmatch(name):
            raise bad_configuration(f"{name!r} is no name of an environment variable")
