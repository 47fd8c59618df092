"""Input files cut into splits, one map task each, numbered as Hadoop numbers them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.lines import line_ends
from emrsim.mapreduce.input.files import InputFile, Stamp, stamp_of
from emrsim.mapreduce.job.configuration import Configuration

_SLOP = 1.1  # the last split of a file may be this much larger (Hadoop: SPLIT_SLOP)
_LOCAL_BLOCK_BYTES = 32 << 20  # fs.local.block.size
_S3_BLOCK_BYTES = 64 << 20  # fs.s3n.block.size


class Split(NamedTuple):
    """`length` bytes of a file from `start`; a record belongs to the split in which it begins.

    `more`: the parts of files that follow in a combined split.
    """

    uri: str
    path: Path
    start: int
    length: int
    stamp: Stamp | None = None
    more: tuple[Split, ...] = ()

    @property
    def pieces(self) -> tuple[Split, ...]:
        """The parts of files that it consists of, each a split by itself."""
        return (self._replace(more=()), *self.more) if self.more else (self,)

    @property
    def total_length(self) -> int:
        """The bytes of all pieces."""
        return self.length + sum(piece.length for piece in self.more)

    def __str__(self) -> str:
        """As Hadoop logs it."""
        places = ",".join(f"{piece.uri}:{piece.start}+{piece.length}" for piece in self.pieces)
        return f"Paths:{places}" if self.more else places

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.start + self.length

    def check_unchanged(self) -> None:
        """Raise TaskFailed if a file is not what it was when the job began."""
        for piece in self.more:
            piece.check_unchanged()
        if self.stamp is None:
            return
        try:
            now = stamp_of(os.stat(self.path))
        except OSError as error:
            raise TaskFailed(f"java.io.FileNotFoundException: {self.uri}: {error.strerror}") from error
        if now != self.stamp:
            sizes = f"it had {self.stamp.size} bytes, and has {now.size}"
            raise TaskFailed(f"java.io.IOException: {self.uri} was changed while the job read it: {sizes}")


def split_by_size(
    files: Sequence[InputFile], configuration: Configuration, is_splittable: Callable[[str], bool]
) -> list[Split]:
    """Return the splits of FileInputFormat: aimed at the wanted number of maps, within one block each.

    `is_splittable` says whether a file of a name may be cut.
    """
    wanted = configuration.integer("mapred.map.tasks", 2)
    goal = sum(file.size for file in files) // max(wanted, 1)
    minimum = max(configuration.integer("mapred.min.split.size", 1), 1)
    splits: list[Split] = []
    for file in files:
        size = max(minimum, min(goal, _block_size(file, configuration)))
        if file.size == 0 or not is_splittable(file.path.name):
            splits.append(_split(file, 0, file.size))
        else:
            splits.extend(_cut(file, size))
    return in_task_order(splits)


def combine_by_size(
    files: Iterable[InputFile], configuration: Configuration, is_splittable: Callable[[str], bool]
) -> list[Split]:
    """Return the splits of CombineFileInputFormat: pieces of files in their order, until they fill a split.

    It has the maximum size, or a little more; without one, all are one split. Empty files go with what is
    left at the end. On one machine: nodes and racks make no difference (source: CombineFileInputFormat).
    """
    maximum = configuration.integer("mapred.max.split.size", 0)
    splits: list[Split] = []
    waiting: list[Split] = []
    empty: list[Split] = []
    size = 0
    for file in files:
        for piece in _chopped(file, configuration, maximum if is_splittable(file.path.name) else None):
            (waiting if piece.length else empty).append(piece)
            size += piece.length
            if maximum and size >= maximum:
                splits.append(_combined(waiting))
                waiting, size = [], 0
    if waiting or empty:
        splits.append(_combined([*waiting, *empty]))
    return in_task_order(splits)


def _combined(pieces: Sequence[Split]) -> Split:
    return pieces[0]._replace(more=tuple(pieces[1:]))


def _chopped(file: InputFile, configuration: Configuration, maximum: int | None) -> Iterator[Split]:
    """The pieces of a file, of its blocks each; one between once and twice the maximum is cut in halves.

    `maximum` 0: blocks as they are; None: the file is one piece.
    """
    block = file.size if maximum is None else _block_size(file, configuration)
    for begin in range(0, file.size, block) if file.size else (0,):
        left = min(block, file.size - begin)
        start = begin
        while True:
            length = left if not maximum else min(maximum, left)
            if maximum and maximum < left < 2 * maximum:
                length = left // 2
            yield _split(file, start, length)
            start += length
            left -= length
            if left <= 0:
                break


def split_by_lines(files: Iterable[InputFile], lines_per_split: int) -> list[Split]:
    """The splits of NLineInputFormat: `lines_per_split` lines each.

    A split after the first begins one byte early, since a reader skips to the next line; the first is
    one byte short (docs/facts/streaming.md#recorded-jobs).
    """
    splits = []
    for file in files:
        begin = 0
        for end in _every(lines_per_split, line_ends(file.path)):
            if begin == 0:
                splits.append(_split(file, 0, end - 1))
            else:
                splits.append(_split(file, begin - 1, end - begin))
            begin = end
    # Of equal splits, those nearer to the beginning of their file come first (recorded;
    # docs/facts/streaming.md#input).
    return in_task_order(sorted(splits, key=lambda split: split.start))


def in_task_order(splits: Iterable[Split]) -> list[Split]:
    """The splits as tasks are numbered: largest first, equal ones in the order of the files."""
    return sorted(splits, key=lambda split: -split.total_length)


def _block_size(file: InputFile, configuration: Configuration) -> int:
    s3_default = _LOCAL_BLOCK_BYTES if file.uri.startswith("file:") else _S3_BLOCK_BYTES
    return max(configuration.integer("fs.local.block.size", s3_default), 1)


def _cut(file: InputFile, size: int) -> Iterator[Split]:
    start = 0
    while (file.size - start) / size > _SLOP:
        yield _split(file, start, size)
        start += size
    if start < file.size:
        yield _split(file, start, file.size - start)


def _split(file: InputFile, start: int, length: int) -> Split:
    return Split(file.uri, file.path, start, length, file.stamp)


def _every(count: int, offsets: Iterable[int]) -> Iterator[int]:
    """Each `count`-th of `offsets`, and the last one."""
    seen = 0
    offset = 0
    for seen, offset in enumerate(offsets, start=1):
        if seen % count == 0:
            yield offset
    if seen % count:
        yield offset
