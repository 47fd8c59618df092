"""Which files become which outputs: groups, sizes, names. Rules without I/O.

Source: EMR Release Guide, UsingEMR_s3distcp; where that is silent, public listings of s3-dist-cp 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from emrsim.programs.s3distcp.errors import runtime_error
from emrsim.programs.s3distcp.options import Options

# Endings of compressed files that S3DistCp knows, and the one it gives; a .bz2 is a file like any other.
_CODECS = {"gz": "gz", "gzip": "gz", "snappy": "snappy", "lzo": "lzo", "lzop": "lzo"}
_LZO_CODEC = "java.lang.ClassNotFoundException: com.hadoop.compression.lzo.LzopCodec"


class Source(NamedTuple):
    """A file to copy: its URI in the scheme that the user wrote, where it is, its name below the source."""

    uri: str
    path: str
    relative: str
    size: int


class Output(NamedTuple):
    """A file to write: its name below the destination, what it is made of, in order, and how.

    `codec` is the ending of what is written, "" for plain; None where the one source is written as it is.
    `append` puts the sources behind what is there.
    """

    relative: str
    sources: tuple[Source, ...]
    codec: str | None
    append: bool = False


# The size of what is already at a name below the destination; None if nothing is.
Existing = Callable[[str], int | None]


def plan(sources: Sequence[Source], options: Options, existing: Existing) -> list[Output]:
    """The outputs of all `sources`. Raises CopyRefused for files that cannot be put together."""
    make = _one_by_one if options.group_by is None else _grouped
    outputs = list(make(sources, options, existing))
    if len({output.relative for output in outputs}) < len(outputs):
        raise runtime_error(_same_name(outputs))
    for output in outputs:
        if not _can_be_made(output):
            raise runtime_error(f"{output.sources[0].uri}: there is no LZO library here: {_LZO_CODEC}")
    return outputs


def _can_be_made(output: Output) -> bool:
    """LZO files can be copied as they are, and nothing more."""
    if output.codec is None:
        return True
    codecs = {codec_of(source.relative) for source in output.sources} | {output.codec}
    return "lzo" not in codecs or (len(codecs) == len(output.sources) == 1 and not output.append)


def codec_of(name: str) -> str:
    """Which codec the ending of a file's name tells of; "" for a plain file."""
    return _CODECS.get(_ending(name).lower(), "")


def wanted(uri: str, options: Options) -> bool:
    """Whether the patterns choose the file `uri`: both match the whole of it, and the groups have a text."""
    if options.source_pattern is not None and not options.source_pattern.fullmatch(uri):
        return False
    return options.group_by is None or bool(group_text(options.group_by, uri))


def group_text(pattern: re.Pattern[str], uri: str) -> str:
    """What the parentheses of `pattern` match in `uri`, put together; "" if `uri` does not match.

    A group that took no part is `null`, as in Java; slashes at the ends do not count.
    """
    found = pattern.fullmatch(uri)
    if found is None:
        return ""
    return "".join("null" if text is None else text for text in found.groups()).strip("/")


def cut(sources: Sequence[Source], target_bytes: int | None, already: int = 0) -> Iterator[list[Source]]:
    """The sources in pieces, each ending with the file that fills it up to `target_bytes`.

    The first is filled by `already` bytes before.
    """
    piece: list[Source] = []
    size = already
    for source in sources:
        piece.append(source)
        size += source.size
        if target_bytes is not None and size >= target_bytes:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _one_by_one(sources: Sequence[Source], options: Options, existing: Existing) -> Iterator[Output]:
    numbers = count(options.starting_index) if options.starting_index is not None else None
    if numbers is None and options.codec is None and not options.append:
        for source in sources:  # the usual case, and often of very many files
            yield Output(source.relative, (source,), None)
        return
    for source in sources:
        folder, name = _split(source.relative)
        codec = codec_of(name) if options.codec is None else options.codec
        number = "" if numbers is None else str(next(numbers))
        ended = name if options.codec is None else _with_codec(name, "", codec)
        relative = f"{folder}{number}{ended}"
        append = options.append and existing(relative) is not None
        yield Output(relative, (source,), codec, append)


