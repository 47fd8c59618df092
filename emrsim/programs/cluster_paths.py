"""Paths of EMR's machines: `/home/hadoop`, `/usr/lib/spark` and others are folders of the cluster's own.

Where the kernel allows it, programs of a cluster see them at these places (`view.mounts`); everywhere else,
they are mapped where a step or bootstrap action names them in its arguments.
"""

from __future__ import annotations

import os

from emrsim.programs.surroundings import Surroundings

VIEW = "EMRSIM_VIEW"  # whether this process sees the places
IS_SHOWN = "shown"


def show_places(around: Surroundings, always: bool = True) -> None:
    """Let this process and what it becomes see the cluster's folders at their places, if that can be.

    Unless `always`, only if the cluster's home has something in it to be seen.
    """
    home = os.environ.get("HOME")
    if around.mnt is None or around.programs is None or home is None or VIEW in os.environ:
        return
    if not always and not any(os.scandir(home)):
        return
    from emrsim.programs.view.mounts import enter_view, view_below

    try:
        enter_view(view_below(around.mnt.parent, around.programs, (around.root,)))
    except OSError:
        os.environ[VIEW] = "none"
    else:
        os.environ[VIEW] = IS_SHOWN


def on_this_machine(word: str, around: Surroundings) -> str:
    """`word`, with a path below `/home/hadoop` or `/mnt` as the path it has here."""
    for place, folder in (("/home/hadoop", os.environ.get("HOME")), ("/mnt", around.mnt)):
        if folder and (word == place or word.startswith(f"{place}/")):
            return f"{folder}{word.removeprefix(place)}"
    return word
