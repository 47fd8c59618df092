"""Archives of the distributed cache, unpacked as YARN does (source: Hadoop, FSDownload.java)."""

from __future__ import annotations

import shutil
from pathlib import Path

from emrsim.mapreduce.errors import JobRefused

_ZIP_ENDINGS = (".zip", ".jar")
_TAR_ENDINGS = (".tar", ".tgz", ".tar.gz")  # and no others: FSDownload.unpack
_FILE_MODE = 0o555  # of all that is localised, whatever the archive says: FSDownload.changePermissions


def unpack(archive: Path, target: Path) -> None:
    """Unpack by file name ending into the folder `target`; a file of another ending becomes `target` itself.

    Links lead where the archive says, as with Hadoop's tar, but no member is written through one. Raise
    JobRefused for a damaged archive, and for members that would leave the folder or are no files.
    """
    name = archive.name.lower()
    if archive.is_dir():
        shutil.copytree(archive, target, symlinks=True)
    elif name.endswith((*_ZIP_ENDINGS, *_TAR_ENDINGS)):
        target.mkdir(parents=True)
        _unpack(archive, target, is_zip=name.endswith(_ZIP_ENDINGS), is_gzip=name.endswith("gz"))
    else:
        shutil.copyfile(archive, target)
        target.chmod(_FILE_MODE)


def _unpack(archive: Path, target: Path, *, is_zip: bool, is_gzip: bool) -> None:
    from emrsim.unpacking import ArchiveError, Folder, Limits, links_anywhere, unpack_tar, unpack_zip

    limits = Limits.of(archive.stat().st_size, target)
    try:
        with Folder(target, limits, links_anywhere) as folder:
            if is_zip:
                unpack_zip(archive, folder, _mode)
                return
            with archive.open("rb") as file:
                unpack_tar(file, folder, _mode, is_gzip=is_gzip)
    except (ArchiveError, OSError) as error:
        raise JobRefused(f"java.io.IOException: cannot unpack {archive}: {error}") from error


def _mode(_: int) -> int:
    return _FILE_MODE
