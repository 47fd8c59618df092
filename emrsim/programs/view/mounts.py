"""A cluster's view of the file system: its own folders at EMR's places, beside what the machine has.

A thread or process that asks for it gets a mount namespace of its own (see mount_namespaces(7)), which all
that it starts shares and nobody else sees. The kernel may not allow that, in a container say: then the places
are known by the arguments that name them only (`cluster_paths`).

The view is put together in a folder of the cluster's, which then becomes the root: a link to the same thing
for each link, a mount for everything else. Nothing is ever created, changed or removed outside the cluster's
folders.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from emrsim.programs.view import kernel
from emrsim.programs.view.places import (
    CACHES,
    COVERED,
    COVERED_FOR_ROOT,
    COVERED_WITHIN,
    DISK,
    HOME,
    MASKED,
    NOT_COVERED,
    OWN,
    READ_ONLY,
    SHARED,
)

_NOTHING = "/dev/null"
# nosuid, nodev, noexec, noatime, nodiratime: the same numbers in mount(2) and statvfs(3).
_LOCKED_FLAGS = 2 | 4 | 8 | 1024 | 2048


@dataclass(frozen=True)
class View:
    """The folders that a view is made of."""

    home: Path  # /home/hadoop
    mnt: Path  # /mnt
    places: Path  # the cluster's own at EMR's places
    programs: Path  # `usr/bin` and the like, with emrsim's programs
    root: Path  # of mount points
    written: Path  # what root's steps write below COVERED
    real: tuple[Path, ...] = ()  # folders of the machine's that must be seen as they are


class _Machine(NamedTuple):
    """What is to be known of the machine and of who runs emrsim."""

    is_root: bool
    home: str | None  # see _users_home
    mounts: frozenset[str]


def view_below(folder: Path, programs: Path, real: Iterable[Path]) -> View:
    """The View of the cluster whose folder is `folder`."""
    names = ("home", "mnt", "places")
    home, mnt, places = (folder / name for name in names)
    return View(home, mnt, places, programs, folder / "view", folder / "written", (folder, *real))


def enter_view(view: View) -> None:
    """Let this thread, or this process if it is not root's, and what it starts see the view.

    Raises OSError where that cannot be; then a thread of root's must not start anything. A process that is
    not root's must have one thread only.
    """
    machine = _machine()
    _enter_namespace(machine.is_root)
    cwd = _working_directory()
    view.root.mkdir(parents=True, exist_ok=True)
    kernel.mount(view.root, view.root, kernel.MS_BIND)
    # So that a copy of the tree that it is in has not the half of itself in it.
    kernel.mount(None, view.root, kernel.MS_UNBINDABLE)
    for entry in os.scandir("/"):
        _show_top(entry, view, machine)
    _show_own(view)
    _mask(view.root, machine.is_root)
    os.chdir(view.root)
    kernel.mount(".", "/", kernel.MS_MOVE)
    os.chroot(".")
    os.chdir(cwd)


def can_show(folder: str) -> bool:
    """Whether the kernel allows a view, tried on this process with empty folders in `folder`."""
    view = view_below(Path(folder).absolute(), Path(folder).absolute() / "programs", ())
    for path in (view.home, view.mnt, view.places):
        path.mkdir(exist_ok=True)
    try:
        enter_view(view)
    except OSError:
        return False
    return True


def _machine() -> _Machine:
    return _Machine(os.geteuid() == 0, _users_home(), frozenset(_mounts()))


def _working_directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # it was removed
        return "/"


def _enter_namespace(is_root: bool) -> None:
    """A mount namespace of our own; without privileges, within a user namespace where we are who we were."""
    user, group = os.geteuid(), os.getegid()
    if is_root:
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    kernel.mount(None, "/", kernel.MS_REC | kernel.MS_PRIVATE)


def _show_top(entry: os.DirEntry[str], view: View, machine: _Machine) -> None:
    """Let what is at the top of the machine's file system appear in the view."""
    place, shown = f"/{entry.name}", view.root / entry.name
    if place == DISK and entry.is_dir(follow_symlinks=False):
        shown.mkdir(exist_ok=True)
        kernel.mount(view.mnt, shown, kernel.MS_BIND)
        _share(place, shown, view, machine)
    elif not entry.is_dir(follow_symlinks=False):
        _show(entry, shown)
    elif place in SHARED:
        _share(place, shown, view, machine)
    elif place == machine.home:
        _show_home(place, shown, view, machine)
    elif place in COVERED or (machine.is_root and place in COVERED_FOR_ROOT):
        _cover(place, shown, view, machine)
    else:
        _show(entry, shown)


