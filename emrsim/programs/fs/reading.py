"""Commands that read: cat, text, tail, head, getmerge."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator

from emrsim.mapreduce.formats import codecs
from emrsim.programs.files import add_file, replacing, write_all
from emrsim.programs.fs.paths import IS_A_DIRECTORY, Item, PathError, local
from emrsim.programs.fs.shell import Call

_END_BYTES = 1024  # what tail and head show
_LOOK_EVERY_SECONDS = 1.0


def cat(call: Call) -> None:
    """The bytes of files."""
    for item in call.items():
        with call.complaining():
            _check_file(item)
            with open(item.path, "rb") as source:
                shutil.copyfileobj(source, sys.stdout.buffer)


def text(call: Call) -> None:
    """Files as text: decompressed, and the records of sequence files as lines."""
    for item in call.items():
        with call.complaining():
            _check_file(item)
            for chunk in _text_chunks(item):
                sys.stdout.buffer.write(chunk)


def tail(call: Call) -> None:
    """The last 1,024 bytes of a file; with -f also what is added to it, until a signal ends it."""
    for item in call.items():
        with call.complaining():
            _check_file(item)
            _show_from(item, max(item.size - _END_BYTES, 0), follow="f" in call.options)


def head(call: Call) -> None:
    """The first 1,024 bytes of a file."""
    for item in call.items():
        with call.complaining():
            _check_file(item)
            with open(item.path, "rb") as source:
                sys.stdout.buffer.write(source.read(_END_BYTES))


def getmerge(call: Call) -> None:
    """Files, and those directly in directories, one after the other in a local file."""
    *words, destination = call.words
    target = local(destination, call.storage)
    with call.complaining():
        _check_file(target)
        sources = [file for item in call.items(words) for file in _files(item)]
        if call.errors:
            return
        with replacing(str(target.writable())) as made:
            for file in sources:
                add_file(str(file.path), made)
                if "nl" in call.options and (file.size or "skip-empty-file" not in call.options):
                    write_all(made, b"\n")


def _files(item: Item) -> list[Item]:
    return [child for child in item.children() if not child.is_folder] if item.is_folder else [item]


def _check_file(item: Item) -> None:
    if item.is_folder:
        raise PathError(item, IS_A_DIRECTORY)


def _text_chunks(item: Item) -> Iterator[bytes]:
    with open(item.path, "rb") as source:
        magic = source.read(3)
    if magic == b"SEQ":
        yield from _records(item)
    elif magic[:2] == b"\x1f\x8b":
        yield from codecs.read_chunks(item.path, ending=".gz")
    elif codecs.is_compressed(item.name):
        yield from codecs.read_chunks(item.path)
    else:
        yield item.path.read_bytes()


def _records(item: Item) -> Iterator[bytes]:
    from emrsim.mapreduce.formats.sequencefile import read_pairs

    for pairs in read_pairs(item.path, name=item.text):
        yield b"".join(key + b"\t" + value + b"\n" for key, value in pairs)


def _show_from(item: Item, start: int, *, follow: bool) -> None:
    with open(item.path, "rb") as source:
        source.seek(start)
        while True:
            shutil.copyfileobj(source, sys.stdout.buffer)
            sys.stdout.flush()
            if not follow:
                return
            time.sleep(_LOOK_EVERY_SECONDS)
            if os.fstat(source.fileno()).st_nlink == 0:
                return  # removed, or replaced as a whole
