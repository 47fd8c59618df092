"""Character classes and escapes of Java's regular expressions, as Python's."""

from __future__ import annotations

import re
import string

# Source: Java SE API, java.util.regex.Pattern: POSIX classes (US-ASCII only).
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": re.escape(string.punctuation),
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\f\r",
}
_HORIZONTAL = r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_VERTICAL = r"\n\x0b\f\r\x85\u2028\u2029"
_PREDEFINED = {"h": _HORIZONTAL, "v": _VERTICAL, "d": r"\d", "w": r"\w", "s": r"\s"}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
LINE_BREAK = rf"(?:\r\n|[{_VERTICAL}])"
_PROPERTY = re.compile(r"\\([pP])(?:\{(?:Is)?(\w+)\}|(\w))")
_CODE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]{1,6})\}|0([0-3]?[0-7]{1,2}|[0-7])|c(.))"
)


class PatternSyntaxError(Exception):
    """Java's PatternSyntaxException: what is wrong, near which index, and the pattern."""

    def __init__(self, problem: str, index: int, pattern: str) -> None:
        super().__init__(f"{problem} near index {index}\n{pattern}")


def escape(pattern: str, position: int) -> tuple[str, int]:
    """The escape at `position`, which is outside of a class, in Python; and where it ends."""
    members, negated, end = _escaped(pattern, position)
    if len(members) == 1:
        return re.escape(members), end
    return f"[{'^' if negated else ''}{members}]", end


def translate(pattern: str, position: int) -> tuple[str, int]:
    """The class that opens at `position`, and where it ends.

    Java's classes may hold classes (a union) and `&&` (an intersection); Python's may not, so they become
    alternatives and lookaheads.
    """
    start = position
    position += 1
    negated = pattern[position : position + 1] == "^"
    position += negated
    operands: list[str] = []
    union = _Union()
    while pattern[position : position + 1] != "]" or (not union and not operands):
        if position >= len(pattern):
            raise PatternSyntaxError("Unclosed character class", len(pattern) - 1, pattern)
        if pattern.startswith("&&", position):
            operands.append(union.text())
            union, position = _Union(), position + 2
        else:
            position = union.read(pattern, position)
    if union:
        operands.append(union.text())
    if negated and len(operands) == 1 and union.is_plain:
        return f"[^{union.members}]", position + 1
    text = "".join(f"(?={operand})" for operand in operands[:-1]) + operands[-1]
    if start + 1 == position:
        raise PatternSyntaxError("Unclosed character class", len(pattern) - 1, pattern)
    return f"(?:(?!{text})[\\s\\S])" if negated else f"(?:{text})", position + 1


class _Union:
    """Members of a class, and the classes that cannot be written as members."""

    def __init__(self) -> None:
        self.members = ""
        self._alternatives: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.members or self._alternatives)

    @property
    def is_plain(self) -> bool:
        """Whether members are all there is."""
        return not self._alternatives

    def text(self) -> str:
        """The union as an expression for one character."""
        plain = [f"[{self.members}]"] if self.members else []
        choices = plain + self._alternatives
        return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"

    def read(self, pattern: str, position: int) -> int:
        """Add what stands at `position`: a class, an escape, a range or a character; returns its end."""
        if pattern[position] == "[":
            text, end = translate(pattern, position)
            self._alternatives.append(text)
            return end
        members, negated, end = self._member(pattern, position)
        if negated:
            self._alternatives.append(f"[^{members}]")
        elif self._is_range(pattern, end, members):
            last, _, end = self._member(pattern, end + 1)
            if len(last) != 1 or last < members:
                raise PatternSyntaxError("Illegal character range", end - 1, pattern)
            self.members += f"{_quoted(members)}-{_quoted(last)}"
        else:
            self.members += _quoted(members) if len(members) == 1 else members
        return end

    @staticmethod
    def _member(pattern: str, position: int) -> tuple[str, bool, int]:
        if pattern[position] == "\\":
            return _escaped(pattern, position)
        return pattern[position], False, position + 1

    @staticmethod
    def _is_range(pattern: str, position: int, members: str) -> bool:
        following = pattern[position + 1 : position + 2]
        return (
            len(members) == 1 and pattern[position : position + 1] == "-" and following not in ("", "]", "[")
        )


def _quoted(character: str) -> str:
    return f"\\{character}" if character in r"\[]^-&~|" else re.escape(character)


def _escaped(pattern: str, position: int) -> tuple[str, bool, int]:
    """An escape as the members of a class (one plain character, or class syntax), whether they are negated,
    and where it ends."""
    letter = pattern[position + 1 : position + 2]
    if not letter:
        raise PatternSyntaxError("Unexpected internal error", position, pattern)
    if letter in "pP":
        return _property(pattern, position)
    if code := _CODE.match(pattern, position):
        return _code_point(code, pattern), False, code.end()
    if letter in _CONTROL:
        return _CONTROL[letter], False, position + 2
    if letter.lower() in _PREDEFINED:
        return _PREDEFINED[letter.lower()], letter.isupper(), position + 2
    if letter.isascii() and letter.isalnum():
        raise PatternSyntaxError("Illegal/unsupported escape sequence", position + 1, pattern)
    return letter, False, position + 2


def _property(pattern: str, position: int) -> tuple[str, bool, int]:
    found = _PROPERTY.match(pattern, position)
    name = found and (found[2] or found[3])
    if found is None or name not in _POSIX:
        raise PatternSyntaxError(f"emrsim does not know the character property {name!r}", position, pattern)
    return _POSIX[name], found[1] == "P", found.end()


def _code_point(code: re.Match[str], pattern: str) -> str:
    hexadecimal = code[1] or code[2] or code[3]
    if code[5]:
        return chr(ord(code[5]) ^ 64)
    number = int(hexadecimal, 16) if hexadecimal else int(code[4], 8)
    if number > 0x10FFFF:
        raise PatternSyntaxError("Hexadecimal codepoint is too big", code.start(), pattern)
    return chr(number)
