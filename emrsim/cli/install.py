"""`emrsim install`: Sparks and Javas beside those that pip and the machine have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from emrsim.releases import release
from emrsim.runtimes import install, tables
from emrsim.runtimes.choice import Wanted, how_to_install
from emrsim.runtimes.java import FROM_PIP, java_for
from emrsim.runtimes.lines import can_run
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.pythons import choose_python
from emrsim.runtimes.sparks import Spark, installed_sparks, what_is_damaged

_EXPECTED = (
    "expected `spark VERSION`, `java VERSION`, `iceberg` or a release label: emrsim install spark 3.5.6"
)


def print_list() -> None:
    """Print a line for each Spark and Java that steps can run on."""
    for spark in installed_sparks():
        damage = what_is_damaged(spark)
        note = f"  damaged: {damage}" if damage else "  (pip's package pyspark)" if spark.is_package else ""
        print(f"spark {spark.version:8} {spark.home}{note}")
    for java in install.installed_javas():
        print(f"java  {java.version:8} {java.home}")
    for name in tables.FORMATS:
        for jar in tables.jars_of(name):
            print(f"{name:14} {jar}")


def install_jar(jar: Path, words: Sequence[str]) -> None:
    """Install a user's own jar: `as delta`. Raises click.ClickException."""
    names = list(words[1:] if words[:1] == ["as"] or words[:1] == ("as",) else words)
    try:
        if len(names) != 1:
            raise Missing("expected the name of a table format: emrsim install --jar FILE as delta")
        print(f"{names[0]}: {tables.install_jar(jar, names[0])}")
    except Missing as missing:
        raise click.ClickException(str(missing)) from missing


def install_all(words: Sequence[str], source: Path | None) -> None:
    """Install what `words` name, from `source` if it is not None. Raises click.ClickException."""
    try:
        if words and words[0] == "iceberg":
            version = words[1] if len(words) > 1 else None
            print(f"iceberg: {tables.install_iceberg(version, source)}")
            return
        kind, version = _what(words)
        if kind == "java":
            _install_java(_major(version), source)
        else:
            _install_spark(install.full_version(version), source)
    except Missing as missing:
        raise click.ClickException(str(missing)) from missing


def remove(words: Sequence[str]) -> None:
    """Remove what `words` name. Raises click.ClickException."""
    try:
        if len(words) == 1 and words[0] in tables.FORMATS:
            print(f"Removed {tables.remove_jars(words[0])}.")
            return
        kind, version = _what(words)
        home = install.remove_java(version) if kind == "java" else install.remove_spark(version)
    except Missing as missing:
        raise click.ClickException(str(missing)) from missing
    print(f"Removed {home}.")


def _what(words: Sequence[str]) -> tuple[str, str]:
    """`spark` or `java`, and the version. Raises Missing."""
    if len(words) == 1 and words[0].startswith("emr-"):
        return "spark", _spark_of(words[0])
    if len(words) == 2 and words[0].lower() in {"spark", "java"}:
        return words[0].lower(), words[1]
    raise Missing(
        f"invalid {' '.join(words)!r}: {_EXPECTED}" if words else f"nothing to install: {_EXPECTED}"
    )


def _spark_of(label: str) -> str:
    """The version that serves a release label, said if it is another than the release's. Raises Missing."""
    try:
        version = release(label).spark_version
    except ValueError as error:
        raise Missing(str(error)) from error
    if version is None:
        raise Missing(f"the version of Spark in {label} is not known: {_EXPECTED}")
    if can_run(version):
        return version
    instead = how_to_install(Wanted(version)).rpartition(" ")[2]
    print(f"{label} has Spark {version}, which is not supported: its steps run on a later one.")
    return instead


def _major(version: str) -> int:
    if not version.isdecimal() or int(version) not in FROM_PIP:
        allowed = ", ".join(map(str, FROM_PIP))
        raise Missing(f"invalid version of Java {version!r}: expected one of {allowed}, which pip has")
    return int(version)


def _install_spark(version: str, source: Path | None) -> None:
    print(f"Spark {version}: ", end="", flush=True)
    spark = install.install_spark(version, source)
    print(spark.home)
    _see_to_java(spark, source)
    python = choose_python(None, spark.line)
    if python.remark:
        print(f"Python: {python.remark}.")
    print("Its steps start in half the time after: emrsim prepare")


def _see_to_java(spark: Spark, source: Path | None) -> None:
    """Install a Java if the machine has none that this Spark runs on and pip has one. Raises Missing."""
    try:
        java_for(spark.line)
    except Missing:
        major = install.newest_java_of_pip(spark.version)
        if major is None:
            raise
        _install_java(major, source)


def _install_java(major: int, source: Path | None) -> None:
    print(f"Java {major}: ", end="", flush=True)
    print(install.install_java(major, source).home)
