"""The jars and scripts that EMR itself supplies, by the names they have had.

Source: docs/facts/api.md#steps-and-jars.
"""

from __future__ import annotations

import re
from enum import Enum


class KnownJar(Enum):
    """A jar of EMR's own; none of them is a file here: emrsim does what they do."""

    STREAMING = "hadoop-streaming.jar"
    SCRIPT_RUNNER = "script-runner.jar"
    COMMAND_RUNNER = "command-runner.jar"
    S3_DIST_CP = "s3-dist-cp.jar"
    EXAMPLES = "hadoop-mapreduce-examples.jar"


# In `/home/hadoop/contrib/streaming/`, in a Hadoop installation, in a bucket of EMR's or the user's: what
# counts is the base name.
_NAMES = (
    (KnownJar.STREAMING, r"hadoop-([0-9.]+-)?streaming(-[0-9.]+)?(-amzn-\d+)?\.jar"),
    (KnownJar.SCRIPT_RUNNER, r"script-runner\.jar"),
    (KnownJar.COMMAND_RUNNER, r"command-runner\.jar"),
    (KnownJar.S3_DIST_CP, r"(emr-)?s3-?dist-?cp(-[0-9.]+)?\.jar"),
    (KnownJar.EXAMPLES, r"hadoop-(mapreduce-)?examples(-[0-9.]+)?(-amzn-\d+)?\.jar"),
)
_PATTERNS = tuple((jar, re.compile(rf"(.*/)?{name}", re.DOTALL)) for jar, name in _NAMES)


def known_jar(jar: str) -> KnownJar | None:
    """Which of EMR's jars a path or URI names; None for a jar of the user's."""
    return next((known for known, pattern in _PATTERNS if pattern.fullmatch(jar)), None)


# In `s3://elasticmapreduce` and its regional copies, `libs/` and `bootstrap-actions/`.
_EMRS_SCRIPT = re.compile(
    r"s3[na]?://(?:[a-z0-9-]+\.)?elasticmapreduce/(?:libs|bootstrap-actions)/(?:.*/)?([^/]+)", re.DOTALL
)


def emrs_script(uri: str) -> str | None:
    """The name of the script of EMR's own that `uri` is, such as `hive-script` or `run-if`; or None."""
    found = _EMRS_SCRIPT.fullmatch(uri)
    return found.group(1) if found else None
