"""FieldSelectionMapReduce: fields of records as new keys and values (source: FieldSelectionHelper)."""

from __future__ import annotations

import os
import re
from functools import cached_property

from emrsim.javaclasses import PatternSyntaxError
from emrsim.javaregex import compile_java
from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.job.configuration import Configuration

_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
_INT_BITS = 32
_FIELDS_MAX = 1 << 20
# One character that is no operator of a pattern: Java compiles none for it.
_OPERATORS = set(".$|()[{^?*+\\")


class FieldSelection:
    """Which fields of a record become its key, and which its value.

    A specification is `4,0-2:5,7-`: fields for the key, a colon, fields for the value, the first being 0; an
    open range has effect in the value only.
    """

    def __init__(self, separator: str, specification: str) -> None:
        self._separator = separator
        self._specification = specification

    @classmethod
    def of_mapper(cls, configuration: Configuration) -> FieldSelection:
        """Return what a job says of the output of its mapper."""
        return cls(_separator_of(configuration), _specification_of(configuration, "map"))

    @classmethod
    def of_reducer(cls, configuration: Configuration) -> FieldSelection:
        """Return what a job says of the output of its reducer."""
        return cls(_separator_of(configuration), _specification_of(configuration, "reduce"))

    @property
    def has_nulls(self) -> bool:
        """Whether keys or values that a reducer puts out are null; False for an invalid specification."""
        try:
            return self._keys is None or self._values is None
        except TaskFailed:
            return False

    def mapped(self, text: bytes) -> Pair:
        """Return key and value of a mapper's output. Raises TaskFailed for what Java cannot read."""
        key, value = self._selected(text)
        return (value or b"", b"") if key is None else (key, value or b"")

    def reduced(self, key: bytes, value: bytes) -> Pair | None:
        """Return key and value of a reducer's output, null ones being empty; None if both are null."""
        new_key, new_value = self._selected(key + os.fsencode(self._separator) + value)
        if new_key is None and new_value is None:
            return None
        return new_key or b"", new_value or b""

    def _selected(self, text: bytes) -> tuple[bytes | None, bytes | None]:
        fields = self._split(text.decode("utf-8", "replace"))
        return self._joined(fields, self._keys, -1), self._joined(fields, self._values, self._values_from)

    def _joined(self, fields: list[str], wanted: list[int] | None, all_from: int) -> bytes | None:
        """Return the fields wanted, each with the separator, but for the last character of all."""
        if wanted is None:
            return None
        chosen = [fields[index] if index < len(fields) else "" for index in wanted]
        if all_from >= 0:
            chosen += fields[all_from:]
        # Java works on UTF-16: of a separator beyond U+FFFF it would leave a half.
        return "".join([field + self._separator for field in chosen])[:-1].encode("utf-8", "replace")

    def _split(self, text: str) -> list[str]:
        """Return the fields as Java's String.split gives them: the separator is a pattern."""
        if not text:
            return [text]
        if self._pattern is None:
            fields = text.split(self._separator)
        else:
            fields = _split_by(self._pattern, text)
        if len(fields) == 1:
            return fields
        while fields and not fields[-1]:
            fields.pop()
        return fields

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """The separator as a pattern; None where it is one character that stands for itself."""
        if len(self._separator) == 1 and self._separator not in _OPERATORS:
            return None
        try:
            return compile_java(self._separator)
        except PatternSyntaxError as error:
            raise TaskFailed(f"java.util.regex.PatternSyntaxException: {error}") from error

    @cached_property
    def _keys(self) -> list[int] | None:
        return _field_list(self._specification.split(":")[0])[0] or None

    @cached_property
    def _values(self) -> list[int] | None:
        fields, all_from = _field_list(self._value_part)
        return fields if fields or all_from >= 0 else None

    @cached_property
    def _values_from(self) -> int:
        return _field_list(self._value_part)[1]

    @property
    def _value_part(self) -> str:
        return [*self._specification.split(":"), ""][1]


def _separator_of(configuration: Configuration) -> str:
    return configuration.text("mapred.data.field.separator") or "\t"


def _specification_of(configuration: Configuration, side: str) -> str:
    return configuration.text(f"{side}.output.key.value.fields.spec") or "0-:"


def _split_by(pattern: re.Pattern[str], text: str) -> list[str]:
    fields, begin = [], 0
    for found in pattern.finditer(text):
        if found.end() == 0:
            continue  # no empty field for a match of nothing at the begin
        fields.append(text[begin : found.start()])
        begin = found.end()
    return [*fields, text[begin:]]


def _field_list(part: str) -> tuple[list[int], int]:
    """Return the fields that a part of a specification lists, and from which on all are meant, or -1."""
    fields: list[int] = []
    all_from = -1
    for word in part.split(","):
        first, dash, last = word.partition("-")
        if not word:
            continue
        if not dash:
            fields.append(_field(word))
        elif not last:
            all_from = _field(first or "0")
        else:
            begin, end = _field(first or "0"), _field(last)
            if end - begin > _FIELDS_MAX:
                raise TaskFailed(f"java.lang.OutOfMemoryError: Java heap space: fields {word}")
            fields += range(begin, end + 1)
    if any(field < 0 for field in fields):
        raise TaskFailed(f"java.lang.ArrayIndexOutOfBoundsException: {min(fields)}")
    return fields, all_from


def _field(text: str) -> int:
    number = int(text) if _NUMBER.fullmatch(text) else 1 << _INT_BITS
    if not -(1 << _INT_BITS - 1) <= number < 1 << _INT_BITS - 1:
        raise TaskFailed(f'java.lang.NumberFormatException: For input string: "{text}"')
    return number
