"""The cluster's own folders at the places where EMR's machines have them: `/home/hadoop` and `/mnt`.

A process that asks for it gets a mount namespace of its own (see mount_namespaces(7)), which all that it
starts shares and nobody else sees. The kernel may not allow that, in a container say: then scripts find
their files through HOME and EMRSIM_MNT only, and where they are named in a step's arguments.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2

_HOME = Path("/home/hadoop")
_MNT = Path("/mnt")


def show_cluster_folders(home: Path, mnt: Path, scratch: Path) -> bool:
    """Make `home` appear as /home/hadoop and `mnt` as /mnt, for this process and what it starts.

    Whether the kernel allows it. What is in /home besides stays in sight; a /home/hadoop or a filled /mnt of
    this machine's is not hidden. `scratch` is a folder that may be mounted on for a moment. The process must
    have one thread only.
    """
    try:
        _enter_namespace()
        if not _HOME.exists():
            _add_to_parent(_HOME, home, scratch)
        if _MNT.is_dir() and not any(_MNT.iterdir()):
            _mount(mnt, _MNT, _MS_BIND)
    except OSError:
        return False
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


def _add_to_parent(name: Path, folder: Path, scratch: Path) -> None:
    """Mount `folder` as `name`, which is not there: on a copy of its parent that is made of mounts."""
    parent = name.parent
    if not parent.is_dir():
        raise FileNotFoundError(parent)
    _mount(parent, scratch, _MS_BIND | _MS_REC)
    _call("mount", b"emrsim", os.fsencode(parent), b"tmpfs", ctypes.c_ulong(0), b"mode=755,size=1m")
    for entry in scratch.iterdir():
        if entry.is_symlink():
            (parent / entry.name).symlink_to(entry.readlink())
        elif entry.is_dir():
            (parent / entry.name).mkdir()
            _mount(entry, parent / entry.name, _MS_BIND | _MS_REC)
    name.mkdir()
    _mount(folder, name, _MS_BIND)
    _call("umount2", os.fsencode(scratch), _MNT_DETACH)


def _mount(source: Path, target: Path, flags: int) -> None:
    _call("mount", os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(flags), None)


def _call(name: str, *arguments: object) -> None:
    """A call of libc's; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
