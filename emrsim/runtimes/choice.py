"""Which of the installed Sparks a cluster's steps run on, and on which Java."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emrsim.runtimes.java import Java, java_for
from emrsim.runtimes.lines import DEFAULT, LINES, can_run, line_name
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.sparks import Spark, default_spark, installed_sparks, what_is_damaged

# What a cluster's programs find in their environment.
SPARK_VERSION = "EMRSIM_SPARK_VERSION"  # of the Spark of its release
RELEASE_LABEL = "EMRSIM_RELEASE_LABEL"
STRICT = "EMRSIM_STRICT"


class Wanted(NamedTuple):
    """What a cluster asks for: the Spark of its release; a version of None takes any.

    `strict` takes no other than one of the same minor line.
    """

    version: str | None = None
    label: str | None = None
    strict: bool = False

    @property
    def words(self) -> str:
        """Return `Spark 3.5.6 of emr-7.12.0`."""
        return f"Spark {self.version} of {self.label}" if self.label else f"Spark {self.version}"


class Runtime(NamedTuple):
    """A Spark, the Java that it runs on, and what a user should know of the choice."""

    spark: Spark
    java: Java
    remarks: tuple[str, ...] = ()


def wanted(environment: Mapping[str, str] = os.environ) -> Wanted:
    """Return what the cluster of this environment asks for."""
    return Wanted(
        environment.get(SPARK_VERSION) or None,
        environment.get(RELEASE_LABEL) or None,
        bool(environment.get(STRICT)),
    )


def spark_runtime(asked: Wanted, environment: Mapping[str, str] = os.environ) -> Runtime:
    """Return the Spark that steps of a cluster run on, with its Java. Raises Missing."""
    if asked.version is None:
        spark = default_spark()
        return _checked(Runtime(spark, java_for(spark.line, environment)))
    candidates = in_order(asked, installed_sparks())
    why_not: list[str] = []
    for spark in candidates:
        try:
            java = java_for(spark.line, environment)
        except Missing as missing:
            why_not.append(f"Spark {spark.version} cannot run: {missing}")
            continue
        return _checked(Runtime(spark, java, tuple(_remarks(asked, spark, why_not))))
    raise Missing(_nothing_fits(asked, why_not))


def in_order(asked: Wanted, sparks: Sequence[Spark]) -> list[Spark]:
    """Return those of `sparks`, which are newest first, that may stand in for the one asked for, best first.

    The version itself, the newest of its minor line, the newest of its major; for a Spark that is too old
    for emrsim the nearest, which is the oldest.
    """
    version = asked.version or ""
    exact = [spark for spark in sparks if spark.version == version]
    line = [spark for spark in sparks if line_name(spark.version) == line_name(version)]
    if asked.strict:
        return _once([*exact, *line])
    major = [spark for spark in sparks if _major(spark.version) == _major(version)]
    nearest = [] if can_run(version) else list(reversed(sparks))
    return _once([*exact, *line, *major, *nearest])


def how_to_install(asked: Wanted) -> str:
    """Return the command that brings the Spark of a release, or the nearest that emrsim can run."""
    version = asked.version or LINES[DEFAULT].newest
    return f"emrsim install spark {version if can_run(version) else LINES[DEFAULT].newest}"


def _remarks(asked: Wanted, spark: Spark, why_not: Sequence[str]) -> list[str]:
    if spark.version == asked.version:
        return []
    if why_not:
        return [f"{asked.words} is run by Spark {spark.version}: {'; '.join(why_not)}"]
    version = asked.version or ""
    if not can_run(version):
        return [f"{asked.words} cannot run here: Spark {spark.version} runs in its place"]
    said = f"{asked.words} is not installed: Spark {spark.version} runs in its place"
    return [f"{said}; for the same: {how_to_install(asked)}"]


def _nothing_fits(asked: Wanted, why_not: Sequence[str]) -> str:
    if why_not:
        return "; ".join(why_not)
    there = ", ".join(spark.version for spark in installed_sparks()) or "none"
    allowed = "its minor line" if asked.strict or not can_run(asked.version or "") else "its major version"
    way = how_to_install(asked)
    if asked.strict and not can_run(asked.version or ""):
        return f"{asked.words} cannot run here, and --strict takes no other (installed: {there})"
    return f"{asked.words} is not installed, nor another of {allowed} (installed: {there}): {way}"


def _checked(runtime: Runtime) -> Runtime:
    if damage := what_is_damaged(runtime.spark):
        raise Missing(
            f"the Spark in {runtime.spark.home} is damaged: {damage}: "
            f"emrsim install spark {runtime.spark.version} replaces it"
        )
    return runtime


def _once(sparks: Sequence[Spark]) -> list[Spark]:
    return list(dict.fromkeys(sparks))


def _major(version: str) -> str:
    return version.partition(".")[0]
