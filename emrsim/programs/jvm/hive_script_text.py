"""A Hive script as Spark SQL is to run it: the same, but for statements that mean something else to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emrsim.core.ports import Storage, StorageError
from emrsim.core.suggestions import shown as quoted
from emrsim.programs.jvm.hive_settings import Meaning, meaning
from emrsim.programs.jvm.hiveql import (
    added,
    body,
    returns_rows,
    setting,
    shown_as_hive_does,
    sourced,
    statements,
    tolerant_drop,
    with_null_format,
)

# Jars of EMR's whose classes Spark has, or emrsim's own jar.
_OF_EMR = re.compile(
    r"(?:file:(?://)?)?/(?:usr/lib/(?:hive|hive-hcatalog|hadoop|spark|tez)|usr/share/aws|home/hadoop/hive/lib|"
    r"home/hadoop/\.versions|home/hadoop/lib)/.*\.jar"
)
_EMRS_OWN = re.compile(
    r".*/(?:hive|hadoop|emr|aws|hcatalog|json-serde|serde|jackson)[-\w.]*\*?\.jar", re.IGNORECASE
)
_VARIABLE = re.compile(r"\$\{(?:(?:hivevar|hiveconf):)?([^}:]+)\}")
MUTE = "emrsim.mute"  # see Shell.java
_HEADERS = "hive.cli.print.header"
_KEEPS_NONEXISTENT = "hive.exec.drop.ignorenonexistent"
_SOURCES_MAX = 32  # files that source each other


class BadScript(Exception):
    """A script that cannot run here; the message says why."""


@dataclass
class Rewriter:
    """Rewrites scripts in the order in which they are run.

    `variables` are those given on the command line; `local_path` is what a path of the cluster's is here.
    """

    storage: Storage
    local_path: Callable[[str], str]
    variables: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # settings without an effect, and what that means
    remarks: list[str] = field(default_factory=list)
    _has_headers: bool = False
    _keeps_nonexistent: bool = False
    _may_make_files: bool = False

    def apply(self, name: str, value: str) -> Mapping[str, str]:
        """Take a setting from elsewhere than a script; returns what to set of Spark's. Raises BadScript."""
        return self._meaning(name, value).spark

    def script(self, text: str) -> str:
        """Return the text that Spark SQL is to run; the same text where nothing is to be changed.

        Raises BadScript.
        """
        given = list(statements(text))
        changed = list(self._quietly(given))
        return text if changed == given else "".join(f"{one};" for one in changed) + "\n"

    def _quietly(self, given: list[str]) -> Iterator[str]:
        """The statements to run, muted where Hive's shell prints nothing and Spark's does."""
        is_muted = False
        for one in given:
            for statement in self._statement(one, 0):
                mute = setting(statement) is not None or (self._has_headers and not returns_rows(statement))
                if mute != is_muted:
                    yield f"\nSET {MUTE}={'on' if mute else 'off'}"
                    is_muted = mute
                yield statement
        if is_muted:
            yield f"\nSET {MUTE}=off"

    def _statement(self, statement: str, depth: int) -> Iterator[str]:
        if found := setting(statement):
            yield from self._set(statement, found.scope, found.name, found.value)
        elif path := sourced(statement):
            yield from self._source(statement, path, depth)
        elif adds := added(statement):
            yield from self._add(statement, *adds)
        elif (drop := tolerant_drop(statement)) and not self._keeps_nonexistent:
            yield drop
        elif changed := shown_as_hive_does(statement) or with_null_format(statement):
            yield changed
        else:
            self._may_make_files = self._may_make_files or body(statement)[:3].lower() in {"dfs", "!", "!sh"}
            self._may_make_files = self._may_make_files or body(statement).startswith("!")
            yield statement

    def _set(self, statement: str, scope: str | None, name: str, value: str) -> Iterator[str]:
        if scope in {"system", "env", "metaconf"}:
            self.lost[f"{scope}:{name}"] = "it cannot be set here"
            return
        self.variables[name] = self._expanded(value)
        if scope == "hivevar":
            yield f"\nSET {name}={value}"
            return
        found = self._meaning(name, self._expanded(value))
        if not found.dropped:
            yield f"\nSET {name}={value}" if scope else statement
        for other, its in found.spark.items():
            yield f"\nSET {other}={its}"

    def _meaning(self, name: str, value: str) -> Meaning:
        if name.lower() == _KEEPS_NONEXISTENT:
            self._keeps_nonexistent = value.lower() == "false"
        if name.lower() == _HEADERS:
            self._has_headers = value.lower() == "true"
        found = meaning(name, value)
        if found.rejected:
            raise BadScript(f"SET {name}={quoted(value)} is not supported: {found.rejected}")
        if found.lost:
            self.lost[name] = found.lost
        return found

    def _source(self, statement: str, uri: str, depth: int) -> Iterator[str]:
        path = self._path(self._expanded(uri))
        if path is None or not path.is_file():
            if self._may_make_files or path is None:
                yield statement
                return
            raise BadScript(f"source {uri}: there is no such file")
        if depth >= _SOURCES_MAX:
            raise BadScript(f"source {uri}: files source each other more than {_SOURCES_MAX} times")
        for one in statements(read_script(path)):
            yield from self._statement(one, depth + 1)

    def _add(self, statement: str, kind: str, uris: list[str]) -> Iterator[str]:
        kept = [uri for uri in uris if not (kind == "jar" and self._has_classes_of(uri))]
        for uri in kept:
            path = self._path(self._expanded(uri))
            if path is not None and not path.exists() and not self._may_make_files:
                raise BadScript(f"{uri} does not exist")
        if kept == uris and not any(self.local_path(uri) != uri for uri in uris):
            yield statement
            return
        for uri in kept:
            yield f"\nADD {kind.upper()} {self.local_path(uri)}"

    def _has_classes_of(self, uri: str) -> bool:
        """Whether a jar is EMR's own and not here: its classes are on the class path."""
        expanded = self._expanded(uri)
        path = self._path(expanded)
        if not (_OF_EMR.fullmatch(expanded) and _EMRS_OWN.fullmatch(expanded)):
            return False
        if path is not None and path.is_file():
            return False
        self.remarks.append(f"ADD JAR {uri}: its classes are there without it")
        return True

    def _path(self, uri: str) -> Path | None:
        """The local path of a URI; None where that cannot be known: a pattern, a variable, another scheme."""
        if any(character in uri for character in "*?${"):
            return None
        try:
            return self.storage.shipped_path(self.local_path(uri))
        except StorageError:
            return None

    def _expanded(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), text)


def read_script(path: Path) -> str:
    """Return the text of a script, whatever its bytes are."""
    return path.read_text(encoding="utf-8", errors="surrogateescape")
