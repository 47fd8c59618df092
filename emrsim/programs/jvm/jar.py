"""`hadoop jar JAR [MainClass] ARGS` for a jar of the user's: Hadoop's RunJar on the real Hadoop classes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.programs.cluster_paths import local_words
from emrsim.programs.env_files import variables_of
from emrsim.programs.jvm.classes import hadoop_jars, hadoop_java
from emrsim.programs.jvm.hadoop_archive import hadoop_archive_flags
from emrsim.programs.jvm.hadoop_conf import job_conf
from emrsim.programs.jvm.heap import heap_flags
from emrsim.programs.jvm.launch import become, common_flags, java_environment, user_flags
from emrsim.programs.jvm.own_hadoop import HADOOP_HOME, own_hadoop_environment
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.run_jar import run_jar_command
from emrsim.programs.surroundings import Surroundings, surroundings

EXIT_NO_SUCH_JAR = 255  # RunJar's -1


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run a jar, named by a path or a URI, in place of this process; returns only if that cannot be."""
    jar, *words = arguments
    around = surroundings()
    if around.conf is not None:
        os.environ.update(variables_of(around.conf / "hadoop-env.sh", os.environ))
    try:
        path = around.storage.shipped_path(jar)
    except StorageError as error:
        print(error, file=sys.stderr)
        return EXIT_NO_SUCH_JAR
    if not path.is_file():
        print(f"JAR does not exist or is not a normal file: {jar}", file=sys.stderr)
        return EXIT_NO_SUCH_JAR
    command, environment = _program([str(path), *local_words(words, around)], around)
    return become(command, around, environment)


def _program(words: Sequence[str], around: Surroundings) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment that run `words`: a jar and what Hadoop takes after it."""
    if home := os.environ.get(HADOOP_HOME):
        return [str(Path(home, "bin", "hadoop")), "jar", *words], own_hadoop_environment(Path(home), around)
    return _on_our_classes(words, around), java_environment()


def _on_our_classes(words: Sequence[str], around: Surroundings) -> list[str]:
    java = hadoop_java()
    jars = hadoop_jars()
    conf = job_conf(around)
    flags = [*common_flags(), *hadoop_archive_flags(java, jars), *heap_flags(conf, words), *user_flags()]
    folders = [conf] if around.conf is None else [conf, around.conf]
    return run_jar_command(java, flags, [*jars, *folders], conf, words)
