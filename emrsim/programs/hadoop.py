"""`hadoop COMMAND ARGS`, as on a cluster's master; `hadoop jar` is what EMR runs for every step."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from emrsim.core.jars import KnownJar, known_jar
from emrsim.core.ports import StorageError
from emrsim.core.suggestions import unknown
from emrsim.programs.cluster_paths import as_on_emr, show_places
from emrsim.programs.execute import execute
from emrsim.programs.surroundings import surroundings
from emrsim.programs.table import run


def main(arguments: list[str]) -> int:
    """Run a command of Hadoop's; 1 for one that is not here, with the list of those that are."""
    while arguments[:1] == ["--config"]:
        arguments = arguments[2:]
    command = _COMMANDS.get(arguments[0]) if arguments else None
    if command is not None:
        return command(arguments[1:])
    print(f"Usage: hadoop COMMAND, one of {', '.join(sorted(_COMMANDS))}", file=sys.stderr)
    if arguments:
        print(f"hadoop: {unknown('command', arguments[0], _COMMANDS)}", file=sys.stderr)
    return 1


def jar(arguments: list[str]) -> int:
    """`hadoop jar JAR [MainClass] ARGS`: one of EMR's jars by its name, any other on Java."""
    if not arguments:
        print("RunJar jarFile [mainClass] args...", file=sys.stderr)
        return 255
    named, *words = arguments
    named = as_on_emr(named, surroundings())
    while words and (again := known_jar(words[0])) is not None and again is known_jar(named):
        words.pop(0)  # of a glob that fits several files
    known = None if _is_users_examples(named) else known_jar(named)
    show_places(surroundings(), always=known not in _OF_HADOOP)
    if known is KnownJar.COMMAND_RUNNER:
        return _command(words)
    if known is not None and known in _KNOWN_JARS:
        return run(_KNOWN_JARS[known], words)
    from emrsim.programs.jvm.jar import main as run_jar

    return run_jar(arguments)


def _is_users_examples(jar: str) -> bool:
    """Whether a jar that is called as Hadoop's examples are is there: then it is run as it is."""
    if known_jar(jar) is not KnownJar.EXAMPLES:
        return False
    from emrsim.programs.view.furnishing import is_note

    around = surroundings()
    try:
        path = around.storage.shipped_path(jar)
        return path.is_file() and not is_note(path, around.programs)
    except StorageError:
        return False


def _command(words: list[str]) -> int:
    """`command-runner.jar PROGRAM ARGS`: any program on the master's PATH (docs/facts/api.md#runners)."""
    if not words:
        print("command-runner.jar: the first argument must be a program", file=sys.stderr)
        return 1
    return execute(words)


# These do not look at the master's folders; what they run may, if bootstrap actions have put something there.
_OF_HADOOP = {KnownJar.STREAMING, KnownJar.S3_DIST_CP, KnownJar.EXAMPLES}


def _fs(arguments: list[str]) -> int:
    """`hadoop fs ARGS`: the shell, imported only then."""
    from emrsim.programs.fs import main as run_shell

    return run_shell(arguments)


def version(arguments: list[str]) -> int:
    """`hadoop version`: the one that the cluster's release has."""
    print(f"Hadoop {surroundings().hadoop_version or 'of no release'}")
    print("This is emrsim, which runs jobs as this version would; its own classes are those of pyspark.")
    return 0


def classpath(arguments: list[str]) -> int:
    """`hadoop classpath`: where Hadoop's classes and settings are here."""
    from emrsim.programs.jvm.classes import hadoop_jars
    from emrsim.runtimes.missing import Missing

    conf = surroundings().conf
    try:
        jars = hadoop_jars()
    except Missing as missing:
        print(f"emrsim cannot tell: {missing}", file=sys.stderr)
        return 1
    print(os.pathsep.join([*([str(conf)] if conf else []), *map(str, jars)]))
    return 0


def _program(name: str) -> Callable[[list[str]], int]:
    return lambda words: run(name, words)


def _job(arguments: list[str]) -> int:
    from emrsim.programs.yarn import job

    return job(arguments)


def _native(arguments: list[str]) -> int:
    """`hadoop checknative`: the codecs are emrsim's and Java's own."""
    print("hadoop:  false\nzlib:    false\nsnappy:  false\nlz4:     false\nbzip2:   false")
    return 1


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "checknative": _native,
    "classpath": classpath,
    "dfs": _fs,
    "distcp": _program("distcp"),
    "fs": _fs,
    "jar": jar,
    "job": _job,
    "version": version,
}

_KNOWN_JARS = {
    KnownJar.DISTCP: "distcp",
    KnownJar.EXAMPLES: "hadoop-mapreduce-examples",
    KnownJar.STREAMING: "streaming",
    KnownJar.SCRIPT_RUNNER: "script-runner",
    KnownJar.S3_DIST_CP: "s3-dist-cp",
}
