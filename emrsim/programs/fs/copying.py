"""Commands that copy and move: put, get, cp, mv and their other names."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from emrsim.programs.files import add_file, copy_file, replacing, write_all
from emrsim.programs.fs.paths import (
    FILE_EXISTS,
    INPUT_OUTPUT_ERROR,
    IS_NOT_A_DIRECTORY,
    NO_SUCH_FILE,
    FsError,
    Item,
    PathError,
    local,
    named,
)
from emrsim.programs.fs.shell import Call

_BLOCK_BYTES = 1 << 20


def put(call: Call) -> None:
    """Copy files of this machine, or standard input (`-`)."""
    words, destination = _split(call)
    with call.complaining():
        if words == ["-"]:
            _put_input(call, named(destination, call.storage))
            return
        sources = [local(word, call.storage) for word in words]
        _copy_all(call, sources, named(destination, call.storage), moves=False)


def move_from_local(call: Call) -> None:
    """Copy files of this machine and remove them."""
    words, destination = _split(call)
    with call.complaining():
        sources = [local(word, call.storage) for word in words]
        _copy_all(call, sources, named(destination, call.storage), moves=True)


def move_to_local(call: Call) -> None:
    """As in Hadoop, to this day."""
    call.complain("Option '-moveToLocal' is not implemented yet.")


def get(call: Call) -> None:
    """Copy files to this machine."""
    words, destination = _split(call)
    with call.complaining():
        target = local(destination, call.storage)
        _copy_all(call, list(call.items(words)), target, moves=False)


def cp(call: Call) -> None:
    """Copy files."""
    words, destination = _split(call)
    with call.complaining():
        target = _single(call, destination)
        _copy_all(call, list(call.items(words)), target, moves=False)


def mv(call: Call) -> None:
    """Move files within a file system."""
    words, destination = _split(call)
    with call.complaining():
        target = _single(call, destination)
        sources = list(call.items(words))
        _check_destination(sources, target, overwrite=False)
        for source in sources:
            with call.complaining():
                _move(source, _place(source, target))


def append_to_file(call: Call) -> None:
    """Add files of this machine, or standard input (`-`), to the end of a file."""
    *words, destination = call.words
    with call.complaining():
        target = named(destination, call.storage)
        sources = [local(word, call.storage) for word in words if word != "-"]
        for source in sources:
            if not source.exists:
                raise PathError(source, NO_SUCH_FILE)
        if not target.parent_exists():
            raise PathError(target, NO_SUCH_FILE)
        with replacing(str(target.writable())) as made:
            for path in [target.path] if target.exists else []:
                add_file(str(path), made)
            for source in sources:
                add_file(str(source.path), made)
            if "-" in words:
                _write_input(made)


def _split(call: Call) -> tuple[list[str], str]:
    """The sources and the destination, which is `.` if there is one word only."""
    return (call.words[:-1], call.words[-1]) if len(call.words) > 1 else (call.words, ".")


def _single(call: Call, word: str) -> Item:
    """The destination: a pattern may match one path."""
    found = call.named([word])
    if call.errors:
        raise FsError(f"`{word}': the destination cannot be used")
    if len(found) > 1:
        raise PathError(word, "Too many matches")
    return found[0]


def _check_destination(sources: Sequence[Item], target: Item, *, overwrite: bool) -> None:
    """Refuse a destination that does not go with the sources (source: Hadoop's CommandWithDestination)."""
    if len(sources) > 1:
        if not target.exists:
            raise PathError(target, NO_SUCH_FILE)
        if not target.is_folder:
            raise PathError(target, IS_NOT_A_DIRECTORY)
    elif target.exists:
        if not target.is_folder and not overwrite:
            raise PathError(target, FILE_EXISTS)
    elif not target.parent_exists():
        raise PathError(target, NO_SUCH_FILE)


def _copy_all(call: Call, sources: list[Item], target: Item, *, moves: bool) -> None:
    if not sources:
        return
    _check_destination(sources, target, overwrite="f" in call.options)
    for source in sources:
        with call.complaining():
            if not source.exists:
                raise PathError(source, NO_SUCH_FILE)
            place = _place(source, target)
            if source.is_folder:
                _check_not_into_itself(source, place)
            errors = call.errors
            _copy(call, source, place)
            if moves and call.errors == errors:
                _remove(source)


def _place(source: Item, target: Item) -> Item:
    """Where a source goes: into a directory, or to the name given."""
    return target.child(source.name) if target.is_folder or target.text.endswith("/") else target


def _check_not_into_itself(source: Item, place: Item) -> None:
    real_source, real_place = Path(os.path.realpath(source.path)), Path(os.path.realpath(place.path))
    if real_source == real_place:
        raise PathError(source, "are identical", place)
    if real_source in real_place.parents:
        raise PathError(source, "is a subdirectory of itself", place)


def _copy(call: Call, source: Item, target: Item) -> None:
    if not source.is_folder:
        _copy_one(call, source, target)
        return
    if not target.exists:
        target.writable().mkdir()
        target.refresh()
    if not target.is_folder:
        raise PathError(target, IS_NOT_A_DIRECTORY)
    for child in source.children():
        with call.complaining():
            _copy(call, child, target.child(child.name))


def _copy_one(call: Call, source: Item, target: Item) -> None:
    if target.exists and (target.is_folder or "f" not in call.options):
        raise PathError(target, FILE_EXISTS)
    path = str(target.writable())
    copy_file(str(source.path), path)
    if "p" in call.options:
        shutil.copystat(source.path, path)


def _move(source: Item, target: Item) -> None:
    if not source.is_beside(target):
        raise PathError(source, "Does not match target filesystem")
    if source.is_folder:
        _check_not_into_itself(source, target)
    if target.exists or source.is_top:
        raise PathError(source, INPUT_OUTPUT_ERROR)
    os.rename(source.writable(), target.writable())


def _remove(source: Item) -> None:
    if source.is_folder:
        shutil.rmtree(source.path)
    else:
        source.writable().unlink()


def _put_input(call: Call, target: Item) -> None:
    _check_destination([target], target, overwrite="f" in call.options)
    if target.is_folder:
        raise PathError(target, FILE_EXISTS)
    with replacing(str(target.writable())) as made:
        _write_input(made)


def _write_input(made: int) -> None:
    while block := sys.stdin.buffer.read(_BLOCK_BYTES):
        write_all(made, block)
