"""`hive -f FILE` and `hive -e TEXT`: HiveQL, run by Spark SQL on a metastore of the cluster's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.programs.cluster_paths import on_this_machine
from emrsim.programs.jvm.classes import HIVE_JAR
from emrsim.programs.jvm.hive_script_text import BadScript, Rewriter, read_script
from emrsim.programs.jvm.hive_settings import AS_HIVE_DOES
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.sites import conf_folder
from emrsim.programs.jvm.spark import HIVE_SITE, cluster_home, lock_metastore
from emrsim.programs.jvm.spark_submit import run_spark
from emrsim.programs.remarks import remark
from emrsim.programs.site_files import read_site_file
from emrsim.programs.surroundings import Surroundings, surroundings

# Hive's options (source: its OptionsProcessor), in one spelling.
_WITH_VALUE = {
    "f": "-f",
    "e": "-e",
    "i": "-i",
    "database": "--database",
    "d": "--hivevar",
    "define": "--hivevar",
    "hivevar": "--hivevar",
    "hiveconf": "--hiveconf",
}
_SWITCHES = {"S": "-S", "silent": "-S", "v": "-v", "verbose": "-v"}

_SHELL = "emrsim.hive.Shell"
_FILES = {"-f", "-i"}

EXIT_BAD_OPTION = 1


class BadArgument(Exception):
    """An option that Hive does not have either, one without its value, or a file that is not there."""


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run HiveQL from a file, which may be in S3, or from the command line."""
    around = surroundings()
    try:
        options = _with_local_files(list(hive_options(arguments)), around)
        if not any(option in {"-f", "-e"} for option in options):
            raise BadArgument("there is no terminal here: give -f FILE or -e TEXT")
        options, confs = _for_spark(options, around)
    except (BadArgument, BadScript, StorageError) as error:
        print(f"hive: {error}", file=sys.stderr)
        return EXIT_BAD_OPTION
    print("emrsim: Spark SQL runs this HiveQL", file=sys.stderr)
    lock_metastore(around)
    settings = [word for name, value in confs.items() for word in ("--conf", f"{name}={value}")]
    return run_spark("spark-submit", [*settings, "--class", _SHELL, str(HIVE_JAR), *options])


def hive_settings(around: Surroundings) -> dict[str, str]:
    """Return the settings with which Spark SQL does as Hive, and as the cluster's hive-site.xml says."""
    return _for_spark([], around)[1]


def _for_spark(options: list[str], around: Surroundings) -> tuple[list[str], dict[str, str]]:
    """The options with scripts as Spark SQL runs them, and Spark's settings. Raises BadScript."""
    pairs = list(zip(["", *options], options, strict=False))
    given = [word.partition("=") for before, word in pairs if before in {"--hivevar", "--hiveconf"}]
    rewriter = Rewriter(
        around.storage,
        lambda path: on_this_machine(path, around),
        {name: value for name, _, value in given},
    )
    confs = dict(AS_HIVE_DOES)
    for name, value in _hive_site(around).items():
        confs |= _as_confs(rewriter.apply(name, value))
    for before, word in pairs:
        if before == "--hiveconf":
            name, _, value = word.partition("=")
            confs |= _as_confs(rewriter.apply(name, value))
    # An initial file comes first, wherever it is named.
    written = {word: _rewritten(before, word, rewriter) for before, word in pairs if before == "-i"}
    written |= {word: _rewritten(before, word, rewriter) for before, word in pairs if before in {"-f", "-e"}}
    for text in [*rewriter.remarks, *_of_lost(rewriter.lost)]:
        remark(text, around)
    return [written[word] if before in {"-f", "-e", "-i"} else word for before, word in pairs], confs


def _rewritten(option: str, word: str, rewriter: Rewriter) -> str:
    """The text of `-e`, or the path of a file, which is another one if its text is changed."""
    text = word if option == "-e" else read_script(Path(word))
    changed = rewriter.script(text)
    if option == "-e" or changed == text:
        return changed if option == "-e" else word
    return str(conf_folder({"script.sql": changed.encode(errors="surrogateescape")}) / "script.sql")


def _hive_site(around: Surroundings) -> dict[str, str]:
    """What the cluster's hive-site.xml sets; a value of Hive's default says nothing."""
    places = (around.hive_conf, around.spark_conf, cluster_home())
    folders = [folder for folder in places if folder is not None]
    return {name: value for folder in folders for name, value in read_site_file(folder / HIVE_SITE).items()}


def _as_confs(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings of Spark's as options of its own; Hive's go through its prefix for Hadoop's."""
    return {
        name if name.startswith("spark.") else f"spark.hadoop.{name}": value
        for name, value in settings.items()
    }


def _of_lost(lost: Mapping[str, str]) -> Iterator[str]:
    for reason in dict.fromkeys(lost.values()):
        names = ", ".join(name for name, its in lost.items() if its == reason)
        yield f"without effect here: {names}: {reason}"


def hive_options(arguments: list[str]) -> Iterator[str]:
    """The arguments of `hive` in the one spelling that spark-sql takes. Raises BadArgument."""
    words = iter(arguments)
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        if not word.startswith("-"):
            raise BadArgument(f"unexpected argument: {word}")
        if word.lstrip("-") in _SWITCHES:
            yield _SWITCHES[word.lstrip("-")]
        elif equals and name in _WITH_VALUE and word.startswith("--"):
            yield from (_WITH_VALUE[name], value)
        elif name in _WITH_VALUE and not equals:
            following = next(words, None)
            if following is None:
                raise BadArgument(f"missing value of {word}")
            yield from (_WITH_VALUE[name], following)
        elif word.startswith("-d") and equals:  # -dX=Y
            yield from ("--hivevar", word.removeprefix("-d"))
        else:
            raise BadArgument(f"unrecognized option: {word}")


def _with_local_files(options: list[str], around: Surroundings) -> list[str]:
    """The options with paths for URIs of scripts; BadArgument for one that is not there.

    Found out here, since it takes long until Spark does.
    """
    return [
        _existing(word, around) if before in _FILES else word
        for before, word in zip(["", *options], options, strict=False)
    ]


def _existing(uri: str, around: Surroundings) -> str:
    path = around.storage.shipped_path(on_this_machine(uri, around))
    if not path.is_file():
        raise BadArgument(f"there is no file {uri}")
    return str(path)
