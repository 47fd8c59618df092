"""Hadoop's RunJar: the command line of a jar on the real Hadoop classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from emrsim.programs.jvm.hadoop_conf import LOG_CONFIGURATION
from emrsim.programs.jvm.launch import java_command
from emrsim.runtimes.java import Java

_RUN_JAR = "org.apache.hadoop.util.RunJar"


def run_jar_command(
    java: Java, flags: Iterable[str], class_path: Iterable[Path], conf: Path, words: Sequence[str]
) -> list[str]:
    """The command line that runs `words`, a jar and what Hadoop takes after it; `conf` has log settings."""
    log = f"-Dlog4j2.configurationFile={conf / LOG_CONFIGURATION}"
    return java_command(java, [log, *flags], class_path, _RUN_JAR, words)
