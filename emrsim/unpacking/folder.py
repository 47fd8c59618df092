"""The folder that an archive is unpacked into: files and folders first, links last."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Self

from emrsim.unpacking.limits import ArchiveError, Limits

_NAME_BYTES_MAX = 255
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Names = tuple[str, ...]
# Raises ArchiveError for a link, given its place and target, that must not be made.
LinkCheck = Callable[[Names, str], None]


def links_anywhere(place: Names, target: str) -> None:
    """Let links lead anywhere, as `tar` does: a virtualenv's python is a link to /usr/bin."""


def links_within(top: str) -> LinkCheck:
    """Let links lead to places in the folder `top` of the archive only, wherever that is moved."""

    def check(place: Names, target: str) -> None:
        names = [name for name in target.split("/") if name not in {"", "."}]
        up = next((index for index, name in enumerate(names) if name != ".."), len(names))
        # `..` behind a name could lead back from wherever a link of that name leads to.
        is_plain = not target.startswith("/") and ".." not in names[up:]
        if place[0] != top or not is_plain or up > len(place) - 2:
            raise ArchiveError(f"{'/'.join(place)} is a link to {target}, outside of {top}")

    return check


class Folder(AbstractContextManager["Folder"]):
    """Writes the members of one archive into an empty folder; the links are made by `finish`."""

    def __init__(self, path: Path, limits: Limits, check_link: LinkCheck) -> None:
        """`path` is an existing folder that nobody else writes to."""
        self._limits = limits
        self._check_link = check_link
        self._members = 0
        self._bytes = 0
        self._symbolic: dict[Names, str] = {}
        self._hard: dict[Names, Names] = {}
        self._times: dict[Names, int] = {}
        self._root = os.open(path, _DIRECTORY)
        self._last: tuple[Names, int] = ((), self._root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()
        os.close(self._root)

    def file(self, name: str, content: Iterable[bytes], mode: int, modified_ns: int | None = None) -> None:
        """Write a regular file, in the place of an earlier member of its name."""
        place = self._place(name)
        parent = self._enter(place[:-1])
        self._clear(place, parent)
        descriptor = os.open(place[-1], _NEW_FILE, 0o600, dir_fd=parent)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for block in content:
                self.count(len(block))
                view = memoryview(block)
                while view:
                    view = view[file.write(view) :]
            os.fchmod(descriptor, mode)
            if modified_ns is not None:
                os.utime(descriptor, ns=(modified_ns, modified_ns))

    def directory(self, name: str, modified_ns: int | None = None) -> None:
        """Make a folder, unless it is there."""
        place = self._place(name, may_be_top=True)
        self._enter(place)
        if modified_ns is not None and place:
            self._times[place] = modified_ns

    def symbolic_link(self, name: str, target: str) -> None:
        """Remember a link to `target`, as it is written in the archive."""
        place = self._place(name)
        if not target or "\0" in target:
            raise ArchiveError(f"{name} is a link to nothing")
        self._check_link(place, target)
        self._symbolic[place] = target

    def hard_link(self, name: str, target: str) -> None:
        """Remember another name of an earlier member."""
        place = self._place(name)
        if not (names := self._names(target)):
            raise ArchiveError(f"{name[:200]} is a hard link to nothing")
        self._hard[place] = names

    def count(self, size_bytes: int) -> None:
        """Add to what has been unpacked; raise ArchiveError if that is too much."""
        self._bytes += size_bytes
        if self._bytes > self._limits.size_bytes:
            raise ArchiveError(f"it unpacks to more than {self._limits.size_bytes:,} bytes")

    def finish(self) -> None:
        """Make the links, hard ones first: nothing is written after them."""
        for place, target in self._hard.items():
            if self._symbolic.get(target) is None:
                self._link(place, target)
        for place, text in self._symbolic.items():
            self._make_symbolic(place, text)
        for place, target in self._hard.items():  # another name of a link is a link of the same text
            if (text_of_link := self._symbolic.get(target)) is not None:
                self._check_link(place, text_of_link)
                self._make_symbolic(place, text_of_link)
        for place, modified_ns in sorted(self._times.items(), reverse=True):  # inner ones first
            os.utime(self._enter(place), ns=(modified_ns, modified_ns))

    def _make_symbolic(self, place: Names, text: str) -> None:
        parent = self._enter(place[:-1])
        self._clear(place, parent)
        os.symlink(text, place[-1], dir_fd=parent)

    def _link(self, place: Names, target: Names) -> None:
        what = f"{'/'.join(place)} is a hard link to {'/'.join(target)}"
        try:
            source = self._open(target[:-1])
        except FileNotFoundError:
            raise ArchiveError(f"{what}, which is not in the archive") from None
        try:
            parent = self._enter(place[:-1])
            if not stat.S_ISREG(os.stat(target[-1], dir_fd=source, follow_symlinks=False).st_mode):
                raise ArchiveError(f"{what}, which is no file")
            if place == target:
                raise ArchiveError(f"{what}, which is itself")
            self._clear(place, parent)
            os.link(target[-1], place[-1], src_dir_fd=source, dst_dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            raise ArchiveError(f"{what}, which is not in the archive") from None
        finally:
            os.close(source)

    def _place(self, name: str, *, may_be_top: bool = False) -> Names:
        self._members += 1
        if self._members > self._limits.members:
            raise ArchiveError(f"it has more than {self._limits.members:,} members")
        names = self._names(name)
        if not names and not may_be_top:
            raise ArchiveError(f"the member {name[:100]!r} has no name")
        # A later member takes the place of a link; what would be below a link is written through it.
        self._symbolic.pop(names, None)
        self._hard.pop(names, None)
        return names

    def _names(self, name: str) -> Names:
        """Return a path as names below the folder; a leading `/` is left out, as `tar` does."""
        names = tuple(part for part in name.split("/") if part not in {"", "."})
        if ".." in names:
            raise ArchiveError(f"the member {name[:200]} would leave the archive's folder")
        if len(names) > self._limits.depth:
            raise ArchiveError(
                f"a member is nested more than {self._limits.depth} folders deep: {name[:100]}…"
            )
        if "\0" in name or any(len(os.fsencode(part)) > _NAME_BYTES_MAX for part in names):
            raise ArchiveError(f"a member has a name that no file can have: {name[:100]!r}…")
        return names

    def _enter(self, names: Names) -> int:
        """Return a descriptor of a folder, which is made if it is not there; it stays open until the next."""
        if self._last[0] == names:
            return self._last[1]
        for end in range(1, len(names) + 1 if self._symbolic or self._hard else 1):
            if names[:end] in self._symbolic or names[:end] in self._hard:
                raise ArchiveError(f"the member {'/'.join(names)} is below the link {'/'.join(names[:end])}")
        opened = self._open(names, makes=True)
        self._leave()
        self._last = (names, opened)
        return opened

    def _leave(self) -> None:
        if self._last[1] != self._root:
            os.close(self._last[1])
        self._last = ((), self._root)

    def _open(self, names: Names, *, makes: bool = False) -> int:
        opened = os.dup(self._root)
        for name in names:
            try:
                if makes:
                    with suppress(FileExistsError):
                        os.mkdir(name, 0o755, dir_fd=opened)
                inner = os.open(name, _DIRECTORY, dir_fd=opened)
            except FileNotFoundError:
                raise
            except OSError as error:
                raise ArchiveError(f"{'/'.join(names)}: {name!r} is no folder ({error.strerror})") from None
            finally:
                os.close(opened)
            opened = inner
        return opened

    def _clear(self, place: Names, parent: int) -> None:
        """Remove an earlier member from a place; raise ArchiveError for a folder with something in it."""
        try:
            os.unlink(place[-1], dir_fd=parent)
        except FileNotFoundError:
            return
        except (IsADirectoryError, PermissionError):
            try:
                os.rmdir(place[-1], dir_fd=parent)
            except OSError as error:
                raise ArchiveError(f"{'/'.join(place)} is a folder and something else too") from error
