"""Archives of the distributed cache, unpacked with nothing written outside of their folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from emrsim.mapreduce.errors import JobRefused

_ZIP_ENDINGS = (".zip", ".jar")
_TAR_ENDINGS = (".tar", ".tgz", ".tar.gz", ".tar.bz2")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack by file name ending, as Hadoop does; a file of another ending is put into the folder as it is.

    Raises JobRefused for a damaged archive and for members that would leave the folder.
    """
    name = archive.name.lower()
    folder.mkdir(parents=True)
    if archive.is_dir():
        shutil.copytree(archive, folder, dirs_exist_ok=True)
    elif name.endswith(_ZIP_ENDINGS):
        _unzip(archive, folder)
    elif name.endswith(_TAR_ENDINGS):
        _untar(archive, folder)
    else:
        shutil.copy(archive, folder / archive.name)


def _unzip(archive: Path, folder: Path) -> None:
    import zipfile

    try:
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                _check(archive, member.filename, folder)
                target = Path(opened.extract(member, folder))
                permissions = member.external_attr >> 16 & 0o777
                if permissions and not target.is_symlink():
                    target.chmod(permissions | 0o600 | (0o100 if target.is_dir() else 0))
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise JobRefused(f"java.util.zip.ZipException: {error}: {archive}") from error


def _untar(archive: Path, folder: Path) -> None:
    import tarfile

    try:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise JobRefused(f"java.io.IOException: cannot unpack {archive}: {error}") from error


def _check(archive: Path, member: str, folder: Path) -> None:
    """zipfile would quietly put `../x` elsewhere in the folder; better to say no."""
    target = os.path.normpath(folder / member)
    if target != str(folder) and not target.startswith(f"{folder}{os.sep}"):
        raise JobRefused(
            f"java.io.IOException: {archive}: the member {member} would leave the archive's folder"
        )
