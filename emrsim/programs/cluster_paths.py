"""Paths of EMR's machines: `/home/hadoop` and `/mnt` are folders of the cluster's own.

Where the kernel allows it, programs of a cluster see them at these places (`private_mounts`); everywhere,
they are mapped where a step or bootstrap action names them in its arguments.
"""

from __future__ import annotations

import os
from pathlib import Path

from emrsim.programs.surroundings import Surroundings

_ARE_SHOWN = "EMRSIM_SHOWS_FOLDERS"  # a parent of this process has seen to it


def show_places(around: Surroundings, always: bool = True) -> None:
    """Let this process and what it becomes see the cluster's folders at their places, if that can be.

    Unless `always`, only if the cluster's home has something in it to be seen.
    """
    home = os.environ.get("HOME")
    if around.mnt is None or home is None or _ARE_SHOWN in os.environ:
        return
    if not always and not any(os.scandir(home)):
        return
    from emrsim.programs.private_mounts import show_cluster_folders

    if show_cluster_folders(Path(home), around.mnt):
        os.environ[_ARE_SHOWN] = "1"


def on_this_machine(word: str, around: Surroundings) -> str:
    """`word`, with a path below `/home/hadoop` or `/mnt` as the path it has here."""
    for place, folder in (("/home/hadoop", os.environ.get("HOME")), ("/mnt", around.mnt)):
        if folder and (word == place or word.startswith(f"{place}/")):
            return f"{folder}{word.removeprefix(place)}"
    return word
