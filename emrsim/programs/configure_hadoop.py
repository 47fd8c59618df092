"""The bootstrap actions `configure-hadoop` and `configure-daemons` (docs/facts/api.md#bootstrap-actions).

configure-hadoop changes the cluster's site files, which streaming jobs and jars read. There are no daemons
here, so configure-daemons is checked and told, and has no effect.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from emrsim.core.ports import StorageError
from emrsim.programs.site_files import BadSiteFile, merge_into_site_file, read_site_file
from emrsim.programs.surroundings import Surroundings, surroundings

# A small letter takes `key=value`, a capital one a file to merge; the set of letters is partly assumed.
_SITE_FILES = {
    "c": "core-site.xml",
    "h": "hdfs-site.xml",
    "s": "hdfs-site.xml",
    "m": "mapred-site.xml",
    "y": "yarn-site.xml",
    "z": "capacity-scheduler.xml",
    "t": "httpfs-site.xml",
    "e": "emrfs-site.xml",
}
_LONG_NAMES = {
    "core": "c", "hdfs": "h", "mapred": "m", "yarn": "y", "emrfs": "e", "site": "m",
}  # fmt: skip
_LOG4J = "l"  # properties of daemons' logs: taken, without effect

_DAEMON = r"--(namenode|datanode|jobtracker|tasktracker|resourcemanager|nodemanager|client)"
_DAEMON_OPTION = re.compile(rf"{_DAEMON}-(heap-size=\d+|opts=.*)|--replace", re.DOTALL)


class _BadArguments(Exception):
    """Arguments that make no sense; the message tells which."""


def main(arguments: list[str]) -> int:
    """configure-hadoop: 0 once all the settings are in the site files, 1 with none of them changed."""
    around = surroundings()
    if around.conf is None:
        print("configure-hadoop: HADOOP_CONF_DIR is not set", file=sys.stderr)
        return 1
    try:
        settings = list(_settings(arguments, around))
    except (_BadArguments, BadSiteFile, StorageError) as error:
        print(f"configure-hadoop: {error}", file=sys.stderr)
        return 1
    for file, properties in settings:
        merge_into_site_file(around.conf / file, properties)
    return 0


def configure_daemons(arguments: list[str]) -> int:
    """configure-daemons: 0 for options that there are, which have no effect here."""
    for argument in arguments:
        if not _DAEMON_OPTION.fullmatch(argument):
            print(f"configure-daemons: unknown option: {argument}", file=sys.stderr)
            return 1
    print("There are no Hadoop daemons here: these settings have no effect.")
    return 0


def _settings(arguments: list[str], around: Surroundings) -> Iterator[tuple[str, dict[str, str]]]:
    """Site files and what is to be set in them."""
    words = iter(arguments)
    for word in words:
        letter, equals, value = _letter(word)
        if not equals:
            value = next(words, "")
        if not value:
            raise _BadArguments(f"{word} takes a value")
        if letter.lower() == _LOG4J:
            print(f"{word} {value}: there are no daemons here whose logs it could change")
        elif letter.isupper():
            yield _SITE_FILES[letter.lower()], _properties_of(value, around)
        else:
            name, equals, text = value.partition("=")
            if not equals:
                raise _BadArguments(f"{value} is not KEY=VALUE")
            yield _SITE_FILES[letter], {name: text}


def _letter(word: str) -> tuple[str, str, str]:
    """`-m`, `--mapred-key-value` or `--mapred-config-file`, perhaps with `=value`, as the letter's form."""
    option, equals, value = word.partition("=")
    if long := re.fullmatch(r"--(\w+)-(key-value|config-file)", option):
        letter = _LONG_NAMES.get(long.group(1), "?")
        option = f"-{letter if long.group(2) == 'key-value' else letter.upper()}"
    name = option.removeprefix("-")
    if not option.startswith("-") or name.lower() not in {*_SITE_FILES, _LOG4J}:
        raise _BadArguments(f"unknown option: {word}")
    return name, equals, value


def _properties_of(uri: str, around: Surroundings) -> dict[str, str]:
    path = around.storage.shipped_path(uri)
    if not path.is_file():
        raise _BadArguments(f"there is no file {uri}")
    return read_site_file(path)
