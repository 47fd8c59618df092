"""The jars and scripts that EMR itself supplies, by the names they have had.

Source: docs/facts/api.md#steps-and-jars.
"""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import fnmatchcase


class KnownJar(Enum):
    """A jar of EMR's own; none of them is a file here: emrsim does what they do."""

    STREAMING = "hadoop-streaming.jar"
    SCRIPT_RUNNER = "script-runner.jar"
    COMMAND_RUNNER = "command-runner.jar"
    S3_DIST_CP = "s3-dist-cp.jar"
    EXAMPLES = "hadoop-mapreduce-examples.jar"
    DISTCP = "hadoop-distcp.jar"


# In `/home/hadoop/contrib/streaming/`, in a Hadoop installation, in a bucket of EMR's or the user's: what
# counts is the base name.
_NAMES = (
    (KnownJar.STREAMING, r"hadoop-([0-9.]+-)?streaming(-[0-9.]+)?(-amzn-\d+)?\.jar"),
    (KnownJar.SCRIPT_RUNNER, r"script-runner\.jar"),
    (KnownJar.COMMAND_RUNNER, r"command-runner\.jar"),
    (KnownJar.S3_DIST_CP, r"(emr-)?s3-?dist-?cp(-[0-9.]+)?\.jar"),
    (KnownJar.DISTCP, r"hadoop-distcp(-[0-9.]+)?(-amzn-\d+)?\.jar"),
    (KnownJar.EXAMPLES, r"hadoop-(mapreduce-)?examples(-[0-9.]+)?(-amzn-\d+)?\.jar"),
)
_PATTERNS = tuple((jar, re.compile(rf"(.*/)?{name}", re.DOTALL)) for jar, name in _NAMES)


def known_jar(jar: str) -> KnownJar | None:
    """Which of EMR's jars a path or URI names; None for a jar of the user's.

    A name with `*`, `?` or `[`, which the shell leaves as it is where no file fits, names what it would have
    on EMR's machines.
    """
    found = next((known for known, pattern in _PATTERNS if pattern.fullmatch(jar)), None)
    return found or (_jar_of_glob(jar) if _GLOB.search(jar) else None)


_GLOB = re.compile(r"[*?[]")
# Where EMR's machines have jars, in the forms that globs are written for
# (docs/facts/releases.md#the-masters-file-system).
_ON_EMR = {
    KnownJar.STREAMING: (
        "/home/hadoop/contrib/streaming/hadoop-streaming.jar",
        "/home/hadoop/contrib/streaming/hadoop-streaming-1.0.3.jar",
        "/home/hadoop/contrib/streaming/hadoop-0.20-streaming.jar",
        "/usr/lib/hadoop/hadoop-streaming.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-streaming.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-streaming-2.8.5-amzn-6.jar",
        "/home/hadoop/share/hadoop/tools/lib/hadoop-streaming-2.4.0.jar",
    ),
    KnownJar.S3_DIST_CP: (
        "/home/hadoop/lib/emr-s3distcp-1.0.jar",
        "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar",
        "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp-2.36.0.jar",
    ),
    KnownJar.EXAMPLES: (
        "/home/hadoop/hadoop-examples.jar",
        "/home/hadoop/hadoop-examples-1.0.3.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples.jar",
        "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-examples-2.8.5-amzn-6.jar",
    ),
}


def _jar_of_glob(pattern: str) -> KnownJar | None:
    """What a glob means by its whole path, else by its last part alone; None where that may be several."""
    name = pattern.rpartition("/")[2]
    by_path = {jar for jar, paths in _ON_EMR.items() if any(fnmatchcase(path, pattern) for path in paths)}
    by_name = {
        jar
        for jar, paths in _ON_EMR.items()
        if any(fnmatchcase(path.rpartition("/")[2], name) for path in paths)
    }
    found = by_path or by_name
    return found.pop() if len(found) == 1 else None


# In `s3://elasticmapreduce` and its regional copies, `libs/` and `bootstrap-actions/`; and all that
# `s3://support.elasticmapreduce` has, its jars aside.
_EMRS_SCRIPT = re.compile(
    r"s3[na]?://(?:(?:[a-z0-9-]+\.)?elasticmapreduce/(?:libs|bootstrap-actions|samples/node)"
    r"|support\.elasticmapreduce)/(?:.*/)?([^/]+)(?<!\.jar)",
    re.DOTALL,
)


def emrs_script(uri: str) -> str | None:
    """The name of the script of EMR's own that `uri` is, such as `hive-script` or `run-if`; or None."""
    found = _EMRS_SCRIPT.fullmatch(uri)
    return found.group(1) if found else None