class _Names:
    """Gives names to outputs of groups; what is taken, at the destination or in this run, stays as it is."""

    def __init__(self, existing: Existing) -> None:
        self._existing = existing
        self._given: set[str] = set()

    def free(self, first: str, make: Callable[[str], str]) -> str:
        """The first name that `make` makes of the index `first`, 1, 2 … and that nothing has."""
        name = next(
            name
            for name in map(make, _indices(first))
            if name not in self._given and self._existing(name) is None
        )
        self._given.add(name)
        return name

    def last(self, make: Callable[[str], str]) -> tuple[str, int] | None:
        """The last of the files that earlier runs wrote, and its size; each is given once."""
        first = "" if self._existing(make("")) is not None else "0"
        last = None
        for name in map(make, _indices(first)):
            size = self._existing(name)
            if size is None:
                break
            last = name, size
        return None if last is None or last[0] in self._given else last

    def give(self, name: str) -> None:
        """Count `name` as taken."""
        self._given.add(name)


def _indices(first: str) -> Iterator[str]:
    yield first
    yield from map(str, count(1))


def _grouped(sources: Sequence[Source], options: Options, existing: Existing) -> Iterator[Output]:
    assert options.group_by is not None
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(group_text(options.group_by, source.uri), []).append(source)
    names = _Names(existing)
    numbers = None if options.starting_index is None else count(options.starting_index)
    for text, members in groups.items():
        yield from _outputs_of(text, members, options, names, numbers)


def _outputs_of(
    text: str, members: list[Source], options: Options, names: _Names, numbers: Iterator[int] | None
) -> Iterator[Output]:
    """The outputs of one group, each in the folder of its first file."""
    codec = _common_codec(members) if options.codec is None else options.codec
    stem = text.rpartition("/")[2]

    def naming(piece: Sequence[Source]) -> Callable[[str], str]:
        number = "" if numbers is None else str(next(numbers))
        return lambda index: f"{_split(piece[0].relative)[0]}{number}{_with_codec(stem, index, codec)}"

    last = names.last(naming(members)) if options.append and numbers is None else None
    if last is not None and not _fits(last[1] + members[0].size, options.target_bytes):
        last = None
    pieces = list(cut(members, options.target_bytes, last[1] if last else 0))
    # One output bears the text of its group, several are numbered from 0 (source: the guide, --targetSize).
    first = "" if len(pieces) == 1 else "0"
    if last is not None:
        names.give(last[0])
        yield Output(last[0], tuple(pieces.pop(0)), codec, append=True)
        first = "1"
    for piece in pieces:
        yield Output(names.free(first, naming(piece)), tuple(piece), codec)


def _fits(size: int, target_bytes: int | None) -> bool:
    return target_bytes is None or size < target_bytes


def _common_codec(members: Sequence[Source]) -> str:
    codecs = {codec_of(source.relative) for source in members}
    if len(codecs) > 1:
        raise runtime_error(
            "Cannot keep compression scheme for input files with different compression schemes."
        )
    return codecs.pop()


def _with_codec(name: str, index: str, codec: str) -> str:
    """`name` with `index` in front of the ending of its codec; the ending that it had is dropped."""
    stem = name[: -len(_ending(name)) - 1] if codec_of(name) else name
    return f"{stem}{index}.{codec}" if codec else f"{stem}{index}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2] if "." in name else ""


def _split(relative: str) -> tuple[str, str]:
    folder, slash, name = relative.rpartition("/")
    return folder + slash, name


def _same_name(outputs: Sequence[Output]) -> str:
    first: dict[str, str] = {}
    for output in outputs:
        uri = output.sources[0].uri
        if output.relative in first:
            return f"{first[output.relative]} and {uri} would both become {output.relative}"
        first[output.relative] = uri
    raise AssertionError("two outputs have one name")
