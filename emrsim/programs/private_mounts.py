"""The cluster's own folders at the places where EMR's machines have them: `/home/hadoop` and `/mnt`.

A process that asks for it gets a mount namespace of its own (see mount_namespaces(7)), which all that it
starts shares and nobody else sees. The kernel may not allow that, in a container say: then scripts find
their files through HOME and EMRSIM_MNT only, and where they are named in a step's arguments.

What this machine has in `/home` and `/mnt` stays in sight; a `/home/hadoop` of its own is not hidden.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2

_HOME = Path("/home/hadoop")
_MNT = Path("/mnt")


def show_cluster_folders(home: Path, mnt: Path) -> bool:
    """Make `home` appear as /home/hadoop and `mnt` as /mnt, for this process and what it starts.

    Whether the kernel allows it; if not, nothing has changed. The process must have one thread only.
    Raises OSError where mounting fails midway: then this process must not go on.
    """
    try:
        _enter_namespace()
    except OSError:
        return False
    # Never removed with what is in it: while it is mounted on, that is the machine's own.
    scratch = Path(mkdtemp(prefix="emrsim-mounts-"))
    try:
        if not _HOME.exists() and _HOME.parent.is_dir():
            _replace(_HOME.parent, scratch, None)
            _HOME.mkdir()
            _mount(home, _HOME, _MS_BIND)
        if _MNT.is_dir():
            _replace(_MNT, scratch, mnt)
    finally:
        with suppress(OSError):
            scratch.rmdir()
    return True


def _enter_namespace() -> None:
    """A mount namespace of our own; without privileges, within a user namespace where we are who we were."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _call("unshare", _CLONE_NEWNS)
    else:
        _call("unshare", _CLONE_NEWUSER | _CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None)


def _replace(place: Path, scratch: Path, folder: Path | None) -> None:
    """Mount `folder`, or an empty one in memory, on `place`, with what is there in it.

    `scratch` holds what is there meanwhile. A name that `folder` has already is `folder`'s.
    """
    _mount(place, scratch, _MS_BIND | _MS_REC)
    try:
        if folder is None:
            _call("mount", b"emrsim", os.fsencode(place), b"tmpfs", ctypes.c_ulong(0), b"mode=755,size=1m")
        else:
            _mount(folder, place, _MS_BIND)
        for entry in scratch.iterdir():
            # What cannot be looked at, a broken mount say, is left out.
            with suppress(OSError):
                _show(entry, place / entry.name)
    finally:
        _call("umount2", os.fsencode(scratch), _MNT_DETACH)


def _show(entry: Path, shown: Path) -> None:
    """Let `entry` appear as `shown`, unless there is something that is not a mount point of ours.

    Steps side by side share the folder of /mnt, so another may have made the mount point.
    """
    if shown.is_symlink() or _has_content(shown):
        return
    if entry.is_symlink():
        shown.symlink_to(entry.readlink())
    elif entry.is_dir():
        shown.mkdir(exist_ok=True)
        _mount(entry, shown, _MS_BIND | _MS_REC)
    else:
        shown.touch()
        _mount(entry, shown, _MS_BIND)


def _has_content(path: Path) -> bool:
    """Whether a path is more than an empty folder or file, as mount points are."""
    if path.is_dir():
        return any(path.iterdir())
    return path.exists() and path.stat().st_size > 0


def _mount(source: Path, target: Path, flags: int) -> None:
    _call("mount", os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(flags), None)


def _call(name: str, *arguments: object) -> None:
    """A call of libc's; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
