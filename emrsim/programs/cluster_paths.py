"""Paths of EMR's machines: `/home/hadoop`, `/usr/lib/spark` and others are folders of the cluster's own.

Where the kernel allows it, programs of a cluster see them at these places (`view.mounts`); everywhere else,
they are mapped where a word of a command names them, alone or within the word: `--conf x=/usr/lib/spark/a`,
`file:///mnt/b,file:///mnt/c`, `cd /home/hadoop && ls`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from emrsim.programs.surroundings import Surroundings
from emrsim.programs.table import BIN, program_at
from emrsim.programs.view.places import DISK, HOME, OWN

VIEW = "EMRSIM_VIEW"  # whether this process sees the places
IS_SHOWN = "shown"
NOT_SHOWN = ".not-shown"  # a file among the places, once a program could not see them

# What a cluster's home has from the start: nothing that a job has to see.
_FURNISHED = {
    "bin",
    "conf",
    "contrib",
    "lib",
    ".bash_profile",
    ".bashrc",
    "hive",
    "pig",
    "spark",
    ".versions",
}

# A path begins a word, or follows what parts words, assignments and lists, or `file:`; never another scheme.
_START = r"(?:(?<=file://)|(?<=file:)|(?<=local://)|(?<=local:)|(?<![\w./:$}~@*-])|(?<=[^a-zA-Z0-9]:))"
_PATH = r"(/[^\s\"',:;()|&<>=`#]*)"


def show_places(around: Surroundings, always: bool = True) -> None:
    """Let this process and what it becomes see the cluster's folders at their places, if that can be.

    Unless `always`, only if the cluster's home has something in it to be seen.
    """
    home = os.environ.get("HOME")
    if around.mnt is None or around.programs is None or home is None or VIEW in os.environ:
        return
    if not always and set(os.listdir(home)) <= _FURNISHED:
        return
    from emrsim.programs.view.mounts import enter_view, view_below

    cluster = around.mnt.parent  # DATA/clusters/j-…
    real = (around.root, cluster.parent.parent, *filter(None, [around.cache]))
    try:
        enter_view(view_below(cluster, around.programs, real))
    except OSError:
        os.environ[VIEW] = "none"
        if around.places is not None:
            (around.places / NOT_SHOWN).touch()
    else:
        os.environ[VIEW] = IS_SHOWN


def on_this_machine(word: str, around: Surroundings) -> str:
    """`word` with the paths in it that are the cluster's own as the paths they have here.

    Unchanged where this process sees them at their places.
    """
    if "/" not in word or around.mnt is None or os.environ.get(VIEW) == IS_SHOWN:
        return word
    return _expression().sub(lambda found: _mapped(found.group(1), around), word)


def place_named(text: str) -> str | None:
    """The first path that a text names which is the cluster's own on EMR, or emrsim's program by its path."""
    for found in _expression().finditer(text):
        path = found.group(1).rstrip(".")
        if program_at(path) or any(
            path == place or path.startswith(f"{place}/") for place in (HOME, DISK, *OWN)
        ):
            return path
    return None


def local_words(words: Iterable[str], around: Surroundings) -> list[str]:
    """The words of a program to which a plain path may mean HDFS.

    A word that is one whole path is mapped only if its folder is there and HDFS has none of that name.
    """
    return [word if _is_of_hdfs(word, around) else on_this_machine(word, around) for word in words]


def own_path(path: str, around: Surroundings) -> str | None:
    """The path here of a file that is the cluster's own by its path on EMR; None for one of the machine's."""
    if around.mnt is None or os.environ.get(VIEW) == IS_SHOWN:
        return None
    mapped = _mapped(os.path.normpath(path), around)
    return mapped if mapped != path else None


def as_on_emr(path: str, around: Surroundings) -> str:
    """The opposite of `on_this_machine` for one path: `/mnt/x` for a file in the folder that is /mnt."""
    for place, folder in ((DISK, around.mnt), (HOME, around.home)):
        if folder is not None and (path == str(folder) or path.startswith(f"{folder}/")):
            return f"{place}{path.removeprefix(str(folder))}"
    return path.removeprefix(str(around.places)) if around.places else path


def _is_of_hdfs(word: str, around: Surroundings) -> bool:
    if not word.startswith("/") or around.hdfs is None:
        return False
    if os.path.lexists(f"{around.hdfs}{word}") or os.path.isdir(f"{around.hdfs}{os.path.dirname(word)}"):
        return True
    return not os.path.isdir(os.path.dirname(_mapped(word, around)))


def _mapped(path: str, around: Surroundings) -> str:
    if program := program_at(path):
        return str(BIN / program)
    for place in (DISK, HOME, *OWN):
        if path == place or path.startswith(f"{place}/"):
            here = f"{_folder(place, around)}{path.removeprefix(place)}"
            is_machines = not os.path.lexists(here) and os.path.lexists(path)
            return path if is_machines else here
    return _of_the_machine(path)


def _folder(place: str, around: Surroundings) -> Path | str:
    if place == DISK:
        return around.mnt or place
    if place == HOME:
        return around.home or os.environ.get("HOME", place)
    return f"{around.places}{place}" if around.places else place


@cache
def _of_the_machine(path: str) -> str:
    """A program that EMR has in /usr/bin, and this machine elsewhere on PATH."""
    folder, _, name = path.rpartition("/")
    if folder not in {"/usr/bin", "/bin", "/usr/local/bin"} or not name or os.path.lexists(path):
        return path
    return shutil.which(name) or path


@cache
def _expression() -> re.Pattern[str]:
    return re.compile(_START + _PATH)