def _share(place: str, shown: Path, view: View, machine: _Machine) -> None:
    """Let all in `place` appear in `shown`, whose other names stay."""
    shown.mkdir(exist_ok=True)
    covers = machine.is_root and place in COVERED_WITHIN
    for entry in os.scandir(place):
        deeper, inner = f"{place}/{entry.name}", shown / entry.name
        # What cannot be looked at, a broken mount say, is left out.
        with suppress(OSError):
            if deeper in SHARED and os.access(deeper, os.R_OK):
                _share(deeper, inner, view, machine)
            elif deeper == machine.home and os.access(deeper, os.R_OK):
                _show_home(deeper, inner, view, machine)
            elif covers and entry.is_dir(follow_symlinks=False) and deeper not in NOT_COVERED:
                _protect(entry, inner, view, machine)
            else:
                _show(entry, inner)


def _users_home() -> str | None:
    """The home of the user who runs emrsim, which programs find without HOME: ssh-keygen, Java, `~user`."""
    import pwd

    try:
        home = pwd.getpwuid(os.geteuid()).pw_dir.rstrip("/")
    except KeyError:
        return None
    return None if home == HOME else home


def _show_home(place: str, shown: Path, view: View, machine: _Machine) -> None:
    """Let a user's home appear: what is new in it is the cluster's own, settings (`.x`) cannot be changed."""
    shown.mkdir(exist_ok=True)
    for entry in os.scandir(place):
        with suppress(OSError):
            if entry.name.startswith(".") and entry.name not in CACHES:
                _protect(entry, shown / entry.name, view, machine)
            else:
                _show(entry, shown / entry.name)


def _protect(entry: os.DirEntry[str], shown: Path, view: View, machine: _Machine) -> None:
    """Let `entry` appear so that nothing changes it; folders that must be seen as they are stay as they are.

    What root's steps write into a folder is the cluster's own; elsewhere writing fails.
    """
    if entry.path in map(str, view.real) or entry.is_symlink():
        _show(entry, shown)
    elif not entry.is_dir(follow_symlinks=False):
        _show(entry, shown)
        _make_read_only(shown)
    elif any(path.is_relative_to(entry.path) for path in view.real):
        shown.mkdir(exist_ok=True)
        for inner in os.scandir(entry.path):
            with suppress(OSError):
                _protect(inner, shown / inner.name, view, machine)
    elif not _cover(entry.path, shown, view, machine) or not machine.is_root:
        _make_read_only(shown)


def _make_read_only(shown: Path) -> None:
    # What the mount must not lose is given again: in a user's namespace, that would be refused.
    kept = os.statvfs(shown).f_flag & _LOCKED_FLAGS
    kernel.mount(None, shown, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kept)


def _show(entry: os.DirEntry[str], shown: Path) -> None:
    """Let `entry` appear as `shown`, unless there is something that is not a mount point of ours.

    Steps side by side share these folders, so another may have made the mount point.
    """
    if shown.is_symlink() or _has_content(shown):
        return
    if entry.is_symlink():
        shown.symlink_to(os.readlink(entry.path))
    elif entry.is_dir(follow_symlinks=False):
        shown.mkdir(exist_ok=True)
        kernel.mount(entry.path, shown, kernel.MS_BIND | kernel.MS_REC)
    else:
        shown.touch()
        kernel.mount(entry.path, shown, kernel.MS_BIND)


def _has_content(path: Path) -> bool:
    """Whether a path is more than an empty folder or file, as mount points are."""
    if path.is_dir():
        return any(path.iterdir())
    return path.exists() and path.stat().st_size > 0


