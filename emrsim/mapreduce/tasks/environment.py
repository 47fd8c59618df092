"""The environment of the commands: the caller's, every job property, and what is known of the task."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.names import OLD_NAMES

_UNSAFE = re.compile(r"[^A-Za-z0-9]")
# A value longer than this would make exec fail (Linux: MAX_ARG_STRLEN is 128 KiB, name included).
_VALUE_BYTES_MAX = 120_000


def job_environment(configuration: Configuration, settings: Iterable[str], generation: int) -> dict[str, str]:
    """What all tasks of a job share; `settings` are the `-cmdenv` pairs.

    Hadoop 2 exports new property names only; Hadoop 1 mode exports both.
    """
    environment = dict(os.environ)
    environment["HADOOP_ROOT_LOGGER"] = ""
    environment.update(exported(configuration, generation))
    for setting in settings:
        # Hadoop joins the settings with blanks and splits them again, so no value can hold one.
        for part in setting.split(" "):
            name, equals, value = part.partition("=")
            if equals:
                environment[name] = value
    return environment


def exported(properties: Iterable[tuple[str, str]], generation: int) -> dict[str, str]:
    """Properties as environment variables, each character but letters and digits turned into `_`."""
    result = {}
    for name, value in properties:
        if len(value) > _VALUE_BYTES_MAX or "\0" in value:
            continue
        result[_UNSAFE.sub("_", name)] = value
        if generation == 1 and name in OLD_NAMES:
            result[_UNSAFE.sub("_", OLD_NAMES[name])] = value
    return result
