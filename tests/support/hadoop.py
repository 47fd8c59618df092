"""Jars on the real Hadoop classes that pyspark brings, without an emulator."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

# The class path that is enough. With all of pyspark's jars Hive's classes would take over `file:`.
_JARS = [
    "hadoop-client-api",
    "hadoop-client-runtime",
    "slf4j-api",
    "jcl-over-slf4j",
    "log4j-api",
    "log4j-core",
    "log4j-slf4j2-impl",
    "log4j-1.2-api",
]
_FLAGS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # the quickest start of a small job
_CONFIGURATION = """<configuration>
  <property><name>hadoop.tmp.dir</name><value>{scratch}</value></property>
</configuration>
"""
_LOGGING = """appender.file.type = File
appender.file.name = file
appender.file.fileName = {scratch}/hadoop.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n
rootLogger.level = INFO
rootLogger.appenderRef.file.ref = file
"""

_PYSPARK = importlib.util.find_spec("pyspark")

needs_hadoop = pytest.mark.skipif(
    _PYSPARK is None or shutil.which("java") is None,
    reason="needs Java 17 or later on PATH and Hadoop's classes: apt-get install default-jre-headless,"
    " pip install pyspark",
)
needs_javac = pytest.mark.skipif(
    _PYSPARK is None or shutil.which("javac") is None,
    reason="needs a JDK on PATH and Hadoop's classes: apt-get install default-jdk-headless,"
    " pip install pyspark",
)


def run_jar(jar: Path, arguments: Sequence[object], scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run a jar's main class by RunJar and LocalJobRunner; `scratch` gets Hadoop's files and `hadoop.log`."""
    assert _PYSPARK is not None
    assert _PYSPARK.origin is not None
    jars = Path(_PYSPARK.origin).parent / "jars"
    class_path = [str(path) for name in _JARS for path in jars.glob(f"{name}-[0-9]*.jar")]
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "core-site.xml").write_text(_CONFIGURATION.format(scratch=scratch))
    (scratch / "log4j2.properties").write_text(_LOGGING.format(scratch=scratch))
    command = ["java", *_FLAGS, "-cp", ":".join([*class_path, str(scratch)]), "org.apache.hadoop.util.RunJar"]
    return subprocess.run(
        [*command, jar, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=scratch
    )
