"""Hadoop's generic options, which may stand before the arguments of its programs (GenericOptionsParser)."""

from __future__ import annotations

from collections.abc import Sequence

_WITH_VALUE = ("-conf", "-D", "-fs", "-jt", "-files", "-libjars", "-archives")


def without_generic(arguments: Sequence[str]) -> list[str]:
    """The arguments after the generic options, which have no effect on programs without Hadoop jobs."""
    rest = list(arguments)
    while rest:
        if rest[0] in _WITH_VALUE:
            del rest[:2]
        elif rest[0].startswith("-D"):
            del rest[0]
        else:
            break
    return rest
