"""The parts of a message that help a user on: the nearest match, and the values that are allowed."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN_MAX = 12  # names in a list of allowed values
_VALUE_MAX = 100  # characters of a user's value


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """A message such as `unknown fault 'throtle': did you mean 'throttling'?`.

    Without a near match it lists the values that are allowed.
    """
    names = sorted(known)
    if not names:
        return f"unknown {what} {shown(name)}: no {what} exists"
    return f"unknown {what} {shown(name)}: {did_you_mean(name, names) or expected_one_of(names)}"


def did_you_mean(name: object, known: Iterable[str]) -> str | None:
    """`did you mean 'throttling'?`, or None where no known name is near."""
    import difflib  # not needed until something is wrong

    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower, 1)
    return f"did you mean {by_lower[near[0]]!r}?" if near else None


def expected_one_of(names: Iterable[str]) -> str:
    """`expected one of a, b, c`, in the order given, cut after a dozen names."""
    listed = list(names)
    if len(listed) == 1:
        return f"expected {listed[0]}"
    more = ", …" if len(listed) > _SHOWN_MAX else ""
    return f"expected one of {', '.join(listed[:_SHOWN_MAX])}{more}"


def shown(value: object) -> str:
    """A user's value as a message quotes it: `repr`, cut to about 100 characters."""
    text = repr(value)
    return text if len(text) <= _VALUE_MAX else f"{text[: _VALUE_MAX - 1]}…"
