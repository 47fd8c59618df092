"""ETags of files that nobody uploaded.

Up to 1 MiB such an ETag is the MD5 of the content, as an upload's would be. Beyond, reading all files for one
listing would take too long; there it is made of the file's stamp, in the form of a multipart upload's ETag,
which no client takes for an MD5. Either stays the same while the file does.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import BinaryIO

from fake_s3.metadata import file_stamp
from fake_s3.staging import blocks

_MD5_BYTES_MAX = 1 << 20
# A file changed within one tick of the clock (up to 2 s on FAT) looks unchanged.
_QUIET_NS = 2_500_000_000


def compute_etag(file: BinaryIO, status: os.stat_result) -> str:
    """The ETag of an open file, which is left at its start."""
    stamp_etag = etag_of_large(status)
    if stamp_etag is not None:
        return stamp_etag
    digest = hashlib.md5(usedforsecurity=False)
    for block in blocks(file):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def etag_of_large(status: os.stat_result) -> str | None:
    """The ETag of a file whose content need not be read, None for others."""
    if status.st_size <= _MD5_BYTES_MAX:
        return None
    return hashlib.md5(file_stamp(status).encode(), usedforsecurity=False).hexdigest() + "-1"


def may_keep(file: BinaryIO, status: os.stat_result) -> bool:
    """Whether the ETag computed for the status is worth keeping, and sure to be the content's."""
    is_quiet = time.time_ns() - status.st_mtime_ns > _QUIET_NS
    unchanged = is_quiet and file_stamp(os.fstat(file.fileno())) == file_stamp(status)
    return unchanged and status.st_size <= _MD5_BYTES_MAX
