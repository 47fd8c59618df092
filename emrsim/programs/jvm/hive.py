"""`hive -f FILE` and `hive -e TEXT`: HiveQL, run by Spark SQL on a metastore of the cluster's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from emrsim.core.ports import Storage, StorageError
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import lock_metastore
from emrsim.programs.jvm.spark_submit import run_spark
from emrsim.programs.surroundings import surroundings

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

# Where Spark SQL of today is stricter than Hive, or makes other tables.
_AS_HIVE_DOES = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.sql.legacy.createHiveTableByDefault": "true",
    "spark.hadoop.hive.exec.dynamic.partition": "true",
    "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
}

_FILES = {"-f", "-i"}

EXIT_BAD_OPTION = 1


class BadArgument(Exception):
    """An option that Hive does not have either, one without its value, or a file that is not there."""


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run HiveQL from a file, which may be in S3, or from the command line."""
    try:
        options = _with_local_files(list(hive_options(arguments)), surroundings().storage)
    except (BadArgument, StorageError) as error:
        print(f"hive: {error}", file=sys.stderr)
        return EXIT_BAD_OPTION
    if not any(option in {"-f", "-e"} for option in options):
        print("hive: there is no terminal here: give -f FILE or -e TEXT", file=sys.stderr)
        return EXIT_BAD_OPTION
    print("emrsim: Spark SQL runs this HiveQL", file=sys.stderr)
    lock_metastore()
    confs = [word for name, value in _AS_HIVE_DOES.items() for word in ("--conf", f"{name}={value}")]
    return run_spark("spark-sql", [*confs, *options])


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


def _with_local_files(options: list[str], storage: Storage) -> list[str]:
    """The options with paths for URIs of scripts; BadArgument for one that is not there.

    Found out here, since it takes long until Spark does.
    """
    return [
        _existing(word, storage) if before in _FILES else word
        for before, word in zip(["", *options], options, strict=False)
    ]


def _existing(uri: str, storage: Storage) -> str:
    path = storage.shipped_path(uri)
    if not path.is_file():
        raise BadArgument(f"there is no file {uri}")
    return str(path)
