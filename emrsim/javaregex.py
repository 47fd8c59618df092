"""Java's regular expressions as Python's: what differs is translated, what has no counterpart is refused.

Source: Java SE API, java.util.regex.Pattern. Rules without I/O.
"""

from __future__ import annotations

import re
import string

from emrsim import javaclasses
from emrsim.javaclasses import PatternSyntaxError

_QUANTIFIER = re.compile(r"\{\d+(?:,\d*)?\}")
_GROUP_NAME = re.compile(r"\(\?<([a-zA-Z][a-zA-Z0-9]*)>")
_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(-[a-zA-Z]+)?([:)])")
_BACK_REFERENCE = re.compile(r"\\k<([a-zA-Z][a-zA-Z0-9]*)>")
_OTHER_GROUPS = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>")
_END_OF_INPUT = {
    "Z": r"(?=\n?\Z)",
    "z": r"\Z",
    "A": r"\A",
    "b": r"\b",
    "B": r"\B",
    "R": javaclasses.LINE_BREAK,
}
_DOT = r"[^\n\r\x85\u2028\u2029]"


def compile_java(pattern: str) -> re.Pattern[str]:
    """The expression that `pattern` is in Java, without flags; for `fullmatch`, which Java calls `matches`.

    Raises PatternSyntaxError in Java's words, also for the few things that Python cannot do.
    """
    translated = _Translation(pattern).run()
    try:
        return re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternSyntaxError(f"{error}", 0, pattern) from error


class _Translation:
    """One pass over a pattern. `_open` has, for each open group, the flags set in it so far (`(?i)`)."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._result: list[str] = []
        self._groups = 0
        self._open: list[list[str]] = [[]]
        # Flags are few and odd; with `(?s)` anywhere, a dot is left to Python.
        self._dot = "." if re.search(r"\(\?[a-zA-Z]*s", pattern) else _DOT

    def run(self) -> str:
        """The whole pattern."""
        while self._position < len(self._pattern):
            self._next()
        if len(self._open) > 1:
            raise self._error("Unclosed group")
        return "".join(self._result) + ")" * len(self._open[0])

    def _next(self) -> None:
        character = self._pattern[self._position]
        if character == "\\":
            self._escape()
        elif character == "[":
            text, self._position = javaclasses.translate(self._pattern, self._position)
            self._result.append(text)
        elif character == "(":
            self._group()
        elif character in ")|":
            self._end_of_alternative(character)
        elif character == "{":
            self._put(self._match(_QUANTIFIER, "Illegal repetition").group())
        else:
            self._put(self._dot if character == "." else character, 1)

    def _put(self, text: str, length: int | None = None) -> None:
        """Emit `text` for the next `length` characters of the pattern, or as many as it has itself."""
        self._result.append(text)
        self._position += len(text) if length is None else length

    def _end_of_alternative(self, character: str) -> None:
        """Flags hold to the end of their group, over its alternatives: closed and opened again at each."""
        flags = self._open[-1]
        self._put(")" * len(flags) + character + ("".join(flags) if character == "|" else ""), 1)
        if character == ")":
            self._open.pop()
            if not self._open:
                raise self._error("Unmatched closing ')'")

    def _group(self) -> None:
        rest = self._pattern[self._position :]
        if not rest.startswith("(?"):
            self._groups += 1
            self._open.append([])
            self._put("(")
        elif name := _GROUP_NAME.match(rest):
            self._groups += 1
            self._open.append([])
            self._put(f"(?P<{name[1]}>", name.end())
        elif other := next((text for text in _OTHER_GROUPS if rest.startswith(text)), None):
            self._open.append([])
            self._put(other)
        else:
            self._flags()

    def _flags(self) -> None:
        found = self._match(_FLAGS, "Unknown inline modifier")
        unknown = set(f"{found[1]}{found[2] or ''}") - set("ims-")
        if unknown:
            raise self._error(f"emrsim does not know the inline modifier {min(unknown)!r}")
        opening = found.group()[:-1] + ":"
        if found[3] == ":":
            self._open.append([])
        elif opening == "(?:":
            opening = ""
        else:
            self._open[-1].append(opening)
        self._put(opening, found.end())

    def _escape(self) -> None:
        following = self._pattern[self._position + 1 : self._position + 2]
        if following == "Q":
            end = self._pattern.find("\\E", self._position)
            quoted = self._pattern[self._position + 2 : end if end >= 0 else None]
            self._put(re.escape(quoted), len(quoted) + (4 if end >= 0 else 2))
        elif following == "k":
            name = self._match(_BACK_REFERENCE, "\\k is not followed by '<' for named capturing group")
            self._put(f"(?P={name[1]})", name.end())
        elif following in string.digits[1:] and following:
            self._back_reference()
        elif following in _END_OF_INPUT and following:
            self._put(_END_OF_INPUT[following], 2)
        else:
            text, self._position = javaclasses.escape(self._pattern, self._position)
            self._result.append(text)

    def _back_reference(self) -> None:
        """`\\12` is group 12 if there is one by then, else group 1 and the character 2."""
        length = 1
        start = self._position + 1
        while (
            self._pattern[start + length : start + length + 1].isdecimal()
            and int(self._pattern[start : start + length + 1]) <= self._groups
        ):
            length += 1
        self._put(f"(?:\\{self._pattern[start : start + length]})", length + 1)

    def _match(self, expression: re.Pattern[str], problem: str) -> re.Match[str]:
        found = expression.match(self._pattern[self._position :])
        if found is None:
            raise self._error(problem)
        return found

    def _error(self, problem: str) -> PatternSyntaxError:
        return PatternSyntaxError(problem, self._position, self._pattern)