def _cover(place: str, shown: Path, view: View, machine: _Machine) -> bool:
    """Let `place` appear as `shown`, if that can be with emrsim's programs and the cluster's places over it.

    Of root's steps, what they write there goes into a folder of the cluster's; steps of others cannot write
    there anyway. Where the kernel has no overlays, or cannot lay one here, the place appears as it is, and
    the answer is False.
    """
    shown.mkdir(exist_ok=True)
    if any(path.is_relative_to(place) for path in view.real) or not _lay(place, shown, view, machine):
        kernel.mount(place, shown, kernel.MS_BIND | kernel.MS_REC)
        return False
    for inner in _outermost_below(place, machine.mounts):
        with suppress(OSError):
            kernel.mount(inner, f"{view.root}{inner}", kernel.MS_BIND | kernel.MS_REC)
    return True


def _lay(place: str, shown: Path, view: View, machine: _Machine) -> bool:
    """Lay an overlay on `shown`; whether that could be done."""
    above = [
        path for path in (Path(f"{view.places}{place}"), Path(f"{view.programs}{place}")) if path.is_dir()
    ]
    lower = "lowerdir=" + ":".join(map(_quoted, [*map(str, above), place]))
    tries = [lower]
    if machine.is_root:
        upper, work = (
            view.written / place.lstrip("/"),
            view.written / ".work" / place.strip("/").replace("/", "-"),
        )
        for folder in (upper, work):
            folder.mkdir(parents=True, exist_ok=True)
        tries.insert(0, f"{lower},upperdir={_quoted(str(upper))},workdir={_quoted(str(work))}")
    for options in tries:
        with suppress(OSError):
            kernel.mount("emrsim", shown, 0, "overlay", options)
            return True
    return False


def _quoted(path: str) -> str:
    """A path within the options of an overlay, where these characters part paths and options."""
    return "".join(f"\\{one}" if one in "\\:," else one for one in path)


def _outermost_below(place: str, mounts: Iterable[str]) -> list[str]:
    """What is mounted below `place`, but for what is below another."""
    inner = sorted(point for point in mounts if point.startswith(f"{place}/"))
    return [point for point in inner if not any(point.startswith(f"{other}/") for other in inner)]


def _mounts() -> set[str]:
    """Where something is mounted on this machine (source: proc(5), mountinfo)."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mountinfo:
        return {_unescaped(line.split(" ")[4]) for line in mountinfo}


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


def _show_own(view: View) -> None:
    """The cluster's own folders at their places; a /home/hadoop of the machine's own is not hidden."""
    if not os.path.exists(HOME):
        home = Path(f"{view.root}{HOME}")
        home.mkdir(parents=True, exist_ok=True)
        kernel.mount(view.home, home, kernel.MS_BIND)
    for place in OWN:
        own, shown = Path(f"{view.places}{place}"), Path(f"{view.root}{place}")
        if not own.is_dir() or any(path.is_relative_to(place) for path in view.real):
            continue
        # Where the place is in a folder of the machine's own that could not be covered, it stays away.
        with suppress(OSError):
            shown.mkdir(parents=True, exist_ok=True)
            kernel.mount(own, shown, kernel.MS_BIND)


def _disks(folder: str) -> list[str]:
    """The block devices in a folder."""
    entries = [entry for entry in os.scandir(folder) if not entry.is_symlink()]
    return [entry.path for entry in entries if stat.S_ISBLK(entry.stat().st_mode)]


def _mask(root: Path, is_root: bool) -> None:
    for place in (one.format(user=os.geteuid()) for one in MASKED):
        if os.path.lexists(place) and not os.path.islink(place):
            with suppress(OSError):
                kernel.mount(_NOTHING, f"{root}{place}", kernel.MS_BIND)
    if not is_root:
        return
    for disk in _disks("/dev"):
        with suppress(OSError):
            kernel.mount(_NOTHING, f"{root}{disk}", kernel.MS_BIND)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    for place in READ_ONLY:
        shown = f"{root}{place}"
        with suppress(OSError):
            kernel.mount(shown, shown, kernel.MS_BIND)
            kernel.mount(None, shown, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | flags)
