"""`hadoop distcp SOURCE… TARGET`: copies trees between S3, HDFS and this machine, by way of s3-dist-cp.

Source: Hadoop's DistCp guide. A source is copied into a target that is there, and else becomes it; with
`-update` and `-overwrite` the contents of a source are copied, not itself.
"""

from __future__ import annotations

import posixpath
import sys

from emrsim.core.ports import StorageError
from emrsim.programs.generic import without_generic
from emrsim.programs.machine.said import rejected
from emrsim.programs.surroundings import surroundings
from emrsim.programs.table import run

_WITH_VALUE = {
    "-m",
    "-bandwidth",
    "-log",
    "-strategy",
    "-numListstatusThreads",
    "-blocksperchunk",
    "-copybuffersize",
}
_NOT_SUPPORTED = {"-f", "-delete", "-diff", "-rdiff", "-filters", "-append"}


def main(arguments: list[str]) -> int:
    """Copy; the exit code of s3-dist-cp for the first source that fails."""
    words, contents_only = [], False
    waiting = iter(without_generic(arguments))
    for word in waiting:
        if word in _WITH_VALUE:
            next(waiting, None)
        elif word in _NOT_SUPPORTED:
            return rejected(f"distcp {word} is not supported by emrsim")
        elif word in {"-update", "-overwrite"}:
            contents_only = True
        elif not word.startswith("-"):
            words.append(word)
    if len(words) < 2:
        print("usage: distcp OPTIONS [source_path...] <target_path>", file=sys.stderr)
        return 1
    *sources, target = words
    try:
        return _copy(sources, target, contents_only)
    except StorageError as error:
        return rejected(f"distcp: {error}")


def _copy(sources: list[str], target: str, contents_only: bool) -> int:
    storage = surroundings().storage
    is_there = storage.path(target).is_dir()
    for source in sources:
        path = storage.path(source)
        if not path.exists():
            return rejected(f"distcp: {source} doesn't exist")
        place = target
        if path.is_dir() and ((is_there and not contents_only) or len(sources) > 1):
            place = f"{target.rstrip('/')}/{posixpath.basename(source.rstrip('/'))}"
        if code := run("s3-dist-cp", ["--src", source, "--dest", place]):
            return code
    return 0
