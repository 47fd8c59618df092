"""Commands that make and remove: mkdir, touchz, rm, rmdir, and those that change what has no meaning here."""

from __future__ import annotations

import re
import shutil

from emrsim.programs.files import replacing
from emrsim.programs.fs.paths import (
    FILE_EXISTS,
    INPUT_OUTPUT_ERROR,
    IS_A_DIRECTORY,
    IS_NOT_A_DIRECTORY,
    NO_SUCH_FILE,
    FsError,
    Item,
    PathError,
    expand,
    makes_parents,
)
from emrsim.programs.fs.shell import Call, IllegalArgument

_MODE = re.compile(r"(\d?[0-7]{3}|[ugoa]*[-+=]+[rwxXt]+(,[ugoa]*[-+=]+[rwxXt]+)*)")


def mkdir(call: Call) -> None:
    """Make directories, with -p those above them too."""
    for item in call.named():
        with call.complaining():
            _make_folder(item, with_parents="p" in call.options)


def _make_folder(item: Item, *, with_parents: bool) -> None:
    if item.exists and not item.is_folder:
        raise PathError(item, IS_NOT_A_DIRECTORY)
    if item.exists and not with_parents:
        raise PathError(item, FILE_EXISTS)
    above = next(folder for folder in item.path.parents if folder.exists())
    if not above.is_dir():
        raise FsError(f"Parent path is not a directory: {item}")
    if not with_parents and not makes_parents() and above != item.path.parent:
        raise PathError(item, NO_SUCH_FILE)
    item.writable().mkdir(parents=True, exist_ok=True)


def touchz(call: Call) -> None:
    """Make empty files."""
    for item in call.named():
        with call.complaining():
            if item.is_folder:
                raise PathError(item, IS_A_DIRECTORY)
            if item.size:
                raise PathError(item, "Not a zero-length file")
            if not item.parent_exists():
                raise PathError(item, NO_SUCH_FILE)
            with replacing(str(item.writable())):
                pass  # nothing to write


def rm(call: Call) -> None:
    """Remove files, with -r directories; with -f what is not there is no error. There is no trash."""
    for item in _to_remove(call):
        with call.complaining():
            if item.is_folder and not call.options.keys() & {"r", "R"}:
                raise PathError(item, IS_A_DIRECTORY)
            _remove(item)
            call.say(f"Deleted {item}")


def _to_remove(call: Call) -> list[Item]:
    if "f" not in call.options:
        return list(call.items())
    return [item for word in call.words for item in _found(call, word)]


def _found(call: Call, word: str) -> list[Item]:
    try:
        return [item for item in expand(word, call.storage) if item.exists]
    except FsError:
        return []  # a pattern that matches nothing


def _remove(item: Item) -> None:
    path = item.writable()
    if item.is_top:
        raise PathError(item, INPUT_OUTPUT_ERROR)
    if item.is_folder and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def rmdir(call: Call) -> None:
    """Remove empty directories."""
    for item in call.items():
        with call.complaining():
            if not item.is_folder:
                raise PathError(item, IS_NOT_A_DIRECTORY)
            if item.children():
                if "-ignore-fail-on-non-empty" not in call.options:
                    raise PathError(item, "Directory is not empty")
            else:
                _remove(item)


def chmod(call: Call) -> None:
    """Accepted: modes mean nothing here, and would lock emrsim itself out."""
    mode, *words = call.words
    if not _MODE.fullmatch(mode):
        raise IllegalArgument(f"chmod : mode '{mode}' does not match the expected pattern.")
    _accept(call, words)


def chown(call: Call) -> None:
    """Accepted: all files are the emulator's."""
    _accept(call, call.words[1:])


def setrep(call: Call) -> None:
    """Accepted: there is one copy of a file."""
    replication, *words = call.words
    if not replication.isdecimal() or int(replication[:9]) < 1:
        raise IllegalArgument(f'For input string: "{replication}"')
    for item in _accept(call, words):
        call.say(f"Replication {replication} set: {item}")


def _accept(call: Call, words: list[str]) -> list[Item]:
    items = list(call.items(words))
    call.note(f"-{call.name} {' '.join(call.words)} is accepted and changes nothing here")
    return items


def expunge(call: Call) -> None:
    """Empty the trash, which is empty."""
