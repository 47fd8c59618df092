"""Exchanging the content of the S3 directory for another, which lies in a folder below it (the stage).

The root may be a mount point, so its entries are exchanged by renames, one by one: the old ones into the
stage, the new ones out of it. A mark is written before the first rename and removed after the last step of a
restore: with it an interrupted exchange can be finished at any time. Renames need no room on the disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterator
from pathlib import Path

STAGE_NAME = ".fake_s3-restore"  # no bucket can have the name
_MARK, _NEW, _OLD = "swapping", "root", "old"


class Swap:
    """The exchange of the content of `root`, but for `spared` entries; new content is put into `new`."""

    def __init__(self, root: Path, spared: Container[Path]) -> None:
        self._root = root
        self._spared = spared
        self.stage = root / STAGE_NAME

    @property
    def new(self) -> Path:
        """The folder that has the new content."""
        return self.stage / _NEW

    @property
    def is_marked(self) -> bool:
        """Whether an exchange has begun and has not been finished."""
        return (self.stage / _MARK).exists()

    def make_stage(self) -> Path:
        """Make the stage anew, empty. Not while an exchange is marked."""
        shutil.rmtree(self.stage, ignore_errors=True)
        self.stage.mkdir(mode=0o700)
        return self.stage

    def mark(self) -> None:
        """Note that from now on the exchange is to be finished. Raises OSError."""
        self.new.mkdir(exist_ok=True)
        (self.stage / _OLD).mkdir(exist_ok=True)
        with open(self.stage / _MARK, "w") as mark:
            mark.write("\n".join(path.name for path in self._entries()))
            mark.flush()
            os.fsync(mark.fileno())

    def go_on(self) -> None:
        """Exchange what has not been exchanged yet. May be called again after an interruption."""
        for name in (self.stage / _MARK).read_text().splitlines():
            old = self.stage / _OLD / name
            if not os.path.lexists(old) and os.path.lexists(self._root / name):
                os.rename(self._root / name, old)
        for path in sorted(self.new.iterdir()):
            os.rename(path, self._root / path.name)

    def end(self) -> None:
        """The exchange is done: remove the mark, and then what is left in the stage."""
        (self.stage / _MARK).unlink(missing_ok=True)
        shutil.rmtree(self.stage, ignore_errors=True)

    def _entries(self) -> Iterator[Path]:
        return (
            path for path in sorted(self._root.iterdir()) if path not in self._spared and path != self.stage
        )
