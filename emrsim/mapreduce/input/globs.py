"""Hadoop's glob patterns: `*`, `?`, `[a-c]`, `[^a]`, `{a,b}` and the backslash."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_SPECIAL = re.compile(r"[*?\[{\\]")


def has_glob(text: str) -> bool:
    """Whether `text` has a character that means more than itself."""
    return _SPECIAL.search(text) is not None


def split_list(text: str) -> list[str]:
    """The parts of a comma list; commas inside braces are part of a pattern."""
    parts = [""]
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in parts if part]


def expand_braces(pattern: str) -> list[str]:
    """The patterns that `{a,b}` stands for; done first, so that a brace may hold slashes."""
    start = _first_brace(pattern)
    if start < 0:
        return [pattern]
    end = _closing_brace(pattern, start)
    if end < 0:
        return [pattern]
    choices = _choices(pattern[start + 1 : end])
    return [
        expanded
        for choice in choices
        for expanded in expand_braces(pattern[:start] + choice + pattern[end + 1 :])
    ]


def _first_brace(pattern: str) -> int:
    position = 0
    while position < len(pattern):
        if pattern[position] == "\\":
            position += 1
        elif pattern[position] == "{":
            return position
        position += 1
    return -1


def _closing_brace(pattern: str, start: int) -> int:
    depth = 0
    for position in range(start, len(pattern)):
        depth += {"{": 1, "}": -1}.get(pattern[position], 0)
        if depth == 0:
            return position
    return -1


def _choices(text: str) -> list[str]:
    choices = [""]
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            choices.append("")
        else:
            choices[-1] += character
    return choices


def split_at_glob(pattern: str) -> tuple[str, list[str]]:
    """The part of `pattern` without globs, and the path components from the first glob on."""
    scheme, separator, rest = pattern.partition("://")
    if not separator:
        scheme, rest = "", pattern
    rest = rest.rstrip("/") or rest
    components = rest.split("/")
    first = next((index for index, part in enumerate(components) if has_glob(part)), len(components))
    base = "/".join(components[:first])
    if not base and rest.startswith("/"):
        base = "/"
    return f"{scheme}{separator}{base}" or ".", components[first:]


def component_regex(component: str) -> re.Pattern[str]:
    """The expression that one part of a path, without braces, has to match whole."""
    result = ""
    position = 0
    while position < len(component):
        character = component[position]
        if character == "\\" and position + 1 < len(component):
            position += 1
            result += re.escape(component[position])
        elif character == "[" and "]" in component[position + 2 :]:
            end = component.index("]", position + 2)
            result += _character_class(component[position + 1 : end])
            position = end
        else:
            result += {"*": ".*", "?": "."}.get(character) or re.escape(character)
        position += 1
    return re.compile(result, re.DOTALL)


def _character_class(text: str) -> str:
    negated = text[0] in "^!"
    members = text[1:] if negated else text
    escaped = re.sub(r"[\\\[\]^&~|]", lambda match: "\\" + match[0], members)
    return f"[{'^' if negated else ''}{escaped}]"


def matches(base: Path, components: list[str]) -> Iterator[tuple[str, ...]]:
    """Names below `base`, part by part, that match `components`; sorted."""
    if not components:
        yield ()
        return
    first, rest = components[0], components[1:]
    for name in _matching_names(base, first):
        child = base / name
        if rest and not child.is_dir():
            continue
        for names in matches(child, rest):
            yield (name, *names)


def _matching_names(folder: Path, component: str) -> list[str]:
    if not has_glob(component):
        return [component] if (folder / component).exists() else []
    pattern = component_regex(component)
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted((name for name in names if pattern.fullmatch(name)), key=os.fsencode)
