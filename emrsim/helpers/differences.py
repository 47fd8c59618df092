"""What is not as it was expected, in dictionaries of dictionaries: for the messages of assertions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from emrsim.core.suggestions import shown


def contains(actual: object, expected: object) -> bool:
    """Whether `actual` has all that `expected` names: of dictionaries these members, of lists each item."""
    return not list(_differences("", actual, expected))


def _differences(place: str, actual: object, expected: object) -> Iterator[str]:
    """Where `actual` has not what `expected` names, a line each."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name, value in expected.items():
            below = f"{place}.{name}" if place else str(name)
            if name in actual:
                yield from _differences(below, actual[name], value)
            else:
                yield f"{below}: expected {shown(value)}, not given"
    elif _are_lists(actual, expected) and len(actual) == len(expected):  # type: ignore[arg-type]
        for number, (one, other) in enumerate(zip(actual, expected, strict=True)):  # type: ignore[call-overload]
            yield from _differences(f"{place}[{number}]", one, other)
    elif _are_lists(actual, expected) or actual != expected:
        yield f"{place}: expected {shown(expected)}, got {shown(actual)}"


def _are_lists(actual: object, expected: object) -> bool:
    return isinstance(actual, list | tuple) and isinstance(expected, list | tuple)


def nearest(values: Sequence[object], expected: object, what: str) -> str:
    """Where the value that is nearest to what was expected differs from it; `what` the values are."""
    by_value = [list(_differences("", value, expected)) for value in values]
    found = min(by_value, key=len)
    which = f"The nearest is {what} {by_value.index(found) + 1}; it" if len(values) > 1 else "It"
    return f"{which} differs in:\n" + "\n".join(f"  {line}" for line in found)
