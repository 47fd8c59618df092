"""Paths of EMR's machines: `/home/hadoop` and `/mnt` are folders of the cluster's own.

They are mapped where a step or bootstrap action names them in its arguments.
"""

from __future__ import annotations

import os

from emrsim.programs.surroundings import Surroundings


def on_this_machine(word: str, around: Surroundings) -> str:
    """`word`, with a path below `/home/hadoop` or `/mnt` as the path it has here."""
    for place, folder in (("/home/hadoop", os.environ.get("HOME")), ("/mnt", around.mnt)):
        if folder and (word == place or word.startswith(f"{place}/")):
            return f"{folder}{word.removeprefix(place)}"
    return word
