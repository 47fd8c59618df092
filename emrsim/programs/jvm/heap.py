"""How much memory a job's one Java may take."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from emrsim.programs.site_files import read_site_file

# Client and tasks are one process here, so the largest of what they were given is its heap.
_TASK_FLAGS = (
    "mapreduce.map.java.opts",
    "mapreduce.reduce.java.opts",
    "mapred.map.child.java.opts",
    "mapred.reduce.child.java.opts",
    "mapred.child.java.opts",
)
_HEAP_FLAG = re.compile(r"-Xmx(\d+)([kmgt]?)", re.IGNORECASE)
_HEAP_SHARE = 0.5  # of a limit; the rest is for Java itself, its threads and its code
_SCALES = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}


def heap_flags(
    conf: Path, arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> list[str]:
    """`-Xmx` as HADOOP_HEAPSIZE, the site files or `-D` among the arguments say; none: Java's own choice.

    Where the memory of the process is limited, the heap stays so far below that a job that needs more fails
    with Java's OutOfMemoryError, not with Java's end.
    """
    properties = {**read_site_file(conf / "mapred-site.xml"), **dict(_settings(arguments))}
    sizes = [
        int(number) << _SCALES[unit.lower()]
        for name in _TASK_FLAGS
        for number, unit in _HEAP_FLAG.findall(properties.get(name, ""))
    ]
    client = environment.get("HADOOP_HEAPSIZE_MAX") or environment.get("HADOOP_HEAPSIZE") or ""
    if found := re.fullmatch(r"(\d+)([kmgt]?)", client, re.IGNORECASE):
        sizes.append(int(found[1]) << _SCALES[found[2].lower() or "m"])
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit != resource.RLIM_INFINITY:
        share = int(limit * _HEAP_SHARE)
        sizes = [min(max(sizes, default=share), share)]
    return [f"-Xmx{max(sizes)}"] if sizes else []


def _settings(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`-D name=value` and `-Dname=value`."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word.startswith("-D"):
            name, equals, value = (following if word == "-D" else word.removeprefix("-D")).partition("=")
            if equals:
                yield name, value
