"""HiveQL as text: statements parted as Hive's shell parts them, and what a statement is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# What a semicolon does not end a statement in: texts in quotes, names in backquotes, comments.
_TOKEN = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|--[^\n]*|/\*.*?\*/|\\;|;|.""", re.DOTALL | re.VERBOSE
)
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*(?!\+).*?\*/)*", re.DOTALL)
_SET = re.compile(r"set\s+(?:(hiveconf|hivevar|system|env|metaconf):)?([^\s=;]+)\s*=\s*(.*)", re.I | re.S)
_SOURCE = re.compile(r"source\s+(\S+)\s*", re.I)
_ADD = re.compile(r"add\s+(jars?|files?|archives?)\s+(.+)", re.I | re.S)
_QUERY = re.compile(
    r"\(|select|with|from|map|reduce|values|table|show|desc|explain|list|set|dfs|!|/\*\+", re.I
)
_DDL = re.compile(r"create\b|insert\s+overwrite\s+(?:local\s+)?directory\b", re.I)
_TEXT = r"""('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# Of a delimited row format: words and the property that they stand for (source: Hive's and Spark's parsers).
_PROPERTIES = {
    "fields terminated by": "field.delim",
    "escaped by": "escape.delim",
    "collection items terminated by": "colelction.delim",
    "map keys terminated by": "mapkey.delim",
    "lines terminated by": "line.delim",
    "null defined as": "serialization.null.format",
}
_WORDS = "|".join(words.replace(" ", r"\s+") for words in _PROPERTIES)
_CLAUSE = re.compile(rf"({_WORDS})\s*{_TEXT}", re.I)
_DELIMITED = re.compile(rf"\brow\s+format\s+delimited((?:\s+(?:{_WORDS})\s*{_TEXT})+)", re.I)
_LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_SHOW_CREATE = re.compile(r"show\s+create\s+table\s+\S+\s*", re.I)
_DROP = re.compile(
    r"(drop\s+(?:table|view|(?:temporary\s+)?function)\s+)(?!if\s+exists\b)(\S.*)", re.I | re.S
)


class Setting(NamedTuple):
    """`SET name=value`; `scope` is hivevar, hiveconf, … where it is named."""

    name: str
    value: str
    scope: str | None = None


def statements(text: str) -> Iterator[str]:
    """Yield the statements of a script, each with what is before it, without the semicolons."""
    start = 0
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            yield text[start : token.start()]
            start = token.end()
    if _LEADING.sub("", text[start:]):
        yield text[start:]


def body(statement: str) -> str:
    """Return a statement without the blanks and comments before it."""
    found = _LEADING.match(statement)
    return statement[found.end() if found else 0 :]


def setting(statement: str) -> Setting | None:
    """Return what a statement sets, if that is what it does."""
    found = _SET.fullmatch(body(statement))
    if found is None:
        return None
    scope, name, value = found.groups()
    return Setting(name, value.strip(), scope.lower() if scope else None)


def sourced(statement: str) -> str | None:
    """Return the file that a `SOURCE` statement runs."""
    found = _SOURCE.fullmatch(body(statement))
    return found[1].strip("'\"") if found else None


def added(statement: str) -> tuple[str, list[str]] | None:
    """Return `jar`, `file` or `archive` and the paths of an `ADD` statement."""
    found = _ADD.fullmatch(body(statement))
    if found is None:
        return None
    return found[1].lower().rstrip("s"), [word.strip("'\"") for word in found[2].split()]


def returns_rows(statement: str) -> bool:
    """Whether a statement prints a table, which may have a header; or is one of the shell's, which prints."""
    return _QUERY.match(body(statement)) is not None


def tolerant_drop(statement: str) -> str | None:
    """Return a `DROP` with `IF EXISTS`, as Hive takes those without; None if it is something else."""
    found = _DROP.fullmatch(body(statement))
    return f"{_comments(statement)}{found[1]}IF EXISTS {found[2]}" if found else None


def shown_as_hive_does(statement: str) -> str | None:
    """Return a `SHOW CREATE TABLE` that prints Hive's own DDL; None if it is something else."""
    return f"{statement.rstrip()} AS SERDE" if _SHOW_CREATE.fullmatch(body(statement)) else None


def with_null_format(statement: str) -> str | None:
    """Return a statement whose `NULL DEFINED AS` is a property, as Spark SQL passes over it; or None."""
    if not _DDL.match(body(statement)):
        return None
    found = _DELIMITED.search(statement)
    if found is None:
        return None
    clauses = {" ".join(words.lower().split()): text for words, text in _CLAUSE.findall(found[1])}
    if "null defined as" not in clauses:
        return None
    properties = {_PROPERTIES[words]: text for words, text in clauses.items()}
    if "field.delim" in properties:
        properties["serialization.format"] = properties["field.delim"]
    listed = ", ".join(f"'{name}' = {text}" for name, text in properties.items())
    serde = f"ROW FORMAT SERDE '{_LAZY}' WITH SERDEPROPERTIES ({listed})"
    return statement[: found.start()] + serde + statement[found.end() :]


def _comments(statement: str) -> str:
    return statement[: len(statement) - len(body(statement))]
