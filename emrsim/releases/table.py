"""`releases.toml` as values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from emrsim.core.suggestions import unknown

_FILE = Path(__file__).with_name("releases.toml")
_ASSUMED = " assumed"
_UNKNOWN, _GONE, _SAME_AS = "?", "gone", "as "
_CARRIED_OVER = ("java", "python", "scala", "system", "os_labels")


@dataclass(frozen=True)
class Application:
    """An application of a release: its name in AWS's spelling and its version as the API shows it.

    `version` is None where the release has the application in a version that is not known; `is_assumed` says
    that the version is not confirmed.
    """

    name: str
    version: str | None
    is_assumed: bool = False


@dataclass(frozen=True)
class Release:
    """A release of EMR.

    `number` orders releases: (5, 36, 2). `date` is ISO 8601, shortened where the day is not known, None where
    nothing is. `java` and `python` are versions, the default of Spark and PySpark first; `scala` is that of
    Spark, shortened where the patch is not known. `os_labels` are the values of OSReleaseLabel, newest first.
    """

    label: str
    number: tuple[int, int, int]
    date: str | None
    applications: tuple[Application, ...]  # by name
    components: Mapping[str, str]  # what is in it without being an application
    java: tuple[str, ...]
    python: tuple[str, ...]
    scala: str
    system: str
    os_labels: tuple[str, ...]

    def application(self, name: str) -> Application | None:
        """The application of that name, in any case; None if the release has it not."""
        wanted = name.lower()
        return next((one for one in self.applications if one.name.lower() == wanted), None)

    @property
    def hadoop_version(self) -> str:
        """The version of Hadoop, whether it is an application of the release or a part of it."""
        hadoop = self.application("Hadoop")
        return (hadoop.version if hadoop else None) or self.components["Hadoop"]

    @property
    def spark_version(self) -> str | None:
        """The version of Spark."""
        spark = self.application("Spark")
        return spark.version if spark else None


def release(label: str) -> Release:
    """The release of that label. Raises ValueError, with the nearest label, for one that is unknown."""
    found = find(label)
    if found is None:
        raise ValueError(unknown("release label", label, _table()))
    return found


def find(label: str) -> Release | None:
    """The release of that label; None for one that is unknown."""
    return _table().get(label)


def labels() -> tuple[str, ...]:
    """All release labels, newest first: emr-spark-8.1.0, …, emr-7.14.0, …, emr-4.0.0."""
    return tuple(_table())


def application_name(name: str) -> str | None:
    """AWS's spelling of an application that some release has; None for a name that none has."""
    return _names().get(name.lower())


@cache
def _names() -> dict[str, str]:
    return {one.name.lower(): one.name for each in _table().values() for one in each.applications}


@cache
def _table() -> dict[str, Release]:
    """All releases by label, newest first."""
    import tomllib  # not needed until a release label is named

    lines = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found = [one for line, rows in lines.items() for one in _of_line(line, rows)]
    return {one.label: one for one in reversed(found)}


def _of_line(line: str, rows: list[dict[str, Any]]) -> Iterator[Release]:
    """The releases of a line, oldest first; a row has what the row above it has and does not change."""
    applications: dict[str, str] = {}
    components: dict[str, str] = {}
    platform: dict[str, Any] = {}
    prefix = line.rpartition("-")[0]
    for row in rows:
        applications = {**applications, **row.get("applications", {})}
        components = {**components, **row.get("components", {})}
        platform |= {name: row[name] for name in _CARRIED_OVER if name in row}
        for version in row["releases"]:
            date = row.get("dates", {}).get(version)
            yield Release(
                label=f"{prefix}-{version}",
                number=_number(version),
                date=_without_mark(date) if date else None,
                applications=_applications(applications),
                components={name: _without_mark(one) for name, one in components.items()},
                java=tuple(platform["java"]),
                python=tuple(platform["python"]),
                scala=platform["scala"],
                system=platform["system"],
                os_labels=tuple(platform["os_labels"]),
            )


def _number(version: str) -> tuple[int, int, int]:
    """`5.36.2` as (5, 36, 2), `8.0-preview` as (8, 0, 0)."""
    major, minor, patch = [*(int(part) for part in re.findall(r"\d+", version)), 0][:3]
    return major, minor, patch


def _applications(versions: Mapping[str, str]) -> tuple[Application, ...]:
    there = (name for name, version in versions.items() if version != _GONE)
    return tuple(_application(name, versions) for name in sorted(there, key=str.lower))


def _application(name: str, versions: Mapping[str, str]) -> Application:
    told = versions[name]
    if told.startswith(_SAME_AS):
        told = versions[told.removeprefix(_SAME_AS)]
    return Application(
        name, None if told == _UNKNOWN else _without_mark(told), is_assumed=told.endswith(_ASSUMED)
    )


def _without_mark(told: str) -> str:
    return told.removesuffix(_ASSUMED)
