"""What is at EMR's places when a cluster starts: programs of emrsim's by path, folders, the user hadoop."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path

from emrsim.programs.table import BIN
from emrsim.programs.view.places import OWN

_BIN_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin")

# Programs of the machine's that jobs call by their path on EMR, wherever the machine has them.
_OF_THE_MACHINE = ("aws", "python3", "java", "jq", "git", "curl", "wget")


@cache
def furnish_programs(folder: Path) -> None:
    """Make links to emrsim's programs below `folder`, as `usr/bin/NAME` and so on; once for each process."""
    names = {path.name: path for path in BIN.iterdir() if not path.name.startswith(".")}
    for place in _BIN_FOLDERS:
        own = folder / place
        own.mkdir(parents=True, exist_ok=True)
        for name, program in names.items():
            _link(own / name, program)
    for name in _OF_THE_MACHINE:
        found = shutil.which(name)
        if found is not None and not os.path.exists(f"/usr/bin/{name}"):
            _link(folder / "usr" / "bin" / name, Path(found))


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except FileExistsError:
        if link.readlink() != target:
            # Of another installation of emrsim's, or another PATH.
            link.unlink()
            link.symlink_to(target)


def furnish_places(places: Path, mnt: Path) -> None:
    """Make the cluster's own folders and files below `places`; what is there stays."""
    for place in OWN:
        (places / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
    controller = places / "emr" / "instance-controller" / "lib"
    controller.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (controller / "info").symlink_to(mnt / "var" / "lib" / "info")
    for file, line in _user_hadoop().items():
        _copy_with(Path("/etc", file), places / "etc" / file, line)


def _user_hadoop() -> dict[str, str]:
    """Lines that make hadoop another name of the user and the group there are."""
    user, group = os.geteuid(), os.getegid()
    return {"passwd": f"hadoop:x:{user}:{group}::/home/hadoop:/bin/bash", "group": f"hadoop:x:{group}:"}


def _copy_with(original: Path, copy: Path, line: str) -> None:
    """A copy of a table of users or groups with one more `line`, unless it has one of that name."""
    if copy.exists() or not original.is_file():
        return
    text = original.read_text(encoding="utf-8", errors="surrogateescape")
    if not any(known.startswith("hadoop:") for known in text.splitlines()):
        text = f"{text.rstrip()}\n{line}\n"
    copy.write_text(text, encoding="utf-8", errors="surrogateescape")
