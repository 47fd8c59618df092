"""How much an archive may hold, and the error of one that holds more or is damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_UNPACKED_BYTES = 1 << 30  # are always allowed, where the disk has room for them
_RATIO_MAX = 200  # text compresses to a tenth, the most regular tables to a hundredth; bombs to a thousandth
_FREE_SHARE = 0.9  # of the disk may be filled


class ArchiveError(ValueError):
    """An archive that is damaged, too large, or would write outside of its folder; the message says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold. `depth` is the number of names in a path.

    S3's keys have up to 1,024 bytes, so 512 names; more nesting than twice that ends recursive programs.
    """

    size_bytes: int
    members: int = 1_000_000
    depth: int = 600

    @classmethod
    def of(cls, archive_bytes: int, folder: Path) -> Limits:
        """Return the limits of an archive of so many bytes that is unpacked into `folder`."""
        disk = os.statvfs(folder)
        room = int(disk.f_bavail * disk.f_frsize * _FREE_SHARE)
        return cls(min(room, max(_UNPACKED_BYTES, _RATIO_MAX * archive_bytes)))
