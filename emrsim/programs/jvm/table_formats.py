"""Iceberg, Delta and Hudi in an application's options: EMR's jars by their places, packages of Maven's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from emrsim.programs.jvm.spark import read_defaults
from emrsim.programs.jvm.spark_options import Asked
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.sparks import Spark
from emrsim.runtimes.tables import FORMATS, how_to_get, jars_of, what_does_not_fit

_PLACES = {place: name for name, form in FORMATS.items() for place in form.places}
_PLACE = re.compile(rf"(?:file:(?://)?|local:(?://)?)?({'|'.join(map(re.escape, _PLACES))})")


def with_jars(words: Sequence[str]) -> list[str]:
    """Return the words of a command with the installed jars for EMR's. Raises Missing for one that is not."""
    return [_PLACE.sub(lambda found: str(_jar(found[1])), word) for word in words]


def link_jars(around: Surroundings) -> None:
    """Let the jars that are installed be at EMR's places, for applications that name them in their code."""
    if around.places is None:
        return
    for name, form in FORMATS.items():
        jars = jars_of(name)
        for place in form.places:
            jar, link = form.jar_for(place, jars), around.places / place.lstrip("/")
            if jar is not None and not link.is_file():
                link.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileExistsError):
                    link.unlink(missing_ok=True)
                    link.symlink_to(jar)


def jars_to_add(
    asked: Asked, application: str, around: Surroundings, spark: Spark
) -> tuple[list[str], list[str], list[str]]:
    """Return the jars to add, the packages of Maven's that are left, and what a user should know.

    Raises Missing where a format is asked for by its classes and no jar of it can be had.
    """
    jars, remarks = [], []
    packages = asked.uris("--packages", "spark.jars.packages")
    has_jars = bool(packages) or _has_jars(asked, application, around)
    for name, form in FORMATS.items():
        installed = [str(jar) for jar in jars_of(name) if what_does_not_fit(jar, spark) is None]
        of_maven = [package for package in packages if package.startswith(form.maven)]
        if of_maven and installed:
            packages = [package for package in packages if package not in of_maven]
            remarks.append(f"the installed {name} is used for --packages {','.join(of_maven)}")
        if installed and (of_maven or _is_enabled(name, around)):
            jars += installed
        elif not of_maven and form.package in asked.all_values() and not has_jars:
            raise Missing(_not_there(name, around, spark))
    return jars, packages, remarks


def _is_enabled(name: str, around: Surroundings) -> bool:
    """Whether the classification `iceberg-defaults` or its like enables a format."""
    if around.spark_conf is None:
        return False
    settings = read_defaults(around.spark_conf / f"{name}-defaults.conf")
    return settings.get(f"{name}.enabled", "").lower() == "true" or (name == "hudi" and bool(settings))


def _has_jars(asked: Asked, application: str, around: Surroundings) -> bool:
    """Whether jars of the user's are on the class path, any of which may have the format's classes."""
    own = around.places / "usr" / "lib" / "spark" / "jars" if around.places else None
    return (
        application.endswith(".jar")
        or bool(asked.value("--jars", "spark.jars"))
        or bool(asked.value("--driver-class-path", "spark.driver.extraClassPath"))
        or (own is not None and any(own.glob("*.jar")))
    )


def _not_there(name: str, around: Surroundings, spark: Spark) -> str:
    wrong = [found for jar in jars_of(name) if (found := what_does_not_fit(jar, spark))]
    if wrong:
        return f"{wrong[0]}: emrsim install --jar FILE as {name}"
    if jars_of(name):
        place = next(iter(FORMATS[name].places))
        return (
            f"the settings name classes of {name}, which are not on the class path: give the classification "
            f"{name}-defaults {{{name}.enabled: true}}, --jars {place} or --packages"
        )
    return f"the settings name classes of {name}, and no jar of it is installed: {how_to_get(name)}"


def _jar(place: str) -> Path:
    name = _PLACES[place]
    jar = FORMATS[name].jar_for(place, jars_of(name))
    if jar is None:
        raise Missing(
            f"{place} is not there: {how_to_get(name)}, or --packages where a repository is reached"
        )
    return jar
